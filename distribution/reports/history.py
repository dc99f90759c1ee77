"""A reader's history: what he said, got, read and asked for, in the order it happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, topics
from distribution.models import Delivery, Issue, ReturnedMail, Run, Subscriber
from distribution.reports import history_store as store
from distribution.reports.deeds import deed_of
from distribution.reports.originals import Original
from distribution.words import (
    Cause,
    Consequence,
    DeliveryState,
    LetterState,
    Signal,
    Tracking,
    Verdict,
    Word,
)


class Happening(Word):
    """What kind of thing happened."""

    CONSENT = "consent", "同意记录"
    IMPORT = "import", "导入"
    DELIVERY = "delivery", "投递"
    LETTER = "letter", "单独的信"
    OPEN = "open", "打开"
    CLICK = "click", "点击"
    RETURNED = "returned", "来信"
    DEED = "deed", "变更"
    SUPPRESSION = "suppression", "抑制"
    REQUEST = "request", "资料请求"
    ERASURE = "erasure", "删除"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history."""

    at: datetime
    kind: Happening
    text: str
    """In Chinese, for people."""
    by: str = ""
    """Who did it, where somebody did."""
    run_id: int | None = None
    issue: str = ""
    """Its key."""
    state: DeliveryState | None = None
    cause: Cause | None = None
    delivery_id: int | None = None
    """What `distribution digest replay` wants to know."""
    mail: ReturnedMail | None = None
    """That came back; `distribution bounce show` wants to know its inbox id."""
    original: Original | None = None
    """Its own words."""


@dataclass(frozen=True, slots=True)
class History:
    """All that happened with one reader, the oldest first."""

    entries: tuple[Entry, ...]
    tracking: Tracking
    """What he says about being counted; only who agrees has opens and clicks here."""

    @property
    def readings_withheld(self) -> str:
        """Why no opens and clicks are shown; empty where they are."""
        return {
            Tracking.GRANTED: "",
            Tracking.UNKNOWN: "打开与点击：本人没有同意按人统计，只计入匿名总数，这里不显示。",
            Tracking.DENIED: "打开与点击：本人拒绝统计，不作任何记录。",
        }[self.tracking]


def history(session: Session, row: Subscriber) -> History:
    """What happened with a subscriber, as far as it is kept."""
    tracking = audience.tracking_answers(session, [row.id])[row.id].tracking
    entries = [
        *_said(session, row),
        *_imported(session, row),
        *_sent(session, row),
        *_written(session, row),
        *(_read(session, row) if tracking is Tracking.GRANTED else ()),
        *_came_back(session, row),
        *_done(session, row, topics.names(session)),
        *_suppressed(session, row),
        *_asked(session, row),
    ]
    return History(tuple(sorted(entries, key=lambda entry: entry.at)), tracking)


def _said(session: Session, row: Subscriber) -> Iterator[Entry]:
    why = {one.consent_event_id: one for one in audience.leavings(session, row.id)}
    for event in store.consents_of(session, row.id):
        text = f"{event.purpose.label}：{event.decision.label}。{event.wording}"
        if event.id in why:
            told = why[event.id]
            words = (told.reason.label if told.reason else "", told.words)
            text += f"（退订的原因：{'，'.join(filter(None, words))}）"
        yield Entry(event.at, Happening.CONSENT, text, by=event.by)


def _imported(session: Session, row: Subscriber) -> Iterator[Entry]:
    for line, file in store.imports_of(session, row.id):
        reason = f"（{line.reason}）" if line.reason else ""
        text = f"{file.file_name} 第 {line.line} 行：{line.outcome.label}{reason}"
        yield Entry(file.at, Happening.IMPORT, text, by=file.by)
        if file.undone_at is not None:
            undone = f"{file.file_name} 的导入已撤销"
            yield Entry(file.undone_at, Happening.IMPORT, undone, by=file.undone_by or "")


def _sent(session: Session, row: Subscriber) -> Iterator[Entry]:
    mails = {mail.id: (mail, run, issue) for mail, run, issue, _ in _mails(session, row)}
    witnessed = set()
    for event in store.delivery_events_of(session, row.id):
        mail, run, issue = mails[event.delivery_id]
        witnessed.add(mail.id)
        yield _of_mail(event.at, mail, run, issue, (event.state, event.cause, event.reply))
    for mail, run, issue in mails.values():
        if mail.id not in witnessed:
            at = mail.handed_at or run.created_at
            yield _of_mail(at, mail, run, issue, (mail.state, mail.cause, ""))


def _written(session: Session, row: Subscriber) -> Iterator[Entry]:
    """Single mails: that they were written is in the deeds, here stands what became of them."""
    for letter in store.letters_of(session, row):
        words = "" if letter.state is LetterState.SENT else letter.reply
        which = f"{letter.purpose.label}（信件 {letter.id}）"
        text = f"{which}：{letter.state.label}" + (f"（{words}）" if words else "")
        at = letter.settled_at or letter.handed_at or letter.created_at
        yield Entry(at, Happening.LETTER, text)


def _mails(session: Session, row: Subscriber) -> Iterator[tuple[Delivery, Run, Issue, object]]:
    for found in store.deliveries_of(session, row.id):
        yield found[0], found[1], found[2], found[3]


def _of_mail(
    at: datetime,
    mail: Delivery,
    run: Run,
    issue: Issue,
    outcome: tuple[DeliveryState, Cause | None, str],
) -> Entry:
    """One line: `outcome` is what became of the mail then, why, and the relay's words."""
    state, cause, reply = outcome
    key = f"{issue.year}-{issue.label}"
    why = f"（{cause.label}）" if cause else ""
    words = f"：{reply}" if reply and state is not DeliveryState.ACCEPTED else ""
    text = f"{key} 期（批次 {run.id}，投递 {mail.id}）{state.label}{why}{words}"
    return Entry(
        at,
        Happening.DELIVERY,
        text,
        run_id=run.id,
        issue=key,
        state=state,
        cause=cause,
        delivery_id=mail.id,
    )


def _read(session: Session, row: Subscriber) -> Iterator[Entry]:
    keys = {run.id: f"{issue.year}-{issue.label}" for _, run, issue, _ in _mails(session, row)}
    for event, title in store.readings_of(session, row.id):
        if event.signal is Signal.ACT:
            continue  # what he did on a page stands among the deeds
        key = keys[event.run_id]
        who = "" if event.verdict is Verdict.HUMAN else f"（{event.verdict.label}）"
        if event.signal is Signal.CLICK:
            what = f"{key} 期：{title}{who}" if title else f"{key} 期{who}"
            yield Entry(event.at, Happening.CLICK, what, run_id=event.run_id, issue=key)
        else:
            text = f"{key} 期{who}"
            yield Entry(event.at, Happening.OPEN, text, run_id=event.run_id, issue=key)


def _came_back(session: Session, row: Subscriber) -> Iterator[Entry]:
    for mail, inbox, run_id in store.returned_of(session, row.id):
        status = "" if mail.status in mail.diagnostic else mail.status  # often said there again
        words = f"{status} {mail.diagnostic}".strip()
        text = f"{mail.kind.label}：{words}" if words else mail.kind.label
        if mail.meaning is not None:
            text += f"（{mail.meaning.label}）"
        if mail.consequence is not Consequence.NONE:
            text += f"，结果：{mail.consequence.label}"
        came = Original(inbox.raw, str(inbox.content.get("source", "")), row.erased_at is not None)
        yield Entry(
            mail.at,
            Happening.RETURNED,
            f"{text}；原文：distribution bounce show {mail.inbox_id}",
            run_id=run_id,
            delivery_id=mail.delivery_id,
            mail=mail,
            original=came,
        )


def _done(session: Session, row: Subscriber, topic_names: Mapping[str, str]) -> Iterator[Entry]:
    for deed in store.deeds_about(session, row):
        yield Entry(deed.at, Happening.DEED, deed_of(deed, topic_names), by=deed.by)


def _suppressed(session: Session, row: Subscriber) -> Iterator[Entry]:
    found = store.suppression_of(session, row)
    if found is not None:
        text = f"{found.reason.label}：{found.evidence}"
        yield Entry(found.since, Happening.SUPPRESSION, text)
    domain = store.suppressed_domain_of(session, row)
    if domain is not None:
        text = f"整个域名 {domain.domain}，{domain.reason.label}：{domain.evidence}"
        yield Entry(domain.since, Happening.SUPPRESSION, text)
    if row.erased_at is not None:
        yield Entry(row.erased_at, Happening.ERASURE, "资料已删除")


def _asked(session: Session, row: Subscriber) -> Iterator[Entry]:
    for request in store.requests_of(session, row):
        note = f"：{request.note}" if request.note else ""
        yield Entry(
            request.asked_at, Happening.REQUEST, f"请求{request.kind.label}{note}", by=request.by
        )
        if request.done_at is not None:
            text = f"{request.kind.label}的请求已办结：{request.answer}"
            yield Entry(request.done_at, Happening.REQUEST, text)

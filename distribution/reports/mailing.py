"""Reports by mail: to the board and the admins when a run has ended, and again days later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import audit, delivery, digests, staff
from distribution.db import Transaction
from distribution.digests import Attachment, RenderedLetter
from distribution.errors import Refused
from distribution.reports import counting, page, posting_store, summary, workbook
from distribution.reports.addressees import ADDRESSEES, Addressee, addressee, addressees
from distribution.reports.bounce_figures import meaning_label
from distribution.reports.figures import ArticleFigures, RunReport
from distribution.reports.notes import footnotes
from distribution.reports.reading import popularity
from distribution.reports.tables import HIDDEN
from distribution.words import LetterPurpose

AT_THE_END, LATER = "end", "later"
"""Which report of a run it is: what was sent, and what came back since."""
_OVERDUE = timedelta(days=14)
"""A second report that nobody could send for so long is not sent any more."""
_SHOWN = 5
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotStarted(Refused):
    """Raised where the report of a run is to be sent that has not begun."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        super().__init__(f"批次 {run_id} 还没有开始投递，没有可寄的报告：开始之后再寄")


class NobodyToTell(Refused):
    """Raised where a report is to be sent and there is nobody who gets reports."""

    def __init__(self) -> None:
        roles = "或".join(role.label for role in ADDRESSEES)
        super().__init__(
            f"人员表里没有{roles}，设置 admin_addresses 也空着："
            "用 distribution staff add 姓名 --email 邮箱 --role board 新增，"
            "或用 --to 写明寄给哪位人员"
        )


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What reports are written on, and who gets them."""

    templates: Sequence[Path]
    """Folders."""
    sender_name: str
    admins: Sequence[str] = ()
    """Mail addresses, besides the board and the admins on the staff."""


def reports_due(
    transaction: Transaction,
    reading: Transaction,
    head: Letterhead,
    *,
    after: timedelta,
    at: datetime,
) -> int:
    """Write the reports whose time has come; gives how many letters were written.

    Of regular runs only: the first when the run has ended, the second so long after. Each is
    written once for each addressee, in one transaction with its files, whoever dies in between;
    the first no more once the second is due, and the second no more when it is long overdue.
    Counting a large run takes seconds, for which nobody has to wait: it is only read.
    """
    with reading() as session:
        ended = posting_store.ended_since(session, at - after - _OVERDUE)
        people = addressees(session, head.admins) if ended else ()
        due = [
            (run_id, LATER if finished_at + after <= at else AT_THE_END)
            for run_id, finished_at in ended
        ]
        waiting = {one: _unwritten(session, *one, people) for one in due}
    written = 0
    for (run_id, which), left in waiting.items():
        if left:
            with reading() as session:
                report = _composed(session, run_id, which, head, at)
            with transaction() as session:
                written += _write(session, run_id, which, left, report, at)
    return written


def send_report(
    session: Session,
    run_id: int,
    head: Letterhead,
    *,
    to: Sequence[str] = (),
    by: str,
    at: datetime,
) -> Sequence[Addressee]:
    """Write a run's report as it is now, to the people of these names or all who get reports.

    Any run that has started, and again as often as asked. Raises NotFound, NotStarted,
    NobodyToTell.
    """
    if delivery.find_run(session, run_id).started_at is None:
        raise NotStarted(run_id)
    named = [addressee(staff.find(session, name)) for name in dict.fromkeys(to)]
    people = named or addressees(session, head.admins)
    if not people:
        raise NobodyToTell
    which = f"asked:{at.isoformat()}"
    _write(session, run_id, which, people, _composed(session, run_id, which, head, at), at)
    names = [person.name or person.email for person in people]
    audit.record(session, "report.send", str(run_id), by=by, at=at, to=names)
    return people


def _key(run_id: int, which: str, person: Addressee) -> str:
    whom = sha256(person.email_key.encode()).hexdigest()[:32]
    return f"report:{run_id}:{which}:{whom}"


def _unwritten(
    session: Session, run_id: int, which: str, people: Sequence[Addressee]
) -> list[Addressee]:
    keys = {_key(run_id, which, person): person for person in people}
    there = delivery.letters_written(session, keys)
    return [person for key, person in keys.items() if key not in there]


_Report = tuple[RenderedLetter, Sequence[Attachment]]
"""A letter, and what goes with it."""


def _composed(session: Session, run_id: int, which: str, head: Letterhead, at: datetime) -> _Report:
    found = counting.run_report(session, run_id)
    files = _files(found, at)
    return _letter(found, which, files, head), files


def _write(
    session: Session,
    run_id: int,
    which: str,
    people: Sequence[Addressee],
    report: _Report,
    at: datetime,
) -> int:
    letter, files = report
    content = (letter.subject, letter.text, letter.html)
    return sum(
        delivery.add_letter(
            session,
            _key(run_id, which, person),
            LetterPurpose.REPORT,
            person.email,
            content,
            at=at,
            attached=files,
        )
        for person in people
    )


def _files(found: RunReport, at: datetime) -> list[Attachment]:
    name = f"{found.issue_key}期投递报告"
    made = workbook.run_workbook(found, at=at)
    return [
        Attachment(f"{name}.html", "text/html", page.run_page(found, at=at).encode()),
        Attachment(f"{name}.xlsx", _XLSX, made),
    ]


def _letter(
    found: RunReport, which: str, files: Sequence[Attachment], head: Letterhead
) -> RenderedLetter:
    later = "（几天后的情况）" if which == LATER else ""
    values = {
        "title": f"《{found.publication}》{found.issue_key} 期投递报告{later}",
        "sentence": summary.sentence(found),
        "remarks": list(summary.remarks(found)),
        "keys": summary.keys(found),
        "tables": _tables(found),
        "files": [file.name for file in files],
        "notes": footnotes(summary.KEYS),
        "sender_name": head.sender_name,
    }
    # In the product's own templates: a broken one of the installation must not keep it back.
    return digests.render_letter(head.templates[-1:], "report", values)


def _tables(found: RunReport) -> list[dict[str, object]]:
    read = [one for one in found.articles if popularity(one) < (0, 0)]
    ranked = sorted(read, key=popularity)[:_SHOWN]
    counted = {one: each.returned + each.refused for one, each in found.meanings.items()}
    lost = sorted(counted.items(), key=lambda row: -row[1])[:_SHOWN]
    rows = {
        "点击最多的文章": [(one.title, _clicks(one)) for one in ranked],
        "退信与拒收": [(meaning_label(one), f"{count:,} 封") for one, count in lost if count],
    }
    return [{"title": title, "rows": each} for title, each in rows.items() if each]


def _clicks(one: ArticleFigures) -> str:
    people = HIDDEN if one.readers is None else f"{one.readers:,} 人"
    said = [people] if one.readers != 0 else []
    return "，".join([*said, *([f"匿名 {one.anonymous:,} 次"] if one.anonymous else [])])

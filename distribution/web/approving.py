"""Approving an issue by the link in its proof: a page that shows what, and a POST that does it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, audit, clock, delivery, issues
from distribution.delivery import GateClosed, Lapsed, linking
from distribution.digests import gate
from distribution.errors import Refused
from distribution.links import Use
from distribution.models import Issue
from distribution.staff import Person
from distribution.templates import BrokenTemplate
from distribution.web import asking, pages
from distribution.web.site import Site

_TITLES = {
    linking.Link.OPEN: "批准这一期",
    linking.Link.DONE: "这一期已批准",
    linking.Link.EXPIRED: "批准链接已过期",
    linking.Link.VOID: "这个链接失效了",
    linking.Link.NOBODY: "这个链接不能用来批准",
}
_GONE = ("批准链接已过期", "这封样刊已不再保留。请从最近一封样刊打开，或请同事再寄一次。")
_SHOWN = 8
"""Findings."""


def show(site: Site, request: Request) -> Response:
    """Show what would be approved; changes nothing, because programmes follow every link."""
    _, row = asking.token(request, site.app.keyring, Use.APPROVE)
    with site.app.reading() as session:
        return _look(site, session, row)


def _look(site: Site, session: Session, row: int, *, trouble: str = "") -> Response:
    readers, at = audience.count_mailable(session), clock.now()
    asked = linking.approval_asked(session, row, site.app.recipe, mailable=readers, at=at)
    if asked is None:
        return pages.notice(*_GONE)
    return _page(site, session, asked, readers, trouble=trouble)


async def act(site: Site, request: Request) -> Response:
    """Approve; a second time it is said that it is done."""
    asking.refuse_other_sites(request, site.app.settings.base_url)
    await asking.form(request)
    _, row = asking.token(request, site.app.keyring, Use.APPROVE)
    return await run_in_threadpool(_act, site, row)


def _act(site: Site, row: int) -> Response:
    with site.app.reading() as session:  # of millions it takes seconds: not in the transaction
        readers = audience.count_mailable(session)
    try:
        with site.app.transaction() as session:
            return _approve(site, session, row, readers)
    except (Refused, BrokenTemplate) as refusal:  # what was begun is taken back
        trouble = str(refusal)
    with site.app.reading() as session:
        return _look(site, session, row, trouble=trouble)


def _approve(site: Site, session: Session, row: int, readers: int) -> Response:
    recipe, at, now = site.app.recipe, clock.now(), False
    asked = linking.approval_asked(session, row, recipe, mailable=readers, at=at, lock=True)
    if asked is None:
        return pages.notice(*_GONE)
    if asked.link is linking.Link.OPEN and asked.person is not None:
        above, by = site.app.settings.second_person_above, asked.person.name
        done = linking.approve_asked(session, asked, recipe, mailable=readers, above=above, at=at)
        if done.changed:
            audit.record(session, "issue.approve", done.key, by=by, at=at, letter=row)
            now = True
        asked = replace(asked, link=linking.Link.DONE)
    return _page(site, session, asked, readers, now=now)


def _page(
    site: Site,
    session: Session,
    asked: linking.Asked,
    readers: int,
    *,
    now: bool = False,
    trouble: str = "",
) -> Response:
    issue, person = asked.issue, asked.person
    stored = issues.load_issue(session, issue.id)
    sight = None
    if asked.link is linking.Link.OPEN and person is not None:
        sight = _sight(site, session, issue, person, readers, refused=bool(trouble))
        trouble = trouble or sight.refusal
    return pages.page(
        "approving.html",
        issue=stored.masthead,
        title="已批准" if now else _TITLES[asked.link],
        link=asked.link.name,
        now=now,
        trouble=trouble,
        person=person.name if person else "",
        proofed_at=clock.for_people(asked.proofed.at),
        approved_at=clock.for_people(issue.approved_at) if issue.approved_at else "",
        approved_by=issue.approved_by,
        articles=[one.article for one in stored.articles],
        sight=sight,
        days=linking.VALID.days,
    )


@dataclass(frozen=True, slots=True)
class _Sight:
    """What somebody's word would stand for."""

    readers: int
    importers: Sequence[str]
    lapses: Sequence[Lapsed]
    """Why it is approved once more, if it was."""
    findings: Sequence[gate.Finding] | None
    """Of the gate, without what is only a note; None where it was not asked."""
    refusal: str
    """Why his word would not be taken; empty where it would."""


def _sight(
    site: Site, session: Session, issue: Issue, person: Person, readers: int, *, refused: bool
) -> _Sight:
    """`refused`: it is known already why, and mails are not made once more to say so."""
    way = issues.way_of(session, issue)
    refusal = "" if refused else _refusal(site, session, issue, person, readers)
    found = None
    if not refused:
        found, closed = _findings(site, session, issue)
        refusal = refusal or closed
    return _Sight(
        readers=readers,
        importers=way.importers,
        lapses=delivery.lapses_of(session, issue, site.app.recipe.templates, mailable=readers),
        findings=None if found is None else found[:_SHOWN],
        refusal=refusal,
    )


def _findings(site: Site, session: Session, issue: Issue) -> tuple[Sequence[gate.Finding], str]:
    """What the gate says, and what of it forbids the approval."""
    try:
        found = delivery.inspect_usual(session, issue.id, site.app.recipe)
    except BrokenTemplate as broken:
        return (), str(broken)
    closed = GateClosed(issues.key_of(issue), found.errors) if found.errors else ""
    worth = [one for one in found.findings if one.severity is not gate.Severity.NOTE]
    return worth, str(closed)


def _refusal(site: Site, session: Session, issue: Issue, person: Person, readers: int) -> str:
    above = site.app.settings.second_person_above
    try:
        delivery.require_voucher(session, issue, readers, above=above, by=person.name)
        if issue.approved_despite is None:
            issues.require_ready(session, issue)
    except Refused as refusal:
        return str(refusal)
    return ""

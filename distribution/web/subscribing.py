"""Subscribing: a form for whoever wants the digest; what it says counts once his mailbox says yes.

Whatever the address, the same is done and the same is answered: it is kept, and a worker writes
the letter later, if one may be written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from distribution import audience, clock, config, delivery, limits, topics
from distribution.audience import NewSubscriber
from distribution.limits import Limit
from distribution.web import asking, forms, pages, puzzles, signing, stamps
from distribution.web.forms import Fields
from distribution.web.signing import Typed
from distribution.web.site import Site

SCRIPT = puzzles.PATH
"""Where the script lies that solves what a form asks of a browser."""
LARGEST_FORM = 24 * 1024
"""In bytes: the names of a few members are among it, nine for each character."""
_FORM = "subscribe"
_QUICKEST = timedelta(seconds=3)
"""Nobody fills it in faster; a programme does."""
_OLDEST = timedelta(hours=24)
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_TOO_QUICK = "提交得太快了，没有收下：请核对一遍，再提交一次。"
_TOO_OLD = "这一页打开得太久，没有收下：填写的内容都在，请再提交一次。"
_UNSOLVED = "浏览器还没有准备好，没有收下：请等按钮恢复后再提交一次。"
_TOO_OFTEN = "您所在的网络提交得太频繁，没有收下：请 {}再试，或联系编辑部。"
_TOO_MANY = "此刻提交的人太多，没有收下：请 {}再提交一次。"
_SEARCHED_ENOUGH = "查找的次数太多：请 {}再找，或先不写单位。"
_INCOMPLETE = "还差一点，没有收下："
_NOT_SEARCHED = "没有查找："


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says beside what was typed."""

    typed: Typed = field(default_factory=Typed)
    trouble: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    matches: Sequence[str] | None = None
    """Members found; None: none were looked for this time."""
    status: int = 200
    wait: timedelta | None = None
    """How long to, where it was too often."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A form that has come in."""

    site: Site
    session: Session
    fields: Fields
    network: str
    at: datetime

    def within(self, limit: Limit, who: str) -> bool:
        """Count it; False where it is one too many."""
        signer = self.site.app.keyring.attest
        return limits.within(self.session, limit, who, signer, at=self.at)

    def too_often(self, typed: Typed, limit: Limit, trouble: str) -> Shown:
        """What is said to one too many; `trouble` has a place for when to come again."""
        wait = limits.wait(limit, at=self.at)
        return Shown(typed, trouble.format(pages.later(wait)), wait=wait)

    @property
    def of_network(self) -> Limit:
        """How often a network may send it."""
        most = self.site.app.settings.subscribe_per_network
        return Limit("subscribe.network", most, _HOUR)

    @property
    def looks(self) -> bool:
        """Whether he only looks for his enterprise."""
        return forms.last(self.fields, "step") == "search" and bool(
            forms.last(self.fields, "company").strip()
        )

    @property
    def age(self) -> timedelta | None:
        """Since the page was given out; None where it is none of ours, or too long ago."""
        stamped = forms.last(self.fields, "stamp")
        found = stamps.age(self.site.app.keyring, _FORM, stamped, at=self.at)
        return found if found is not None and found <= _OLDEST else None


def show(site: Site, _request: Request) -> Response:
    """Show the form; changes nothing."""
    with site.app.reading() as session:
        if not config.takes_sign_ups(site.app.settings):
            return _closed(site, session)
        return _page(Sending(site, session, {}, "", clock.now()), Shown())


async def act(site: Site, request: Request) -> Response:
    """Find his enterprise, or keep what he typed."""
    asking.require_own_page(request, site.app.settings.base_url)
    fields = forms.read(await asking.form(request, LARGEST_FORM))
    try:
        typed = signing.read(fields or {})
    except ValueError:
        fields = None
    if fields is None:
        raise HTTPException(400)
    network = asking.client(site.app, request).network
    return await run_in_threadpool(_act, site, fields, typed, network)


async def script(_site: Site, _request: Request) -> Response:
    """The only script there is, and only where a form asks for work."""
    return pages.script(puzzles.SCRIPT)


def _act(site: Site, fields: Fields, typed: Typed, network: str) -> Response:
    at = clock.now()
    with site.app.reading() as session:
        answer = _at_sight(Sending(site, session, fields, network, at), typed)
    if answer is not None:
        return answer
    with site.app.transaction() as session:
        sending = Sending(site, session, fields, network, at)
        typed, shown = _member(sending, typed)
        shown = shown or _refused(sending, typed)
        if shown is not None:
            return _page(sending, shown)
        _keep(sending, typed)
        return _sent(site, session, typed)


def _at_sight(sending: Sending, typed: Typed) -> Response | None:
    """The answer to what need not be counted: a flood of it keeps no writer waiting."""
    site, session = sending.site, sending.session
    if not config.takes_sign_ups(site.app.settings):
        return _closed(site, session)
    if forms.last(
        sending.fields, "fax"
    ):  # nobody sees that field: it is a programme that filled it
        return _sent(site, session, typed)
    shown = _untimely(sending, typed)
    if shown is None and not (typed.company or typed.enterprise):
        shown = _wrong(typed)
    return None if shown is None else _page(sending, shown)


def _untimely(sending: Sending, typed: Typed) -> Shown | None:
    """Sent too often, too late, or faster than people write."""
    limit, signer = sending.of_network, sending.site.app.keyring.attest
    if limits.spent(sending.session, limit, sending.network, signer, at=sending.at):
        return sending.too_often(typed, limit, _TOO_OFTEN)
    if sending.age is None:
        return Shown(typed, _TOO_OLD, status=400)
    if sending.age < _QUICKEST and not sending.looks:
        return Shown(typed, _TOO_QUICK, status=400)
    return None


def _wrong(typed: Typed) -> Shown | None:
    problems = signing.problems(typed)
    return Shown(typed, _INCOMPLETE, problems, status=400) if problems else None


def _member(sending: Sending, typed: Typed) -> tuple[Typed, Shown | None]:
    """The form with the member he means; or a page where he has something to choose."""
    looks = sending.looks
    chosen = "" if looks or typed.enterprise == signing.NONE else typed.enterprise
    if not looks and not chosen and (typed.enterprise or not typed.company):
        return typed, None
    searches = Limit("subscribe.search", sending.site.app.settings.subscribe_searches, _HOUR)
    if not sending.within(searches, sending.network):
        return typed, sending.too_often(typed, searches, _SEARCHED_ENOUGH)
    meant = "" if looks else audience.member_named(sending.session, chosen or typed.company)
    if meant:
        return replace(typed, enterprise=meant), None
    if len(audience.name_key(typed.company)) < audience.SHORTEST_NAME:
        short = f"请至少写出单位名称中的 {audience.SHORTEST_NAME} 个字。"
        trouble = _NOT_SEARCHED if looks else _INCOMPLETE
        return typed, Shown(typed, trouble, {"company": short}, status=400)
    matches = audience.members_like(sending.session, typed.company)
    if looks:
        return typed, Shown(typed, matches=matches)
    wrong = signing.problems(typed) | {"company": "请选择您的单位。"}
    return typed, Shown(typed, _INCOMPLETE, wrong, matches, status=400)


def _refused(sending: Sending, typed: Typed) -> Shown | None:
    """Why it cannot be taken; None where it can."""
    if shown := _wrong(typed):
        return shown
    if not _solved(sending):
        return Shown(typed, _UNSOLVED, status=400)
    if not sending.within(sending.of_network, sending.network):
        return sending.too_often(typed, sending.of_network, _TOO_OFTEN)
    all_together = Limit("subscribe.all", sending.site.app.settings.subscribe_in_all, _HOUR)
    if not sending.within(all_together, ""):  # a network that has had enough takes nothing of it
        return sending.too_often(typed, all_together, _TOO_MANY)
    return None


def _solved(sending: Sending) -> bool:
    """Whether his browser has done its work, where any is asked of it, and for this form only."""
    keyring = sending.site.app.keyring
    if not sending.site.app.settings.subscribe_puzzle:
        return True
    found = puzzles.solved(keyring, forms.last(sending.fields, "altcha"), at=sending.at)
    return found is not None and limits.once(
        sending.session, "puzzle", found.challenge, keyring.attest, until=found.until
    )


def _keep(sending: Sending, typed: Typed) -> None:
    """Keep what he typed; more often than is decent for one address, it is let go unsaid."""
    address, app = signing.address_of(typed), sending.site.app
    limit = Limit("subscribe.address", app.settings.subscribe_per_address, _DAY)
    if address is None or not sending.within(limit, address.key):
        return
    known = topics.names(sending.session)
    new = NewSubscriber(
        address=address,
        name=typed.name,
        enterprise="" if typed.enterprise == signing.NONE else typed.enterprise,
        role=typed.role,
        topics=tuple(code for code in known if code in typed.topics),
    )
    audience.sign_up(sending.session, new, app.keyring.address_hash, at=sending.at)


def _page(sending: Sending, shown: Shown) -> Response:
    app, at = sending.site.app, sending.at
    most = app.settings.subscribe_puzzle
    kept = forms.last(sending.fields, "stamp") if sending.age is not None else ""
    answer = pages.form_page(
        "subscribing.html",
        shown.status,
        scripted=bool(most),
        issue=app.stationery.masthead(sending.session),
        shown=shown,
        matches=_choices(shown),
        typed=shown.typed,
        most=audience.MOST_MEMBERS,
        nowhere=signing.NONE,
        roles=signing.ROLES,
        topics=topics.all_topics(sending.session),
        wording=delivery.CONSENT_WORDING,
        days=delivery.VALID.days,
        stamp=kept or stamps.stamp(app.keyring, _FORM, at=at),
        puzzle=puzzles.puzzle(app.keyring, most, at=at) if most else None,
        script=puzzles.PATH.lstrip("/"),
    )
    return answer if shown.wait is None else pages.retry_after(answer, shown.wait)


def _choices(shown: Shown) -> Sequence[str] | None:
    """Members to choose from: those found now, or those he was offered and still may mean."""
    typed = shown.typed
    if shown.matches is None and typed.enterprise in ("", signing.NONE, *typed.offered):
        return typed.offered or None
    return shown.matches


def _sent(site: Site, session: Session, typed: Typed) -> Response:
    """The same for every address."""
    issue = site.app.stationery.masthead(session)
    return pages.page("subscribed.html", issue=issue, email=typed.email)


def _closed(site: Site, session: Session) -> Response:
    return pages.page("no_form.html", issue=site.app.stationery.masthead(session))

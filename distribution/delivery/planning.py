"""Plan and seal: who gets which articles, frozen before anything leaves.

Planning goes through all subscribers in slices, a stretch of them in each transaction. The run's
row is locked meanwhile and remembers how far it came, so any number of planners may work or die at
any time.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import audience, digests, issues, topics
from distribution.audience import Reader
from distribution.db import Transaction
from distribution.delivery.gating import GateClosed, inspect, inspect_run
from distribution.delivery.lapsing import require_standing
from distribution.delivery.mail_domains import lanes_of
from distribution.delivery.press import Mail
from distribution.delivery.store import plans
from distribution.delivery.store.runs import find_run, issue_of, selections
from distribution.digests import Choice, Composer, Selector, Sheet
from distribution.errors import Refused
from distribution.issues import StoredIssue
from distribution.links import Addresses
from distribution.models import Issue, Run, Selection
from distribution.words import Cause, Reason, RunState

SLICE = 2_000
"""Subscribers dealt with at once."""
STRETCH = 20
"""Slices in one transaction: while one is written the next is read, and who wants to erase a reader
or cancel the run waits for about a second."""
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """What turns an issue into mails, besides the issue."""

    templates: tuple[Path, ...]
    """Folders to look for templates in, the installation's own first."""
    publication: digests.Publication
    """Who the mails come from."""
    minimum_articles: int
    addresses: Addresses
    """Where the links in the mails lead."""
    honeypot: bool = False
    """Whether mails hold a link that only programmes follow."""


def plan(transaction: Transaction, key: str, recipe: Recipe, *, by: str, at: datetime) -> int:
    """Plan the regular run of an issue, or go on planning it; returns the run's id.

    A run that is planned already is left as it is. Raises NotApproved.
    """
    with transaction() as session:
        issue = issues.find_issue(session, key, lock=True)  # nobody reopens it meanwhile
        require_standing(session, issue, recipe.templates)
        run_id = _open_run(session, issue, recipe, by=by, at=at)
    while _plan_stretch(transaction, run_id, recipe):
        pass
    return run_id


def seal(transaction: Transaction, run_id: int, *, at: datetime) -> None:
    """Count the plan and sign the audience; from now on it may be sent and never changes.

    Raises GateClosed where a digest of it must not go out.
    """
    with transaction() as session:
        run = find_run(session, run_id)
        is_planned, key = run.state is RunState.PLANNED, issues.key_of(issue_of(session, run))
    if is_planned:
        _pass_the_gate(transaction, run_id, key)
    with transaction() as session:
        run = find_run(session, run_id, lock=True)
        if run.state is RunState.PLANNING:
            raise Refused(f"批次 {run_id} 还没有规划完：再运行一次 distribution run plan")
        if run.state is not RunState.PLANNED:
            return
        seal = signed(session, run_id)
        run.planned, run.audience_digest = seal.count, seal.audience
        run.selections_digest = seal.selections
        run.sealed_at, run.state = at, RunState.SEALED


@dataclass(frozen=True, slots=True)
class Seal:
    """What a run's plan amounts to: the same as long as nothing of it has changed."""

    count: int
    audience: str
    """A SHA-256 over the sorted address hashes."""
    selections: str
    """A SHA-256 over who gets which articles and why."""
    accepted: str
    """A SHA-256 as `audience`, of those whose mail a relay has accepted: none while sealing."""


def signed(session: Session, run_id: int) -> Seal:
    """Reckon a run's seal from its rows."""
    count, reached = 0, hashlib.sha256()
    audience_hash, selections_hash = hashlib.sha256(), hashlib.sha256()
    articles = {row.id: _fingerprint(row) for row in selections(session, run_id)}
    for rows in plans.planned_for(session, run_id):
        told = [f"{key} {articles[chosen]}\n" for key, chosen, _ in rows]
        audience_hash.update("".join([key for key, _, _ in rows]).encode())
        selections_hash.update("".join(told).encode())
        reached.update("".join([key for key, _, accepted in rows if accepted]).encode())
        count += len(rows)
    return Seal(count, audience_hash.hexdigest(), selections_hash.hexdigest(), reached.hexdigest())


def _fingerprint(row: Selection) -> str:
    facts = {"interests": row.interests, "choices": row.choices}
    # Runs of before there were limits have nothing here, and were sealed without it.
    return digests.fingerprint(facts | ({"omitted": row.omitted} if row.omitted else {}))


def _open_run(session: Session, issue: Issue, recipe: Recipe, *, by: str, at: datetime) -> int:
    plans.lock_issue(session, issue.id)
    run = plans.regular_run(session, issue.id)
    if run is None:
        content = issues.load_issue(session, issue.id)
        sheet = digests.render_sheet(
            content,
            topics.names(session),
            recipe.templates,
            recipe.publication,
            honeypot=recipe.honeypot,
        )
        pass_at_once(content, sheet, recipe)
        plans.keep_sheet(session, sheet)
        run = plans.add_run(session, issue.id, sheet.sha256, by=by, at=at)
        run.discovery = list(plans.most_read_topics(session, issue))
        run.outsiders = audience.outsiders(session)  # whose membership begins later, joins late
        run.origin = asdict(recipe.addresses.origin)
    return run.id


def pass_at_once(content: StoredIssue, sheet: Sheet, recipe: Recipe) -> None:
    """What is wrong in the whole contents is known before anybody is planned."""
    whole = tuple(Choice(one.id, Reason.CONTENTS, "") for one in sheet.articles)
    found = inspect(Composer(sheet), content, recipe.addresses.origin, [Mail(whole)])
    if found.errors:
        raise GateClosed(content.masthead.key, found.errors, "请先改正；")


def _pass_the_gate(transaction: Transaction, run_id: int, key: str) -> None:
    """Nothing of a planned run changes any more but its state, so no lock is held meanwhile."""
    found = inspect_run(transaction, run_id)
    if found.errors:
        remedy = f"先运行 distribution run cancel {run_id}，改正后重新规划；"
        raise GateClosed(key, found.errors, remedy)


def _plan_stretch(transaction: Transaction, run_id: int, recipe: Recipe) -> bool:
    """Plan the next slices of subscribers; False when nobody is left."""
    with transaction() as session:
        audience.join_audience(session)  # nobody is taken back with his list meanwhile
        run = find_run(session, run_id, lock=True)
        if run.state is not RunState.PLANNING:
            return False
        ahead = audience.slices_ahead(session, run.cursor, _sort_out, size=SLICE, most=STRETCH)
        excluded, cursor = Counter(run.excluded), run.cursor
        with closing(ahead) as slices:
            for readers, last_id in slices:
                if last_id is None:
                    run.state = RunState.PLANNED
                    break
                excluded += _write_down(session, run, readers, recipe)
                cursor = last_id
        run.excluded, run.cursor = dict(excluded), cursor
        return run.state is RunState.PLANNING


@dataclass(frozen=True, slots=True)
class _SortedOut:
    """Readers looked through, nothing of them written yet."""

    barred: Counter[str]
    """Causes to how many may not be mailed."""
    welcome: Sequence[tuple[Reader, digests.Interests, str]]
    """The others, their wishes, and the signature of these."""
    lanes: dict[str, str]
    """Of their addresses."""


def _sort_out(session: Session, readers: Sequence[Reader]) -> _SortedOut:
    welcome = [(reader, *_signed(reader.wanted)) for reader in readers if reader.barrier is None]
    return _SortedOut(
        Counter(reader.barrier.value for reader in readers if reader.barrier),
        welcome,
        lanes_of(session, (reader.recipient for reader, _, _ in welcome)),
    )


def enlist(session: Session, run: Run, readers: Sequence[Reader], recipe: Recipe) -> None:
    """Plan a delivery for each of these readers who is to have one, and count the others."""
    left_out = _write_down(session, run, _sort_out(session, readers), recipe)
    run.excluded = dict(Counter(run.excluded) + left_out)


def _write_down(session: Session, run: Run, readers: _SortedOut, recipe: Recipe) -> Counter[str]:
    """Plan their deliveries; gives causes to how many are left out."""
    served = _served(session, run, readers, recipe)
    taken = plans.take_slots(session, run, [reader for reader, _ in served])
    planned = [
        (reader, selection_id, readers.lanes[reader.recipient])
        for reader, selection_id in served
        if reader.subscriber_id in taken
    ]
    plans.add_deliveries(session, run.id, planned)
    left_out = Counter(readers.barred)
    left_out[Cause.NO_MATCH.value] += len(readers.welcome) - len(served)
    left_out[Cause.ALREADY.value] += len(served) - len(taken)
    return left_out


def _served(
    session: Session, run: Run, readers: _SortedOut, recipe: Recipe
) -> list[tuple[Reader, int]]:
    """Readers with their selections, without those who want no mail where nothing matches."""
    wishes = {signature: wish for _, wish, signature in readers.welcome}
    known = plans.selection_ids(session, run.id, wishes)
    new = {signature: wish for signature, wish in wishes.items() if signature not in known}
    if new:
        content = issues.load_issue(session, run.issue_id)
        selector = Selector(content, minimum=recipe.minimum_articles, discovery=run.discovery)
        chosen = [(wish, selector.select(wish)) for wish in new.values()]
        known |= plans.add_selections(session, run.id, chosen)
    matching = {known[signature] for signature, wish in wishes.items() if wish.when_matching}
    empty = plans.empty_selections(session, matching) if matching else set()
    return [
        (reader, known[signature])
        for reader, _, signature in readers.welcome
        if known[signature] not in empty
    ]


def wishes_of(reader: Reader) -> digests.Interests:
    """What chooses a reader's articles."""
    return _signed(reader.wanted)[0]


@lru_cache(_REMEMBERED)
def _signed(wanted: audience.Wanted) -> tuple[digests.Interests, str]:
    """With its signature; remembered, as many readers want the same."""
    standard, when_matching, mail_format, topics, topics_from, watch_words, tracking = wanted
    wishes = digests.Interests(
        topics=topics,
        watch_words=watch_words,
        standard=standard,
        topics_from=topics_from,
        when_matching=when_matching,
        tracking=tracking,
        format=mail_format,
    )
    return wishes, wishes.signature()

"""An import from file to books: chunk by chunk, each in a transaction, resumed where it stopped.

A dry run decides the same rows by the same rules and writes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from distribution import audit
from distribution.audience.importing import contacts, enterprises
from distribution.audience.importing.contacts import ContactPlan
from distribution.audience.importing.enterprises import EnterprisePlan, Register
from distribution.audience.importing.known import Homes, Known, TopicWords
from distribution.audience.importing.verdicts import Verdict
from distribution.audience.sheets import ContactLine, EnterpriseLine
from distribution.audience.store import enlisting, imports, knowing, locking, writing
from distribution.audience.store.consent import channel_of
from distribution.audience.store.contacts import AddressHasher
from distribution.audience.wording import name_key
from distribution.db import Transaction
from distribution.errors import Refused
from distribution.models import Import
from distribution.words import ImportKind, RowOutcome

CHUNK = 5_000
"""Rows decided and written together."""


class UndoneMeanwhile(Refused):
    """Raised when somebody takes an import back before it is through."""

    def __init__(self, import_id: int) -> None:
        self.import_id = import_id
        super().__init__(
            f"导入 {import_id} 还没有写完就被撤销：其余的行没有写入；再导入同一文件即从头开始"
        )


Reading = Callable[[], AbstractContextManager[Session]]
AnyLine = TypeVar("AnyLine", ContactLine, EnterpriseLine)
Told = Callable[[Sequence[Verdict]], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is imported."""

    name: str
    fingerprint: str
    """A SHA-256 over its bytes and over how its columns are read."""
    basis: str = ""
    """What the consent of those rests on whose row names nothing."""


@dataclass(slots=True)
class Result:
    """How an import, or a dry run, went."""

    import_id: int | None = None
    """None for a dry run."""
    counts: Counter[RowOutcome] = field(default_factory=Counter)
    before: Import | None = None
    """The import that had done all of it already."""
    resumed_after: int = 0
    """The line up to which an interrupted import had come."""


def import_contacts(
    transaction: Transaction,
    lines: Iterable[ContactLine],
    source: Source,
    hasher: AddressHasher,
    told: Told,
    *,
    by: str,
    at: datetime,
) -> Result:
    """Apply a list of contacts; `told` gets each chunk's verdicts once it is committed."""

    def chunk(session: Session, part: Sequence[ContactLine], import_id: int) -> list[Verdict]:
        locking.hold_audience(session)
        words = knowing.topic_words(session, lock=True)
        homes = Homes()
        plans = _decide_contacts(session, part, homes, words, hasher, source.basis)
        writing.add_homes(session, homes, plans, at=at)
        writing.write_contacts(session, plans, by=by, channel=channel_of(import_id), at=at)
        return [plan.verdict for plan in plans]

    return _apply(transaction, ImportKind.SUBSCRIBERS, lines, source, chunk, told, by=by, at=at)


def import_enterprises(
    transaction: Transaction,
    lines: Iterable[EnterpriseLine],
    source: Source,
    told: Told,
    *,
    by: str,
    at: datetime,
) -> Result:
    """Apply a list of enterprises; `told` gets each chunk's verdicts once it is committed."""

    def chunk(session: Session, part: Sequence[EnterpriseLine], _: int) -> list[Verdict]:
        locking.hold_audience(session)
        words = knowing.topic_words(session, lock=True)
        plans = _decide_enterprises(session, part, words)
        enlisting.write_enterprises(session, plans, at=at)
        return [plan.verdict for plan in plans]

    return _apply(transaction, ImportKind.ENTERPRISES, lines, source, chunk, told, by=by, at=at)


def try_contacts(
    reading: Reading,
    lines: Iterable[ContactLine],
    source: Source,
    hasher: AddressHasher,
    told: Told,
) -> Result:
    """Decide a list of contacts and write nothing."""
    homes = Homes()  # one for all chunks: what is new in one is known in the next

    def chunk(session: Session, part: Sequence[ContactLine]) -> list[Verdict]:
        words = knowing.topic_words(session)
        plans = _decide_contacts(session, part, homes, words, hasher, source.basis)
        return [plan.verdict for plan in plans]

    return _try(reading, ImportKind.SUBSCRIBERS, lines, source, chunk, told)


def try_enterprises(
    reading: Reading, lines: Iterable[EnterpriseLine], source: Source, told: Told
) -> Result:
    """Decide a list of enterprises and write nothing."""

    def chunk(session: Session, part: Sequence[EnterpriseLine]) -> list[Verdict]:
        plans = _decide_enterprises(session, part, knowing.topic_words(session))
        return [plan.verdict for plan in plans]

    return _try(reading, ImportKind.ENTERPRISES, lines, source, chunk, told)


def _decide_contacts(
    session: Session,
    lines: Sequence[ContactLine],
    homes: Homes,
    topic_words: TopicWords,
    hasher: AddressHasher,
    basis: str,
) -> list[ContactPlan]:
    found = [line.facts for line in lines if line.facts is not None]
    hashes = {facts.address.key: hasher(facts.address.key) for facts in found}
    known = knowing.known_contacts(session, hashes.keys())
    knowing.learn_homes(
        session,
        homes,
        [name_key(facts.enterprise) for facts in found if facts.enterprise],
        [facts.credit_code for facts in found if facts.credit_code],
        [contact.enterprise_id for contact in known.values() if contact.enterprise_id],
    )
    everything = Known(known, knowing.suppressed(session, hashes.values()), topic_words, homes)
    return [
        contacts.decide(
            line,
            hashes[line.facts.address.key] if line.facts else "",
            everything,
            basis=basis,
        )
        for line in lines
    ]


def _decide_enterprises(
    session: Session, lines: Sequence[EnterpriseLine], topic_words: TopicWords
) -> list[EnterprisePlan]:
    found = [line.facts for line in lines if line.facts is not None]
    known = enlisting.known_enterprises(
        session,
        [name_key(facts.name) for facts in found],
        [facts.credit_code for facts in found if facts.credit_code],
    )
    register = Register(known, topic_words)
    return [enterprises.decide(line, register) for line in lines]


def _apply(
    transaction: Transaction,
    kind: ImportKind,
    lines: Iterable[AnyLine],
    source: Source,
    chunk: Callable[[Session, Sequence[AnyLine], int], list[Verdict]],
    told: Told,
    *,
    by: str,
    at: datetime,
) -> Result:
    with transaction() as session:
        row = imports.open_import(
            session, kind, source.fingerprint, source.name, basis=source.basis, by=by, at=at
        )
        result = Result(row.id, before=row if row.finished_at else None)
        result.resumed_after = imports.last_line(session, row.id)
    for part in _chunks(lines):
        with transaction() as session:
            if imports.hold_import(session, row.id).undone_at is not None:
                raise UndoneMeanwhile(row.id)
            last = imports.last_line(session, row.id)
            verdicts = _past(session, row, [line for line in part if line.number <= last])
            fresh = [line for line in part if line.number > last]
            if fresh:
                decided = chunk(session, fresh, row.id)
                imports.write_rows(session, row.id, decided)
                verdicts += decided
        _tell(result, verdicts, told)
    with transaction() as session:
        finished = imports.hold_import(session, row.id)
        if finished.finished_at is None:
            finished.finished_at = at
            figures: dict[str, Any] = {one.value: result.counts[one] for one in RowOutcome}
            audit.record(session, f"{kind.value}.import", str(row.id), by=by, at=at, **figures)
    return result


def _try(
    reading: Reading,
    kind: ImportKind,
    lines: Iterable[AnyLine],
    source: Source,
    chunk: Callable[[Session, Sequence[AnyLine]], list[Verdict]],
    told: Told,
) -> Result:
    with reading() as session:
        result = Result(before=imports.done_before(session, kind, source.fingerprint))
        if result.before is not None:
            session.expunge(result.before)
    for part in _chunks(lines):
        if result.before is not None:
            _tell(result, [_done(line, result.before) for line in part], told)
            continue
        with reading() as session:
            verdicts = chunk(session, part)
        _tell(result, verdicts, told)
    return result


def _done(line: ContactLine | EnterpriseLine, row: Import) -> Verdict:
    """A row that this import has dealt with: whatever became of it since stays."""
    reason = f"此行已在导入 {row.id} 中处理"
    return Verdict(line.number, line.cells, RowOutcome.LEFT, [reason])


def _past(
    session: Session, row: Import, lines: Sequence[ContactLine | EnterpriseLine]
) -> list[Verdict]:
    """What became of rows before this import was interrupted: its result file wants them, too."""
    if not lines or row.finished_at is not None:
        return [_done(line, row) for line in lines]
    first, last = lines[0].number, lines[-1].number
    known = imports.outcomes_between(session, row.id, first, last)
    return [
        Verdict(line.number, line.cells, *known[line.number])
        if line.number in known
        else _done(line, row)
        for line in lines
    ]


def _tell(result: Result, verdicts: Sequence[Verdict], told: Told) -> None:
    result.counts.update(one.outcome for one in verdicts)
    told(verdicts)


def _chunks(lines: Iterable[AnyLine]) -> Iterator[list[AnyLine]]:
    iterator = iter(lines)
    while part := list(islice(iterator, CHUNK)):
        yield part

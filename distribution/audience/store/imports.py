"""SQL of the imports themselves: which file, how far, what became of each row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from distribution.audience.importing.verdicts import Verdict
from distribution.db import insert_all
from distribution.errors import NotFound
from distribution.models import Import, ImportRow
from distribution.words import ImportKind, RowOutcome

_ROW = (
    "import_id", "line", "outcome", "reason", "subscriber_id", "enterprise_id", "before", "after",
)  # fmt: skip


def open_import(
    session: Session,
    kind: ImportKind,
    fingerprint: str,
    file_name: str,
    *,
    basis: str,
    by: str,
    at: datetime,
) -> Import:
    """The import of this file: one that is there and was not undone, else a new one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE imports IN SHARE ROW EXCLUSIVE MODE"))
    query = select(Import).where(
        Import.kind == kind, Import.fingerprint == fingerprint, Import.undone_at.is_(None)
    )
    row = session.scalars(query.order_by(Import.id)).first()
    if row is None:
        row = Import(
            kind=kind,
            fingerprint=fingerprint,
            file_name=file_name[-255:],
            basis=basis,
            by=by,
            at=at,
        )
        session.add(row)
        session.flush()
    return row


def done_before(session: Session, kind: ImportKind, fingerprint: str) -> Import | None:
    """The import of the same file that is finished and stands."""
    query = select(Import).where(
        Import.kind == kind,
        Import.fingerprint == fingerprint,
        Import.undone_at.is_(None),
        Import.finished_at.is_not(None),
    )
    return session.scalars(query.order_by(Import.id)).first()


def hold_import(session: Session, import_id: int) -> Import:
    """Let one transaction at a time go on with an import."""
    query = select(Import).where(Import.id == import_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def last_line(session: Session, import_id: int) -> int:
    """How far it has come; lines are done in their order."""
    query = select(func.max(ImportRow.line)).where(ImportRow.import_id == import_id)
    return session.scalar(query) or 0


def write_rows(session: Session, import_id: int, verdicts: Iterable[Verdict]) -> None:
    """Write down what became of rows."""
    rows = [
        (
            import_id, one.number, one.outcome, one.kept_reason, one.subscriber_id,
            one.enterprise_id, one.before, one.after,
        )
        for one in verdicts
    ]  # fmt: skip
    insert_all(session, ImportRow, _ROW, rows)


def find_import(session: Session, import_id: int) -> Import:
    """An import by its number; NotFound."""
    row = session.get(Import, import_id)
    if row is None:
        raise NotFound("导入", str(import_id), "distribution import list 列出全部导入")
    return row


def imports(session: Session, *, limit: int = 100) -> Sequence[tuple[Import, Counter[RowOutcome]]]:
    """Imports, the newest first, with so many rows of each outcome."""
    rows = session.scalars(select(Import).order_by(Import.id.desc()).limit(limit)).all()
    tallies = outcomes(session, [row.id for row in rows])
    return [(row, tallies[row.id]) for row in rows]


def outcomes(session: Session, import_ids: Sequence[int]) -> dict[int, Counter[RowOutcome]]:
    """So many rows of each outcome, by import."""
    query = (
        select(ImportRow.import_id, ImportRow.outcome, func.count())
        .where(ImportRow.import_id.in_(import_ids))
        .group_by(ImportRow.import_id, ImportRow.outcome)
    )
    tallies: dict[int, Counter[RowOutcome]] = {number: Counter() for number in import_ids}
    for number, outcome, count in session.execute(query):
        tallies[number][outcome] = count
    return tallies


def outcomes_between(
    session: Session, import_id: int, first: int, last: int
) -> dict[int, tuple[RowOutcome, list[str]]]:
    """What became of these lines, and why, as far as it was written down."""
    query = select(ImportRow.line, ImportRow.outcome, ImportRow.reason).where(
        ImportRow.import_id == import_id, ImportRow.line.between(first, last)
    )
    rows = session.execute(query)
    return {line: (outcome, [reason] if reason else []) for line, outcome, reason in rows}


def rows_of(
    session: Session, import_id: int, *, outcome: RowOutcome | None = None, after: int = 0,
    limit: int = 100,
) -> Sequence[ImportRow]:  # fmt: skip
    """What became of rows, in the file's order."""
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.line > after)
    if outcome is not None:
        query = query.where(ImportRow.outcome == outcome)
    return session.scalars(query.order_by(ImportRow.line).limit(limit)).all()

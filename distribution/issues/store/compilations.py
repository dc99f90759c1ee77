"""What the compiler last read of an issue, and the corrections that lie on it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from distribution.compiler import (
    Account,
    Article,
    Masthead,
    ReadIssue,
    account_from_json,
    account_to_json,
    article_from_json,
    article_to_json,
    masthead_from_json,
    masthead_to_json,
)
from distribution.issues.correcting import Corrected, Correction, corrected
from distribution.models import Compilation, Issue
from distribution.models import Correction as CorrectionRow


@dataclass(frozen=True, slots=True)
class Compiled:
    """An issue as its file was last read."""

    masthead: Masthead
    articles: tuple[tuple[str, Article], ...]
    """By their anchors."""
    account: Account

    @property
    def anchors(self) -> list[str]:
        """Of the articles, in the order of the file."""
        return [anchor for anchor, _ in self.articles]


def keep(session: Session, issue_id: int, read: ReadIssue, anchors: Sequence[str]) -> None:
    """Keep what was read, in place of what was read before."""
    articles = [
        {**article_to_json(article), "anchor": anchor}
        for anchor, article in zip(anchors, read.articles, strict=True)
    ]
    session.merge(
        Compilation(
            issue_id=issue_id,
            masthead=masthead_to_json(read.masthead),
            articles=articles,
            account=account_to_json(read.account),
        )
    )
    session.flush()


def compiled(session: Session, issue_id: int) -> Compiled:
    """What was last read."""
    row = session.get_one(Compilation, issue_id)
    return Compiled(
        masthead_from_json(row.masthead),
        tuple((fact["anchor"], article_from_json(_bare(fact))) for fact in row.articles),
        account_from_json(row.account),
    )


def says_the_same(session: Session, issue_id: int, read: ReadIssue) -> bool:
    """Whether the file read now holds what the one before held, whatever its form."""
    row = session.get_one(Compilation, issue_id)
    before = [row.masthead, [_bare(fact) for fact in row.articles]]
    now = [masthead_to_json(read.masthead), [article_to_json(one) for one in read.articles]]
    return json.dumps(before, sort_keys=True) == json.dumps(now, sort_keys=True)


def state(session: Session, row: Issue) -> Corrected:
    """The issue with all corrections on it, as it is stored."""
    found = compiled(session, row.id)
    return corrected(found.masthead, found.articles, corrections(session, row.id))


def corrections(session: Session, issue_id: int) -> list[Correction]:
    """All corrections of an issue, in the order they were made."""
    return [
        Correction(row.id, row.kind, row.anchor, row.value)
        for row in correction_rows(session, issue_id)
    ]


def correction_rows(session: Session, issue_id: int) -> Sequence[CorrectionRow]:
    """The same with who made them, and when."""
    query = select(CorrectionRow).where(CorrectionRow.issue_id == issue_id)
    return session.scalars(query.order_by(CorrectionRow.id)).all()


def version(session: Session, row: Issue) -> str:
    """Changes with every import and every correction."""
    query = select(func.count(), func.max(CorrectionRow.id))
    count, last = session.execute(query.where(CorrectionRow.issue_id == row.id)).one()
    return f"{row.content_sha256} {row.imported_at.isoformat()} {count} {last}"


def _bare(fact: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fact.items() if name != "anchor"}

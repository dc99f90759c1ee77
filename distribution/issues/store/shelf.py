"""What readers may look up at any time: approved issues that have begun to go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from distribution.compiler import Masthead
from distribution.issues.relating import Known
from distribution.issues.store.issues import key_of, masthead_of
from distribution.models import Article as ArticleRow
from distribution.models import ArticleTopic, Issue, Run


@dataclass(frozen=True, slots=True)
class Shelved:
    """An issue on the shelf; approved anew, it is another one."""

    id: int
    key: str
    masthead: Masthead
    approved_at: datetime
    articles: int


def on_the_shelf() -> ColumnElement[bool]:
    """SQL about an issue: once corrected and approved again it is back, as it now is."""
    went = exists().where(Run.issue_id == Issue.id, Run.started_at.is_not(None))
    return and_(Issue.approved_at.is_not(None), went)


def shelf_state(session: Session) -> tuple[object, ...]:
    """Differs whenever the shelf does."""
    query = select(func.count(), func.sum(Issue.id), func.max(Issue.approved_at))
    return tuple(session.execute(query.where(on_the_shelf())).one())


def shelf(session: Session) -> Sequence[Shelved]:
    """All of them, the newest first."""
    query = (
        select(Issue, func.count(ArticleRow.id))
        .join(ArticleRow, ArticleRow.issue_id == Issue.id)
        .where(on_the_shelf())
        .group_by(Issue.id)
        .order_by(Issue.month.desc(), Issue.year.desc(), Issue.label.desc())
    )
    return [
        Shelved(row.id, key_of(row), masthead_of(row), row.approved_at, count)
        for row, count in session.execute(query)
        if row.approved_at is not None
    ]


def known_articles(session: Session) -> Sequence[Known]:
    """All articles on the shelf, as far as it takes to tell which belong together."""
    topics: dict[int, set[int]] = {}
    pairs = (
        select(ArticleTopic.article_id, ArticleTopic.topic_id)
        .join(ArticleRow, ArticleRow.id == ArticleTopic.article_id)
        .join(Issue, Issue.id == ArticleRow.issue_id)
        .where(on_the_shelf())
    )
    for article_id, topic_id in session.execute(pairs):
        topics.setdefault(article_id, set()).add(topic_id)
    query = (
        select(
            ArticleRow.id,
            ArticleRow.position,
            ArticleRow.title,
            Issue.year,
            Issue.label,
            Issue.month,
        )
        .join(Issue, Issue.id == ArticleRow.issue_id)
        .where(on_the_shelf())
        .order_by(Issue.month, Issue.year, Issue.label, ArticleRow.position)
    )
    return [
        Known(id_, f"{year}-{label}", position, title, month, frozenset(topics.get(id_, ())))
        for id_, position, title, year, label, month in session.execute(query)
    ]

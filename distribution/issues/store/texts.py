"""The texts of approved issues as they are searched, see `issues.searching` and the migration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from sqlalchemy import (
    ColumnElement,
    case,
    cast,
    column,
    delete,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session

from distribution.compiler import Article, Picture
from distribution.db import insert_all
from distribution.issues.correcting import text_of
from distribution.issues.searching import Marked, Piece, Wanted, excerpt, folded, marked, pieces_of
from distribution.issues.store.articles import article_of
from distribution.models import Article as ArticleRow
from distribution.models import ArticleText, Issue

_LONGEST = 100_000
"""Characters of an article that are searched: PostgreSQL takes a megabyte of pieces at most."""
_INDEX = table("article_search", column("rowid"), column("article_search"))
_VECTOR: ColumnElement[str] = literal_column("article_texts.article_search")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found."""

    key: str
    """Of its issue."""
    position: int
    title: Marked
    excerpt: Marked
    section: str


def index_issue(session: Session, issue_id: int) -> int:
    """Make the articles of an issue findable as they are now; counts them."""
    rows = session.scalars(select(ArticleRow).where(ArticleRow.issue_id == issue_id)).all()
    forget(session, [row.id for row in rows])
    facts = [(row.id, *_facts(article_of(row))) for row in rows]
    insert_all(session, ArticleText, ("article_id", "title", "text", "pieces"), facts)
    return len(facts)


def forget(session: Session, article_ids: Iterable[int]) -> None:
    """Articles that leave their issue, or come in anew."""
    session.execute(delete(ArticleText).where(ArticleText.article_id.in_(list(article_ids))))


def reindex(session: Session) -> tuple[int, int]:
    """Build everything anew while nobody can approve; counts issues and articles."""
    rows = session.scalars(select(Issue).order_by(Issue.id).with_for_update(key_share=True)).all()
    session.execute(delete(ArticleText))
    approved = [row.id for row in rows if row.approved_at is not None]
    return len(approved), sum(index_issue(session, issue_id) for issue_id in approved)


def search(session: Session, wanted: Wanted, shelf: Sequence[int]) -> Sequence[int]:
    """Articles with all these words, those first that have more of them in their titles.

    `shelf` are the issues that may be found, the newest first; so are equals.
    """
    if not wanted.words:
        return ()
    titles = [case((_has(ArticleText.title, word), 1), else_=0) for word in wanted.words]
    query = (
        select(ArticleRow.id, ArticleRow.issue_id, ArticleRow.position, reduce(add, titles))
        .join(ArticleText, ArticleText.article_id == ArticleRow.id)
        .where(_matches(session, wanted.pieces))
        .where(*(_has(ArticleText.text, word) for word in wanted.to_look_at))
    )
    age = {issue_id: place for place, issue_id in enumerate(shelf)}
    found = sorted(  # here, because no plan is good for few issues and for many
        (-in_title, age[issue_id], position, article_id)
        for article_id, issue_id, position, in_title in session.execute(query)
        if issue_id in age
    )
    return [article_id for *_, article_id in found]


def hits(session: Session, article_ids: Sequence[int], wanted: Wanted) -> list[Hit]:
    """These articles in this order, with the words marked."""
    query = (
        select(ArticleRow, Issue.year, Issue.label)
        .join(Issue, Issue.id == ArticleRow.issue_id)
        .where(ArticleRow.id.in_(article_ids))
    )
    found = {}
    for row, year, label in session.execute(query):
        article = article_of(row)
        found[row.id] = Hit(
            f"{year}-{label}",
            row.position,
            marked(row.title, wanted.words),
            excerpt(_body(article), wanted.words),
            row.section,
        )
    return [found[article_id] for article_id in article_ids]


def _facts(article: Article) -> tuple[str, str, str]:
    title = folded(article.title)
    text = folded(f"{article.title}\n{article.source or ''}\n{_body(article)}"[:_LONGEST])
    return title, text, " ".join(sorted(pieces_of(text)))


def _body(article: Article) -> str:
    captions = [block.caption for block in article.blocks if isinstance(block, Picture)]
    return "\n".join(filter(None, (text_of(article), *captions))) or article.summary


def _has(text: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return text.contains(word, autoescape=True)


def _matches(session: Session, pieces: Sequence[Piece]) -> ColumnElement[bool]:
    """SQL: all pieces are there. They are letters and digits alone, so no sign needs escaping."""
    if session.get_bind().dialect.name == "postgresql":
        terms = " & ".join(f"'{one.text}'{':*' if one.begins else ''}" for one in pieces)
        return _VECTOR.op("@@")(cast(terms, TSQUERY))
    terms = " AND ".join(f'"{one.text}"{" *" if one.begins else ""}' for one in pieces)
    found = select(_INDEX.c.rowid).where(_INDEX.c.article_search.op("MATCH")(terms))
    return ArticleText.article_id.in_(found)

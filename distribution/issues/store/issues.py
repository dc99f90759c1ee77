"""Rows of issues: found by the names people give them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from distribution.compiler import Contact, Masthead
from distribution.errors import NotFound
from distribution.models import Article as ArticleRow
from distribution.models import Issue

_KEY = re.compile(r"(?P<year>[0-9]{4})-(?P<label>[0-9a-z-]{1,20})")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_HASH_MARKS = re.compile(r"[/∕⁄](?=[^/∕⁄]*$)")
_LARGEST = 9999


def find_issue(session: Session, key: str, *, lock: bool = False) -> Issue:
    """The issue people call `2023-09`; NotFound names the newest ones."""
    row = _found(session, key, lock=lock)
    if row is None:
        known = [key_of(issue) for issue in list_issues(session)[:5]]
        hint = f"已导入的有 {'、'.join(known)}" if known else "先运行 distribution issue import"
        raise NotFound("期刊", repr(key.strip()), hint)
    return row


def article_name(given: str) -> tuple[str, int]:
    """What people call an article, taken apart: the issue's key and the article's place.

    >>> article_name("２０２３-０９／17"), article_name("2023-07-08/3")
    (('2023-09', 17), ('2023-07-08', 3))
    """
    plain = "".join(unicodedata.normalize("NFKC", given).split())
    key, _, number = _HASH_MARKS.sub("\n", plain).partition("\n")
    if not key or not re.fullmatch("[0-9]{1,9}", number):
        raise NotFound("文章", repr(given.strip()), "应写作 期号/序号，例如 2023-09/17")
    return key, min(int(number), _LARGEST)


def _found(session: Session, key: str, *, lock: bool = False) -> Issue | None:
    """Forgives what keyboards and texts do to a key: blanks, widths, dashes, a missing zero."""
    plain = "".join(unicodedata.normalize("NFKC", key).lower().split())
    spelt = _KEY.fullmatch(_DASHES.sub("-", plain))
    if spelt is None:
        return None
    label = spelt["label"].zfill(2) if spelt["label"].isdigit() else spelt["label"]
    return row_of(session, int(spelt["year"]), label, lock=lock)


def row_of(session: Session, year: int, label: str, *, lock: bool = False) -> Issue | None:
    """The row; locked, it is read anew and nobody else plans, corrects or releases the issue."""
    query = select(Issue).where(Issue.year == year, Issue.label == label)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalar(query)


def list_issues(session: Session) -> Sequence[Issue]:
    """All issues, the newest first."""
    return session.scalars(select(Issue).order_by(Issue.month.desc(), Issue.label.desc())).all()


def unapproved(session: Session) -> Sequence[Issue]:
    """The issues that may still change, locked; the oldest first."""
    query = select(Issue).where(Issue.approved_at.is_(None)).order_by(Issue.id)
    return session.scalars(query.with_for_update(key_share=True)).all()


def approved_at(session: Session, issue_id: int) -> datetime | None:
    """When the issue was last approved: until it is reopened, nothing of it changes."""
    return session.scalar(select(Issue.approved_at).where(Issue.id == issue_id))


def latest_masthead(session: Session) -> Masthead | None:
    """The title page and colophon of the newest approved issue."""
    query = select(Issue).where(Issue.approved_at.is_not(None))
    row = session.scalar(query.order_by(Issue.month.desc(), Issue.id.desc()).limit(1))
    return None if row is None else masthead_of(row)


def article_counts(session: Session) -> dict[int, int]:
    """Articles of each issue, by issue id."""
    query = select(ArticleRow.issue_id, func.count()).group_by(ArticleRow.issue_id)
    return {row[0]: row[1] for row in session.execute(query)}


def key_of(row: Issue) -> str:
    """The issue's name among people and commands."""
    return f"{row.year}-{row.label}"


def masthead_of(row: Issue) -> Masthead:
    """The facts of the issue as they are now."""
    facts = dict(row.contact)
    facts["editors"] = tuple((office, names) for office, names in facts.get("editors", ()))
    return Masthead(
        publication=row.publication,
        year=row.year,
        label=row.label,
        number=row.number,
        total_number=row.total_number,
        month=row.month,
        publishers=tuple(row.publishers),
        contact=Contact(**facts),
    )


def put_masthead(row: Issue, head: Masthead) -> None:
    """Write the facts into the row; year and label are its name and stay."""
    row.number, row.total_number, row.month = head.number, head.total_number, head.month
    row.publication, row.publishers = head.publication, list(head.publishers)
    row.contact = asdict(head.contact)

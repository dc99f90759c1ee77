"""All SQL about issues and their articles."""

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from distribution import topics
from distribution.compiler import (
    Article,
    Complaint,
    Contact,
    Masthead,
    ReadIssue,
    UnreadableIssue,
    account_to_json,
    article_key,
    article_to_json,
    block_from_json,
    block_to_json,
    complaint_to_json,
    masthead_to_json,
)
from distribution.errors import NotFound, Refused
from distribution.issues.content import StoredArticle, StoredIssue
from distribution.models import Article as ArticleRow
from distribution.models import ArticleTopic, Compilation, Issue, Topic

_KEY = re.compile(r"(?P<year>[0-9]{4})-(?P<label>[0-9a-z-]{1,20})")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: `changed` is False where the same content was there already."""

    issue_id: int
    key: str
    changed: bool
    complaints: tuple[Complaint, ...]
    articles: int


class ImportedMeanwhile(Refused):
    """Raised when somebody else imported the same issue in the same moment."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key} 期刚由别人导入：没有改动；请用 distribution issue show {key} 核对")


class AlreadyApproved(Refused):
    """Raised when a different file would replace an issue that is approved."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key} 期已批准，内容不同的文件不能覆盖它：没有改动任何内容")


def save_issue(
    session: Session, read: ReadIssue, source: bytes, name: str, at: datetime
) -> Imported:
    """Store an issue; the same content again changes nothing, an unapproved one is replaced."""
    _refuse_oversized(read, name)
    content_hash = _content_hash(read)
    head = read.masthead
    row = _row_of(session, head.year, head.label, lock=True)
    if row is not None and row.content_sha256 == content_hash:
        return Imported(row.id, head.key, False, read.complaints, len(read.articles))
    if row is not None and row.approved_at is not None:
        raise AlreadyApproved(head.key)
    if row is None:
        row = Issue(year=head.year, label=head.label)
        session.add(row)
    else:
        _drop_articles(session, row.id)
    row.number, row.total_number, row.month = head.number, head.total_number, head.month
    row.publication, row.publishers = head.publication, list(head.publishers)
    row.contact = asdict(head.contact)
    row.complaints = [complaint_to_json(complaint) for complaint in read.complaints]
    row.source_name, row.source_sha256 = name, hashlib.sha256(source).hexdigest()
    row.content_sha256, row.imported_at = content_hash, at
    try:
        session.flush()
    except IntegrityError as error:  # two who import a new issue at once; the first one's stays
        raise ImportedMeanwhile(head.key) from error
    _keep_compilation(session, row.id, read)
    _add_articles(session, row.id, read.articles)
    return Imported(row.id, head.key, True, read.complaints, len(read.articles))


def find_issue(session: Session, key: str, *, lock: bool = False) -> Issue:
    """The issue people call `2023-09`; NotFound names the newest ones."""
    row = _found(session, key, lock=lock)
    if row is None:
        known = [key_of(issue) for issue in list_issues(session)[:5]]
        hint = f"已导入的有 {'、'.join(known)}" if known else "先运行 distribution issue import"
        raise NotFound("期刊", repr(key.strip()), hint)
    return row


def _found(session: Session, key: str, *, lock: bool = False) -> Issue | None:
    """Forgives what keyboards and texts do to a key: blanks, widths, dashes, a missing zero."""
    plain = "".join(unicodedata.normalize("NFKC", key).lower().split())
    spelt = _KEY.fullmatch(re.sub("[\u2010-\u2015\u2212]", "-", plain))
    if spelt is None:
        return None
    label = spelt["label"].zfill(2) if spelt["label"].isdigit() else spelt["label"]
    return _row_of(session, int(spelt["year"]), label, lock=lock)


def list_issues(session: Session) -> Sequence[Issue]:
    """All issues, the newest first."""
    return session.scalars(select(Issue).order_by(Issue.month.desc(), Issue.label.desc())).all()


def article_counts(session: Session) -> dict[int, int]:
    """Articles of each issue, by issue id."""
    query = select(ArticleRow.issue_id, func.count()).group_by(ArticleRow.issue_id)
    return {row[0]: row[1] for row in session.execute(query)}


def key_of(row: Issue) -> str:
    """The issue's name among people and commands."""
    return f"{row.year}-{row.label}"


def approve(session: Session, key: str, *, by: str, at: datetime) -> bool:
    """Release an issue for sending; False where it was approved before."""
    row = find_issue(session, key, lock=True)
    if row.approved_at is not None:
        return False
    row.approved_at, row.approved_by = at, by
    return True


def load_issue(session: Session, issue_id: int) -> StoredIssue:
    """An issue with its articles, as digests are made from it."""
    row = session.get_one(Issue, issue_id)
    query = select(ArticleRow).where(ArticleRow.issue_id == issue_id).order_by(ArticleRow.position)
    codes = _topic_codes(session, issue_id)
    return StoredIssue(
        row.id,
        _masthead(row),
        tuple(
            StoredArticle(article.id, article.must_carry, tuple(codes[article.id]), _value(article))
            for article in session.scalars(query)
        ),
    )


def _row_of(session: Session, year: int, label: str, *, lock: bool = False) -> Issue | None:
    query = select(Issue).where(Issue.year == year, Issue.label == label)
    return session.scalar(query.with_for_update() if lock else query)


def _refuse_oversized(read: ReadIssue, name: str) -> None:
    """A heading of a thousand characters is a paragraph that was taken for one."""
    found = [("刊名", read.masthead.publication, 100)]
    for article in read.articles:
        found += [
            (f"第 {article.position} 篇的标题", article.title, 300),
            (f"第 {article.position} 篇的栏目", article.section, 100),
            (f"第 {article.position} 篇的来源", article.source or "", 100),
        ]
    for what, text, longest in found:
        if len(text) > longest:
            reason = f"{what}有 {len(text)} 个字（{text[:20]}…），最多 {longest} 个"
            raise UnreadableIssue(name, reason, "请检查目录，每条应单独成行")


def _content_hash(read: ReadIssue) -> str:
    facts = asdict(read)
    del (
        facts["complaints"],
        facts["account"],
    )  # a better reader may complain less of the same content
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _drop_articles(session: Session, issue_id: int) -> None:
    ids = select(ArticleRow.id).where(ArticleRow.issue_id == issue_id)
    session.execute(delete(ArticleTopic).where(ArticleTopic.article_id.in_(ids)))
    session.execute(delete(ArticleRow).where(ArticleRow.issue_id == issue_id))


def _keep_compilation(session: Session, issue_id: int, read: ReadIssue) -> None:
    session.merge(
        Compilation(
            issue_id=issue_id,
            masthead=masthead_to_json(read.masthead),
            articles=[article_to_json(article) for article in read.articles],
            account=account_to_json(read.account),
        )
    )


def anchors_of(articles: Sequence[Article]) -> list[str]:
    """What each article is known by when its file is read again: the key of its title."""
    anchors: list[str] = []
    for article in articles:
        anchor = plain = article_key(article.title)
        count = 1
        while anchor in anchors:
            count += 1
            anchor = f"{plain}#{count}"
        anchors.append(anchor)
    return anchors


def _add_articles(session: Session, issue_id: int, articles: Sequence[Article]) -> None:
    rules = topics.rules(session)
    anchors = anchors_of(articles)
    for anchor, article in zip(anchors, articles, strict=True):
        row = ArticleRow(
            issue_id=issue_id,
            anchor=anchor,
            position=article.position,
            section=article.section,
            page=article.page,
            title=article.title,
            source=article.source,
            date=article.date,
            summary=article.summary,
            blocks=[block_to_json(block) for block in article.blocks],
        )
        session.add(row)
        session.flush()
        for rule, origin in topics.topics_of(article.section, article.title, rules):
            session.add(
                ArticleTopic(article_id=row.id, topic_id=rule.topic_id, origin=origin, evidence=[])
            )


def _topic_codes(session: Session, issue_id: int) -> defaultdict[int, list[str]]:
    query = (
        select(ArticleTopic.article_id, Topic.code)
        .join(Topic, Topic.id == ArticleTopic.topic_id)
        .join(ArticleRow, ArticleRow.id == ArticleTopic.article_id)
        .where(ArticleRow.issue_id == issue_id)
        .order_by(ArticleTopic.origin.desc(), Topic.position)  # the section's topic first
    )
    codes: defaultdict[int, list[str]] = defaultdict(list)
    for article_id, code in session.execute(query):
        codes[article_id].append(code)
    return codes


def _masthead(row: Issue) -> Masthead:
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


def _value(row: ArticleRow) -> Article:
    return Article(
        position=row.position,
        section=row.section,
        page=row.page,
        title=row.title,
        source=row.source,
        date=row.date,
        summary=row.summary,
        blocks=tuple(map(block_from_json, row.blocks)),
    )

"""An import: what was read becomes the issue, under the corrections made so far."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from distribution.compiler import (
    Complaint,
    ReadIssue,
    UnreadableIssue,
    article_to_json,
    complaint_to_json,
    masthead_to_json,
)
from distribution.issues.anchoring import anchors_of
from distribution.issues.correcting import Correction, corrected
from distribution.issues.diffing import Diff, difference
from distribution.issues.refusals import AlreadyApproved, ImportedMeanwhile
from distribution.issues.store import compilations
from distribution.issues.store.articles import put_articles
from distribution.issues.store.assets import keep_assets
from distribution.issues.store.deeds import note
from distribution.issues.store.issues import put_masthead, row_of
from distribution.models import Issue
from distribution.words import IssueStep

NEW = "new"
"""The version of an issue that is not there."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    issue_id: int
    key: str
    changed: bool
    """False where the same content was there already."""
    complaints: tuple[Complaint, ...]
    articles: int
    doubts_changed: bool = False
    """The same content, but the file gives other reasons for doubt than the one before."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do."""

    key: str
    version: str
    """Of the issue as it was looked at: `save_issue` refuses if another came in between."""
    same: bool
    """The file says what is there already."""
    diff: Diff | None
    """Against the issue that is there; None for a new one."""
    lost: tuple[Correction, ...]
    """Corrections that would no longer find what they are about."""


def preview(session: Session, read: ReadIssue, name: str) -> Preview:
    """Look what an import would change; raises AlreadyApproved where it would be refused."""
    _refuse_oversized(read, name)
    head = read.masthead
    row = row_of(session, head.year, head.label)
    if row is None:
        return Preview(head.key, NEW, False, None, ())
    version = compilations.version(session, row)
    if compilations.says_the_same(session, row.id, read):
        return Preview(head.key, version, True, None, ())
    if row.approved_at is not None:
        raise AlreadyApproved(head.key)
    found = compilations.compiled(session, row.id)
    deeds = compilations.corrections(session, row.id)
    anchors = anchors_of(read.articles, found.articles)
    old = corrected(found.masthead, found.articles, deeds)
    new = corrected(head, list(zip(anchors, read.articles, strict=True)), deeds)
    before = {correction.id for correction in old.unplaced}
    lost = tuple(correction for correction in new.unplaced if correction.id not in before)
    return Preview(head.key, version, False, difference(old, new), lost)


def save_issue(
    session: Session,
    read: ReadIssue,
    source: bytes,
    name: str,
    at: datetime,
    *,
    version: str | None = None,
    by: str | None = None,
) -> Imported:
    """Store an issue; the same content again changes nothing, an unapproved one is replaced.

    Corrections stay and are done again on what was read. `version` is that of a preview. `by` is
    who answers for it, and may not approve it alone; None: nobody does, as for a sample.
    """
    _refuse_oversized(read, name)
    head = read.masthead
    row = row_of(session, head.year, head.label, lock=True)
    if row is not None and compilations.says_the_same(session, row.id, read):
        count = len(compilations.state(session, row).articles)
        doubts_changed = row.approved_at is None and _question_anew(session, row, read)
        if doubts_changed:
            _note_source(row, read, source, name, at)
        return Imported(row.id, head.key, False, read.complaints, count, doubts_changed)
    if row is not None and row.approved_at is not None:
        raise AlreadyApproved(head.key)
    if version is not None and version != (compilations.version(session, row) if row else NEW):
        raise ImportedMeanwhile(head.key)
    before = compilations.compiled(session, row.id).articles if row else ()
    if row is None:
        row = Issue(year=head.year, label=head.label)
        session.add(row)
    put_masthead(row, head)
    _note_source(row, read, source, name, at)
    try:
        session.flush()
    except IntegrityError as error:  # two who import a new issue at once; the first one's stays
        raise ImportedMeanwhile(head.key) from error
    keep_assets(session, read.assets)
    compilations.keep(session, row.id, read, anchors_of(read.articles, before))
    articles = rebuild(session, row)
    if by is not None:
        note(session, row.id, IssueStep.IMPORTED, by=by, at=at)
    return Imported(row.id, head.key, True, read.complaints, articles)


def rebuild(session: Session, row: Issue) -> int:
    """Make the stored issue what its file and its corrections say together; counts articles."""
    state = compilations.state(session, row)
    put_masthead(row, state.masthead)
    put_articles(session, row.id, state.articles)
    return len(state.articles)


def _question_anew(session: Session, row: Issue, read: ReadIssue) -> bool:
    """Keep the doubts and the account of the file read last; False where they are as before."""
    before = compilations.compiled(session, row.id)
    complaints = [complaint_to_json(complaint) for complaint in read.complaints]
    if (complaints, read.account) == (row.complaints, before.account):
        return False
    compilations.keep(session, row.id, read, before.anchors)
    return True


def _note_source(row: Issue, read: ReadIssue, source: bytes, name: str, at: datetime) -> None:
    row.complaints = [complaint_to_json(complaint) for complaint in read.complaints]
    row.source_name, row.source_sha256 = name, hashlib.sha256(source).hexdigest()
    row.content_sha256, row.imported_at = _content_hash(read), at


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
    """Of masthead and articles: a better reader may complain less of the same content."""
    facts = [masthead_to_json(read.masthead), [article_to_json(one) for one in read.articles]]
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()

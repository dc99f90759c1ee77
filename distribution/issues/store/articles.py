"""Articles as readers get them, and what puts them under topics."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from distribution import topics
from distribution.compiler import Article, article_key, block_from_json, block_to_json
from distribution.issues.content import Contract, Limit, StoredArticle, StoredIssue, TopicReason
from distribution.issues.correcting import Edited, text_of
from distribution.issues.refusals import HasReaders, PlacesTaken
from distribution.issues.store import compilations
from distribution.issues.store.issues import key_of, masthead_of, unapproved
from distribution.models import Article as ArticleRow
from distribution.models import ArticleText, ArticleTopic, Delivery, Issue, ReadingEvent, Run, Topic
from distribution.words import DeliveryState, RunKind, RunState, TopicOrigin

_Reasons = list[tuple[int, TopicOrigin, list[str]]]


@dataclass(frozen=True, slots=True)
class Retopiced:
    """An article whose topics changed because a section or a rule did."""

    issue_key: str
    number: int
    title: str
    topics: tuple[str, ...]
    """Codes, as they are now."""


def load_issue(session: Session, issue_id: int) -> StoredIssue:
    """An issue with its articles, as digests are made from it."""
    row = session.get_one(Issue, issue_id)
    reasons = _reasons_of(session, issue_id)
    return StoredIssue(
        row.id,
        masthead_of(row),
        tuple(
            StoredArticle(
                article.id,
                article.must_carry,
                tuple(reason.code for reason in reasons[article.id]),
                article_of(article),
                article.anchor,
                tuple(reasons[article.id]),
                lead=article.anchor == row.lead_anchor,
            )
            for article in _rows(session, issue_id)
        ),
        contract_of(row),
    )


def contract_of(row: Issue) -> Contract:
    """What the editor adds to the issue."""
    limits = tuple(Limit(*values) for values in row.limits)
    return Contract(row.note, row.notice, limits, row.commercial)


def put_articles(session: Session, issue_id: int, articles: Sequence[Edited]) -> None:
    """Make the rows what the articles are: by anchor, so that ids stay.

    Raises HasReaders, and PlacesTaken where mails that went out would lead to other articles.
    """
    rows = {row.anchor: row for row in _rows(session, issue_id)}
    places = [(edited.anchor, edited.article.position) for edited in articles]
    if places != [(row.anchor, row.position) for row in rows.values()]:
        _refuse_sent(session, issue_id)
    wanted = {edited.anchor for edited in articles}
    _remove(session, [row for anchor, row in rows.items() if anchor not in wanted])
    for row in rows.values():
        if row.anchor in wanted:
            row.position = -row.position  # no two may ever stand at the same place
    session.flush()
    for edited in articles:
        row = rows.get(edited.anchor) or ArticleRow(issue_id=issue_id, anchor=edited.anchor)
        _put(row, edited)
        session.add(row)
    session.flush()
    put_topics(session, issue_id, articles)


def _refuse_sent(session: Session, issue_id: int) -> None:
    for run_id in went_out(session, issue_id, tuple(RunKind)):
        raise PlacesTaken(key_of(session.get_one(Issue, issue_id)), run_id)


def went_out(session: Session, issue_id: int, kinds: Collection[RunKind]) -> Sequence[int]:
    """Runs of these kinds by which readers have an issue, or may have it.

    One that was cancelled on its way has its readers, too; one that was finished may go on.
    """
    may_be_out = (DeliveryState.HANDED, DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT)
    out = exists().where(Delivery.run_id == Run.id, Delivery.state.in_(may_be_out))
    sent = or_(Run.state == RunState.FINISHED, out)
    query = select(Run.id).where(Run.issue_id == issue_id, Run.kind.in_(kinds), sent)
    return session.scalars(query.order_by(Run.id)).all()


def put_topics(session: Session, issue_id: int, articles: Sequence[Edited]) -> list[str]:
    """Assign topics by the editor's word, else by section and rules; returns changed anchors."""
    rules = topics.rules(session, lock=True)
    rows = {row.anchor: row for row in _rows(session, issue_id)}
    kept: defaultdict[int, _Reasons] = defaultdict(list)
    for reason in _topic_rows(session, issue_id):
        kept[reason.article_id].append((reason.topic_id, reason.origin, reason.evidence))
    choices = {edited.topics for edited in articles if edited.topics is not None}
    chosen = {choice: topics.resolve(session, choice) for choice in choices}
    changed = []
    for edited in articles:
        row = rows[edited.anchor]
        reasons = _assigned(edited, chosen, rules)
        if sorted(reasons) == sorted(kept[row.id]):
            continue
        session.execute(delete(ArticleTopic).where(ArticleTopic.article_id == row.id))
        session.add_all(
            ArticleTopic(article_id=row.id, topic_id=topic_id, origin=origin, evidence=evidence)
            for topic_id, origin, evidence in reasons
        )
        changed.append(edited.anchor)
    session.flush()
    return changed


def retopic(session: Session) -> list[Retopiced]:
    """Assign the topics of all unapproved issues anew, and tell which articles changed.

    For use after a rule or a section changed; what is approved keeps its topics.
    """
    told = []
    for row in unapproved(session):
        state = compilations.state(session, row)
        changed = set(put_topics(session, row.id, state.articles))
        stored_now = load_issue(session, row.id).articles if changed else ()
        told += [
            Retopiced(key_of(row), stored.article.position, stored.article.title, stored.topics)
            for stored in stored_now
            if stored.anchor in changed
        ]
    return told


def sections_in_use(session: Session) -> list[str]:
    """Sections that articles of unapproved issues carry, each once, in their order."""
    query = (
        select(ArticleRow.section)
        .join(Issue, Issue.id == ArticleRow.issue_id)
        .where(Issue.approved_at.is_(None))
        .order_by(Issue.id, ArticleRow.position)
    )
    return list({article_key(section): section for section in session.scalars(query)}.values())


def _assigned(
    edited: Edited,
    chosen: Mapping[tuple[str, ...], Sequence[Topic]],
    rules: Sequence[topics.TopicRule],
) -> _Reasons:
    if edited.topics is not None:
        return [(topic.id, TopicOrigin.EDITOR, []) for topic in chosen[edited.topics]]
    article = edited.article
    matches = topics.topics_of(article.section, article.title, text_of(article), rules)
    return [(match.topic_id, match.origin, list(match.evidence)) for match in matches]


def _remove(session: Session, rows: Iterable[ArticleRow]) -> None:
    ids = [row.id for row in rows]
    read = select(ArticleRow.position).join(ReadingEvent, ReadingEvent.article_id == ArticleRow.id)
    position = session.scalar(read.where(ArticleRow.id.in_(ids)).limit(1))
    if position is not None:
        raise HasReaders(position)
    for about in (ArticleTopic, ArticleText):
        session.execute(delete(about).where(about.article_id.in_(ids)))
    session.execute(delete(ArticleRow).where(ArticleRow.id.in_(ids)))


def _put(row: ArticleRow, edited: Edited) -> None:
    article = edited.article
    row.position, row.must_carry = article.position, edited.must_carry
    row.section, row.page, row.title = article.section, article.page, article.title
    row.source, row.date, row.summary = article.source, article.date, article.summary
    row.blocks = [block_to_json(block) for block in article.blocks]


def _rows(session: Session, issue_id: int) -> Sequence[ArticleRow]:
    query = select(ArticleRow).where(ArticleRow.issue_id == issue_id).order_by(ArticleRow.position)
    return session.scalars(query).all()


def _topic_rows(session: Session, issue_id: int) -> Sequence[ArticleTopic]:
    query = select(ArticleTopic).join(ArticleRow, ArticleRow.id == ArticleTopic.article_id)
    return session.scalars(query.where(ArticleRow.issue_id == issue_id)).all()


def _reasons_of(session: Session, issue_id: int) -> defaultdict[int, list[TopicReason]]:
    query = (
        select(ArticleTopic, Topic.code)
        .join(Topic, Topic.id == ArticleTopic.topic_id)
        .join(ArticleRow, ArticleRow.id == ArticleTopic.article_id)
        .where(ArticleRow.issue_id == issue_id)
        .order_by(ArticleTopic.origin.desc(), Topic.position)  # the section's topic first
    )
    found: defaultdict[int, list[TopicReason]] = defaultdict(list)
    for row, code in session.execute(query):
        reason = TopicReason(code, row.origin, tuple(row.evidence))
        found[row.article_id].append(reason)
    return found


def article_of(row: ArticleRow) -> Article:
    """The article as the compiler has it."""
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

"""A run's report: the figures of all enterprises, articles and topics, and their sums."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from distribution import delivery, issues, topics
from distribution.issues import StoredArticle
from distribution.reports import bounce_store, store
from distribution.reports.bounce_figures import meanings_of
from distribution.reports.bounce_store import Scope
from distribution.reports.figures import (
    NO_ENTERPRISE,
    NO_TOPIC,
    ArticleFigures,
    Books,
    Bounced,
    Clicked,
    EnterpriseFigures,
    Left,
    Opened,
    RunReport,
    TopicFigures,
)
from distribution.reports.store import Clicks, Events, Losses, Partings, Signs, Standing
from distribution.words import Cause, DeliveryState, Signal, Verdict

_COLUMNS = (
    "planned", "accepted", "agreed", "bounced", "left", "opened", "opened_at_most", "clicked",
)  # fmt: skip


def run_report(session: Session, run_id: int) -> RunReport:
    """Count how a run went; NotFound where there is no such run.

    What is counted by enterprise is summed up from there, so that the sums always agree.
    """
    run = delivery.find_run(session, run_id)
    issue = issues.load_issue(session, run.issue_id)
    standings, signs = store.standings(session, run_id), store.signs(session, run_id)
    losses, partings = store.losses(session, run_id), store.partings(session, run_id)
    events, carried = store.events(session, run_id), store.carried(session, run_id)
    return RunReport(
        run_id=run.id,
        issue_key=issue.masthead.key,
        publication=issue.masthead.publication,
        state=run.state,
        created_at=run.created_at,
        sealed_at=run.sealed_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        excluded={Cause(cause): count for cause, count in sorted(run.excluded.items())},
        books=_books(run.planned, standings),
        agreed=sum(row.agreed for row in standings if row.state is DeliveryState.ACCEPTED),
        opened=_opened(signs, events),
        clicked=_clicked(signs, events),
        rules=store.rules(session, run_id),
        bounced=_bounced(losses),
        meanings=meanings_of(bounce_store.groups(session, Scope(run_id))),
        complaints=sum(row.complaints for row in losses),
        left=_left(partings),
        topics=_topics(session, issue.articles, carried, store.clicks_by_topic(session, run_id)),
        articles=_articles(issue.articles, carried, store.clicks_by_article(session, run_id)),
        enterprises=_enterprises(standings, signs, losses, partings),
    )


def _books(planned: int | None, standings: Sequence[Standing]) -> Books:
    states = dict.fromkeys(DeliveryState, 0)
    for row in standings:
        states[row.state] += row.deliveries
    return Books(planned, states)


def _opened(signs: Sequence[Signs], events: Mapping[tuple[Signal, Verdict], Events]) -> Opened:
    return Opened(
        human=sum(row.opened for row in signs),
        machine=sum(row.prefetched for row in signs),
        unknown=sum(row.unjudged for row in signs),
        anonymous=events.get((Signal.OPEN, Verdict.HUMAN), Events()).anonymous,
    )


def _clicked(signs: Sequence[Signs], events: Mapping[tuple[Signal, Verdict], Events]) -> Clicked:
    by_verdict = {verdict: events.get((Signal.CLICK, verdict), Events()) for verdict in Verdict}
    return Clicked(
        readers=sum(row.clicked for row in signs),
        anonymous=by_verdict[Verdict.HUMAN].anonymous,
        machine=by_verdict[Verdict.MACHINE].total,
        unknown=by_verdict[Verdict.UNKNOWN].total,
    )


def _bounced(losses: Sequence[Losses]) -> Bounced:
    permanent = sum(row.permanent for row in losses)
    return Bounced(
        permanent=permanent,
        temporary=sum(row.bounced for row in losses) - permanent,
        suppressed=sum(row.suppressed for row in losses),
    )


def _left(partings: Sequence[Partings]) -> Left:
    channels: Counter[str] = Counter()
    for row in partings:
        channels[row.channel] += row.readers
    return Left(dict(sorted(channels.items())))


def _articles(
    articles: Sequence[StoredArticle],
    carried: Counter[frozenset[int]],
    clicks: Mapping[int, Clicks],
) -> tuple[ArticleFigures, ...]:
    mails: Counter[int] = Counter()
    for ids, count in carried.items():
        mails.update(dict.fromkeys(ids, count))
    return tuple(
        ArticleFigures(
            position=stored.article.position,
            section=stored.article.section,
            title=stored.article.title,
            topics=stored.topics,
            mails=mails[stored.id],
            readers=clicks.get(stored.id, Clicks()).readers,
            anonymous=clicks.get(stored.id, Clicks()).anonymous,
        )
        for stored in articles
    )


def _topics(
    session: Session,
    articles: Sequence[StoredArticle],
    carried: Counter[frozenset[int]],
    clicks: Mapping[int | None, Clicks],
) -> tuple[TopicFigures, ...]:
    """The topics the issue has articles of, in the editors' order."""
    known = [(topic.id, topic.code, topic.name) for topic in topics.all_topics(session)]
    found = []
    for topic_id, code, name in (*known, (None, None, NO_TOPIC)):
        ids = {stored.id for stored in articles if _belongs(stored, code)}
        if ids:
            of_topic = clicks.get(topic_id, Clicks())
            found.append(
                TopicFigures(
                    code=code,
                    name=name,
                    articles=len(ids),
                    mails=sum(count for has, count in carried.items() if has & ids),
                    readers=of_topic.readers,
                    anonymous=of_topic.anonymous,
                )
            )
    return tuple(found)


def _belongs(stored: StoredArticle, code: str | None) -> bool:
    return not stored.topics if code is None else code in stored.topics


def _enterprises(
    standings: Sequence[Standing],
    signs: Sequence[Signs],
    losses: Sequence[Losses],
    partings: Sequence[Partings],
) -> tuple[EnterpriseFigures, ...]:
    """By their ids, the contacts without an enterprise last."""
    names: dict[int | None, str] = {}
    counts: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
    for row in standings:
        names[row.enterprise_id] = row.enterprise or NO_ENTERPRISE
        counts[row.enterprise_id]["planned"] += row.deliveries
        if row.state is DeliveryState.ACCEPTED:
            counts[row.enterprise_id].update(accepted=row.deliveries, agreed=row.agreed)
    for sign in signs:
        counts[sign.enterprise_id].update(
            opened=sign.opened,
            opened_at_most=sign.opened + sign.unjudged + sign.prefetched,
            clicked=sign.clicked,
        )
    for loss in losses:
        counts[loss.enterprise_id].update(bounced=loss.bounced)
    for parting in partings:
        counts[parting.enterprise_id].update(left=parting.readers)
    return tuple(
        EnterpriseFigures(
            enterprise_id=enterprise_id,
            name=names[enterprise_id],
            **{column: counts[enterprise_id][column] for column in _COLUMNS},
        )
        for enterprise_id in sorted(names, key=lambda key: (key is None, key or 0))
    )

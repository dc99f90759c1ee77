"""A run's report: the figures of all enterprises, articles and topics, and their sums."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from distribution import delivery, issues
from distribution.replies import lane_label
from distribution.reports import article_store, bounce_store, earlier_store, pace_store, store
from distribution.reports.bounce_figures import meanings_of
from distribution.reports.bounce_store import Scope
from distribution.reports.comparing import Answers, compared
from distribution.reports.course import LaneFigures
from distribution.reports.discretion import discreet
from distribution.reports.figures import (
    NO_ENTERPRISE,
    Books,
    Bounced,
    Clicked,
    EnterpriseFigures,
    Left,
    Opened,
    RunReport,
)
from distribution.reports.gaining import interests_of
from distribution.reports.pacing import pace
from distribution.reports.reading import articles_of_issue, topics_of_issue
from distribution.reports.store import Events, Losses, Partings, Signs, Standing, Within
from distribution.words import Cause, DeliveryState, Signal, Verdict

_COLUMNS = (
    "planned", "accepted", "agreed", "bounced", "left", "opened", "opened_at_most", "clicked",
)  # fmt: skip


def run_report(session: Session, run_id: int, *, alone: bool = False) -> RunReport:
    """Count how a run went, as it may be shown; NotFound where there is no such run.

    `alone`: it is not laid beside earlier ones.
    """
    return discreet(count(session, run_id, alone=alone))


def count(session: Session, run_id: int, *, alone: bool = False) -> RunReport:
    """Every figure of a run, those too few readers stand behind included.

    What is counted by enterprise is summed up from there, so that the sums always agree.
    """
    run = delivery.find_run(session, run_id)
    issue = issues.load_issue(session, run.issue_id)
    within = Within((run_id,))
    before = [] if alone else earlier_store.runs_before(session, run_id, run.started_at)
    everything = answers(session, Within((run_id, *(one[0] for one in before))))
    own = everything.of(run_id)
    events, carried = store.events(session, within), article_store.carried(session, within)
    clicks = article_store.clicks_by_article(session, within)
    clicks_on_topics = article_store.clicks_by_topic(session, within)
    this = (run_id, issue.masthead.key, run.kind, run.started_at)
    return RunReport(
        run_id=run.id,
        issue_key=issue.masthead.key,
        publication=issue.masthead.publication,
        kind=run.kind,
        state=run.state,
        created_at=run.created_at,
        sealed_at=run.sealed_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        excluded={Cause(cause): count for cause, count in sorted(run.excluded.items())},
        books=_books(run.planned, own.standings),
        agreed=sum(row.readers for row in own.agreed),
        unasked=sum(carried.unasked.values()),
        opened=_opened(own.signs, events),
        clicked=_clicked(own.signs, events),
        rules=store.rules(session, within),
        bounced=_bounced(own.losses),
        meanings=meanings_of(bounce_store.groups(session, Scope(run_id))),
        complaints=sum(row.complaints for row in own.losses),
        left=_left(own.partings),
        topics=topics_of_issue(session, issue.articles, carried, clicks_on_topics),
        articles=articles_of_issue(issue.articles, carried, clicks),
        enterprises=enterprise_figures(own),
        rest=None,
        pace=pace(pace_store.accepted_by_minute(session, within)),
        lanes=lane_figures(session, within),
        interests=interests_of(session, run),
        earlier=tuple(compared(everything, *one) for one in (this, *before)),
    )


def answers(session: Session, within: Within) -> Answers:
    """All that is counted by run and enterprise, each kind by one query."""
    return Answers(
        standings=store.standings(session, within),
        agreed=store.agreeing(session, within),
        signs=store.signs(session, within),
        losses=store.losses(session, within),
        partings=store.partings(session, within),
    )


def lane_figures(session: Session, within: Within) -> tuple[LaneFigures, ...]:
    """How the mails to each provider fared, most first."""
    bounced = pace_store.bounced_by_lane(session, within)
    return tuple(
        LaneFigures(
            lane=row.lane,
            label=lane_label(row.lane),
            planned=row.planned,
            accepted=row.accepted,
            refused=row.refused,
            bounced=bounced.get(row.lane, 0),
        )
        for row in pace_store.lane_standings(session, within)
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


def enterprise_figures(found: Answers) -> tuple[EnterpriseFigures, ...]:
    """By their ids, the contacts without an enterprise last."""
    names: dict[int | None, str] = {}
    counts: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
    for row in found.standings:
        names[row.enterprise_id] = row.enterprise or NO_ENTERPRISE
        counts[row.enterprise_id]["planned"] += row.deliveries
        if row.state is DeliveryState.ACCEPTED:
            counts[row.enterprise_id]["accepted"] += row.deliveries
    for one in found.agreed:
        counts[one.enterprise_id]["agreed"] += one.readers
    for sign in found.signs:
        counts[sign.enterprise_id].update(
            opened=sign.opened,
            opened_at_most=sign.opened + sign.unjudged + sign.prefetched,
            clicked=sign.clicked,
        )
    for loss in found.losses:
        counts[loss.enterprise_id].update(bounced=loss.bounced)
    for parting in found.partings:
        counts[parting.enterprise_id].update(left=parting.readers)
    return tuple(
        EnterpriseFigures(
            enterprise_id=enterprise_id,
            name=names[enterprise_id],
            **{column: counts[enterprise_id][column] for column in _COLUMNS},
        )
        for enterprise_id in sorted(names, key=lambda key: (key is None, key or 0))
    )

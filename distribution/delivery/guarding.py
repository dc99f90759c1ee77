"""Looks at the tripwires of running runs, and pauses those where one is tripped."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution.delivery import steering, tripwires
from distribution.delivery.alerting import raise_alert
from distribution.delivery.store import tripwires as store
from distribution.delivery.store.times import present
from distribution.delivery.tripwires import Evidence, Tripped
from distribution.models import Run, Tripwire
from distribution.words import Wire

BY = "tripwire"
SMALL = 10_000
"""A run so small is read as a whole at each look."""
THOROUGHLY = timedelta(minutes=1)
"""How often a larger one is: it takes a second for a million mails."""
_WHAT_TO_DO = {
    Wire.TWICE: "请保留现场并联系开发者：distribution run verify {run}；查清之前不要继续。",
    Wire.IN_DOUBT: "请查中继与网络为何断开：distribution relay check；"
    "存疑的投递：distribution run doubt list {run}。",
    Wire.REFUSED: "请看对方原话：distribution run failed {run}，按所说处理发信方的问题。",
    Wire.COMPLAINTS: "请核对名单的来源与本期内容："
    "distribution bounce list --run {run} --kind 投诉。",
    Wire.EVENTS: "同一批邮件在反复重试，请看原因："
    "distribution run status {run}、distribution lane list。",
}


def guard_due(session: Session, every: timedelta) -> bool:
    """Whether a running run was not looked at for so long."""
    return store.due(session, every)


def guard(session: Session, every: timedelta, *, at: datetime) -> dict[int, list[Tripped]]:
    """Look at the runs that were not looked at for so long; gives those that are paused now.

    Where several processes look, one does it. In a session of its own: it locks runs.
    """
    paused = {}
    for run in store.take_due(session, every):
        watched, now = store.watched(session, run.id), present(session)
        thorough = (run.planned or 0) <= SMALL or now - watched.read_at >= THOROUGHLY
        trips = tripwires.tripped(_evidence(session, run, watched, thorough=thorough))
        watched.looked_at = now
        if thorough:
            watched.read_at = now
        if trips:
            _pause(session, run, watched, trips, at)
            paused[run.id] = trips
        session.flush()
    return paused


def tell_complaints(session: Session, *, at: datetime) -> None:
    """Tell the admins of runs that are over and too many complain of: most complaints come late."""
    for run_id, count in store.complained_of(session, tripwires.COMPLAINTS).items():
        accepted = store.accepted(session, run_id, round(count / tripwires.COMPLAINTS_SHARE))
        found = Evidence(0, new_complaints=count, complaints=count, accepted=accepted)
        for trip in tripwires.tripped(found):
            raise_alert(
                session,
                f"tripwire:{run_id}:{trip.wire}:finished",
                f"批次 {run_id}：{trip.wire.label}",
                (f"{trip.why}。", "这个批次已经结束，没有什么可以暂停；投诉的人都已退订。"),
                _WHAT_TO_DO[trip.wire].format(run=run_id),
                at=at,
                urgent=True,
            )


def _evidence(session: Session, run: Run, watched: Tripwire, *, thorough: bool) -> Evidence:
    """What is found; what only reading the whole run can tell is looked for if `thorough`."""
    known, seen, planned = watched.known_event_id, watched.seen_event_id, run.planned or 0
    watched.seen_event_id = store.come_to_rest(session, seen)
    complaints = store.complaints(session, run.id)
    new = complaints - watched.complaints
    wanted = round(complaints / tripwires.COMPLAINTS_SHARE)
    enough = new >= tripwires.COMPLAINTS
    of_all_runs = store.newest_event(session) - known
    many = of_all_runs >= max(tripwires.EVENTS, tripwires.EVENTS_TIMES * planned)
    twice = store.served_twice(session, run) - watched.twice if thorough else 0
    return Evidence(
        planned=planned,
        twice=store.accepted_again(session, run.id, seen) + max(twice, 0),
        in_doubt=store.in_doubt(session, run.id, known),
        new_complaints=new,
        complaints=complaints,
        accepted=store.accepted(session, run.id, wanted) if enough else 0,
        events=store.events(session, run.id, known) if thorough and many else 0,
        lanes=store.last_replies(
            session, run.id, known, tripwires.WINDOW, tripwires.OF_US, tripwires.REFUSALS
        ),
    )


def _pause(
    session: Session, run: Run, watched: Tripwire, trips: Sequence[Tripped], at: datetime
) -> None:
    steering.pause(session, run.id, by=BY, reason="；".join(trip.why for trip in trips))
    for trip in trips:
        raise_alert(
            session,
            f"tripwire:{run.id}:{trip.wire}:{watched.known_event_id}:{trip.lane}",
            f"批次 {run.id} 已自动暂停：{trip.wire.label}",
            (f"{trip.why}。", "手中的邮件送完即止，其余留在账上；没有一封会自动重寄。"),
            f"{_WHAT_TO_DO[trip.wire].format(run=run.id)}"
            f"处理后继续：distribution run resume {run.id}。",
            at=at,
            urgent=True,
            lane=trip.lane,
        )

"""The course of a drill: workers are killed as ordered, the run goes on to its end, all is judged.

The kills are spread over the run: the relay takes mails only as far as the next kill needs them.
"""

import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from threading import Event

from distribution import delivery
from distribution.delivery import Point, Status
from distribution.drill import store
from distribution.drill.ground import Ground, Site, Stopped, built
from distribution.drill.judging import judge
from distribution.drill.outcome import Outcome, tally
from distribution.drill.seat import Order, Seat
from distribution.drill.sink import Sink
from distribution.errors import Refused
from distribution.words import DeliveryState, RunState

CONNECTIONS = 4
"""Of each worker process with the relay."""
_ALL = 10**9
"""Mails the relay takes once there is nobody left to kill."""
_TICK = 0.005
_LOOK = 1.0
"""Seconds between two looks at the books."""
_STILL = 2.0
"""Seconds without a mail after which the relay takes some more before the next kill."""
_EVIDENCE = "演练：中继的收信记录里没有"
_PATIENCE = timedelta(seconds=120)
"""How long nothing at all may happen."""

Teller = Callable[[int, int, int], None]
"""Is told now and then how many kills were done, how many mails taken, and of how many."""


class Stuck(Refused):
    """Raised when nothing goes on any more."""

    def __init__(self, states: dict[DeliveryState, int]) -> None:
        self.states = states
        where = "、".join(f"{state.label} {count}" for state, count in states.items())
        super().__init__(f"{_PATIENCE.seconds} 秒内没有任何进展，演练失败：{where}")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a drill is to be."""

    mails: int
    kills: int
    seed: int
    database: str = ""
    redis: str = ""


def drill(plan: Plan, stop: Event, begin: Callable[[], None], tell: Teller) -> Outcome:
    """Hold a drill; whatever happens, nothing of it is left. Raises Stopped, Stuck, WorkerFailed.

    NotEmpty where database or Redis hold anything; only after that `begin` is called.
    """
    chance = Random(plan.seed)  # noqa: S311 - repeatable on purpose
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="distribution-drill-")))
        log = folder / "accepted"
        sink = undo.enter_context(Sink(log, Random(plan.seed + 1)))  # noqa: S311 - as above
        site = Site(folder, sink.port, plan.mails, CONNECTIONS, plan.database, plan.redis)
        ground = undo.enter_context(built(site, stop, begin))
        course = Course(plan, ground, sink, chance)
        for number in range(ground.seats):
            place = folder / f"seat-{number}"
            place.mkdir()
            seat = Seat(ground.environ, place, chance)
            undo.callback(seat.end)
            course.seats.append(seat)
        course.run(stop, tell)
        before = _states(ground)
        if _settle(ground, _read(log)):
            course.run_on(stop, tell)
        return _judged(ground, course, before, _read(log))


def orders(kills: int, chance: Random) -> deque[Point | None]:
    """At which point each kill strikes: every one in turn, and as often at a random moment."""
    points = list(Point)
    chance.shuffle(points)
    named = min(kills, max(len(points), kills // 2))
    found = [*islice(cycle(points), named), *[None] * (kills - named)]
    chance.shuffle(found)
    return deque(found)


@dataclass(slots=True)
class Course:
    """One drill under way."""

    plan: Plan
    ground: Ground
    sink: Sink
    chance: Random
    seats: list[Seat] = field(default_factory=list)
    kills: Counter[Point | None] = field(default_factory=Counter)
    _orders: deque[Point | None] = field(default_factory=deque)
    _look_at: float = 0.0
    _seen: tuple[object, ...] = ()
    _moved_at: float = 0.0
    _taken: int = 0
    _grown_at: float = 0.0

    def run(self, stop: Event, tell: Teller) -> None:
        """Kill as planned, and wait until the run has nothing left to send."""
        self._orders = orders(self.plan.kills, self.chance)
        self._work(self.seats, stop, tell)

    def run_on(self, stop: Event, tell: Teller) -> None:
        """Send what is left where nothing goes wrong any more."""
        self.sink.behaved = True
        self._orders.clear()
        self._work(self.seats[:1], stop, tell)

    def _work(self, seats: Sequence[Seat], stop: Event, tell: Teller) -> None:
        """Keep these seats at work until the run is through; then nobody works any more."""
        self._moved_at = self._grown_at = time.monotonic()
        for seat in seats:
            self._fill(seat)
        while not self._through(tell):
            if stop.is_set():
                raise Stopped
            self._count(seats)
            for seat in seats:
                if seat.empty:
                    self._fill(seat)
            self._spread()
            time.sleep(_TICK)
        self._count(seats)  # who died of the last mail of all
        for seat in seats:
            seat.end()
        self.sink.allowed = _ALL
        self.sink.hang_up_the_dead()

    @property
    def left(self) -> int:
        """Kills still to be done."""
        return self.plan.kills - self.kills.total()

    @property
    def share(self) -> int:
        """Mails that may be taken until the next kill."""
        return max(1, (self.plan.mails - self.sink.taken) // (self.left + 1))

    def _count(self, seats: Sequence[Seat]) -> None:
        """Count the kills that have happened."""
        for seat in seats:
            order = seat.order
            if seat.struck(self.sink.taken):
                self.kills[order.point if order else None] += 1

    def _fill(self, seat: Seat) -> None:
        """Start the next process in a seat, with the next order if there is one.

        While others still have to die, nobody works who may live: he could take the rest of the
        run, and the point at which they are to die would never be passed.
        """
        if not self._orders and any(other.order for other in self.seats):
            return
        taken, share = self.sink.taken, self.share
        self.sink.allowed = max(self.sink.allowed, taken + share if self.left else _ALL)
        self._grown_at = time.monotonic()
        if not self._orders:
            seat.start(None)
            return
        point = self._orders.popleft()
        if point is None:
            seat.start(Order(None, taken + self.chance.randint(1, share)))
        else:  # of some points one passing serves a whole batch
            seat.start(Order(point, self.chance.randint(1, max(1, share // (2 * CONNECTIONS)))))

    def _spread(self) -> None:
        """Let some more mails come where the next kill needs them."""
        now = time.monotonic()
        if self.sink.taken != self._taken:
            self._taken, self._grown_at = self.sink.taken, now
        if self.left and now - self._grown_at > _STILL:
            self._grown_at = now
            self.sink.allowed += max(1, self.share // 4)

    def _through(self, tell: Teller) -> bool:
        """Whether the run has nothing left to send; looks now and then. Raises Stuck."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + _LOOK
        status = self._status()
        tell(self.kills.total(), self.sink.taken, self.plan.mails)
        seen = (self.kills.total(), self.sink.taken, *status.states.items())
        if seen != self._seen:
            self._seen, self._moved_at = seen, now
        if now - self._moved_at > _PATIENCE.total_seconds():
            raise Stuck(status.states)
        return not status.open

    def _status(self) -> Status:
        """How the run stands; who was put off is tried again at once.

        What is meant to alarm an admin is a drill's everyday: a run that was paused for it goes on.
        """
        app, run_id = self.ground.app, self.ground.run_id
        with app.reading() as session:
            status = delivery.status(session, run_id)
        if status.run.state is RunState.PAUSED:
            with app.transaction() as session:
                delivery.resume(session, run_id)
        if status.count(DeliveryState.DEFERRED):
            with app.transaction() as session:
                store.hasten(session, run_id)
        return status


def _read(log: Path) -> list[str]:
    """The recipients of all mails the relay has taken."""
    return log.read_text(encoding="utf-8").splitlines()


def _states(ground: Ground) -> dict[str, DeliveryState]:
    with ground.app.reading() as session:
        return store.states(session, ground.run_id)


def _settle(ground: Ground, log: Sequence[str]) -> bool:
    """Settle all doubts by the log, which has no gap; whether any mail is to be sent again."""
    with ground.app.transaction() as session:
        doubts, taken = store.doubts(session, ground.run_id), set(log)
        delivery.prove_accepted(session, [doubts[who] for who in doubts.keys() & taken], by="drill")
        lost = sorted(doubts[who] for who in doubts.keys() - taken)
        for number in lost:
            delivery.resend_doubt(session, number, reason=_EVIDENCE, by="drill")
    return bool(lost)


def _judged(
    ground: Ground, course: Course, before: Mapping[str, DeliveryState], log: Sequence[str]
) -> Outcome:
    """Judge the books by the log; `before` are the states when the kills were over."""
    after = _states(ground)
    with ground.app.reading() as session:
        mismatches = delivery.verify(session, ground.run_id)
    doubted = [who for who, state in before.items() if state is DeliveryState.IN_DOUBT]
    return Outcome(
        mails=len(after),
        connections=CONNECTIONS,
        verdict=judge(log, after),
        states=tally(after.values()),
        in_doubt=len(doubted),
        settled=sum(after[who] is not DeliveryState.IN_DOUBT for who in doubted),
        kills=course.kills,
        mishaps=course.sink.mishaps,
        mismatches=tuple(mismatches),
    )

"""The promise to a provider, judged by the relay's accept log: workers, restarted often."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from factories import make_run, make_sender, tally
from runs import relay_settings
from sink import Accepted, Sink

from distribution import delivery
from distribution.app import App, open_app
from distribution.delivery import pacing
from distribution.replies import Limits

LIMITS = Limits(rate_per_hour=150_000, burst=10, connections=3)
"""What 163 allows in an hour, in little more than a minute."""
MAILS = 60
WORKERS = 4


class Clocked(Sink):
    """Knows when it took each mail, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def accept(self, mail: Accepted) -> None:
        self.times.append(time.monotonic())
        super().accept(mail)


def pump(app: App) -> None:
    """A worker's short life."""
    make_sender(app, app.open_transport, batch_size=7).pump(timedelta(seconds=0.5))


def test_four_workers_that_begin_anew_again_and_again_keep_one_pace(
    environment: dict[str, str],
) -> None:
    with Clocked() as sink:
        app = open_app(environment | relay_settings(sink))
        run_id = make_run(app, [f"r{number}@163.com" for number in range(MAILS)])
        with app.transaction() as session:
            delivery.limit_lane(
                session, "netease", (LIMITS.rate_per_hour, LIMITS.burst, LIMITS.connections)
            )
        with ThreadPoolExecutor(WORKERS) as pool:
            while len(sink.times) < MAILS:
                list(pool.map(pump, [app] * WORKERS))
        states = tally(app, run_id)
        app.engine.dispose()

    assert states == {"accepted": MAILS}
    step = pacing.step(LIMITS).total_seconds()
    taken = sorted(sink.times)
    for first, begin in enumerate(taken):
        for last in range(first, MAILS):
            at_most = LIMITS.burst + LIMITS.connections + (taken[last] - begin + 0.001) // step
            assert last - first + 1 <= at_most
    assert taken[-1] - taken[0] >= (MAILS - LIMITS.burst - LIMITS.connections) * step

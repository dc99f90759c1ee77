"""What this process and its ledger look like in numbers, for Prometheus.

Counters are the process's own and begin with it. Gauges of the ledger come from the database when
somebody asks, and are the same in every process: show the greatest of them, never their sum.
No label is an address or a company: lanes that are no provider's are `own`, all together.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from distribution import delivery
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.delivery import Count, Gauges

log = logging.getLogger(__name__)

_Name = TypeVar("_Name", bound=str)

KEPT = 3.0
"""Seconds for which the ledger's numbers are good."""
SHARE = 20
"""They are good for so many times what it took to ask for them: it costs a twentieth at most."""

_COUNTERS: tuple[tuple[Count, str, str, str], ...] = (
    (Count.ACCEPTED, "mails_accepted", "Mails a relay took.", "provider"),
    (Count.DEFERRED, "mails_deferred", "Tries put off by the other side.", "provider"),
    (Count.FAILED, "mails_failed", "Mails refused for good.", "class"),
    (Count.IN_DOUBT, "mails_in_doubt", "Mails of which nobody knows.", "provider"),
    (Count.LEASE_LOST, "leases_lost", "Results that came after the lease.", ""),
    (Count.FENCE_REFUSED, "fence_refused", "Mails stopped at the last moment.", ""),
    (Count.LEDGER_ERROR, "ledger_errors", "Commits of the ledger that failed.", ""),
    (Count.BELL_LOST, "bells_lost", "Bells that could not be rung.", ""),
    (Count.TRIPPED, "tripwires", "Tripwires that paused a run.", "wire"),
)


def registry_of(app: Callable[[], App]) -> CollectorRegistry:
    """The metrics of this process; `app` is asked for when they are."""
    registry = CollectorRegistry()
    registry.register(Numbers(app))
    ProcessCollector(registry=registry)
    return registry


@dataclass(eq=False)
class Numbers(Collector):
    """Gathers the numbers when somebody asks for them."""

    app: Callable[[], App]
    _one: threading.Lock = field(default_factory=threading.Lock)
    _seen: Gauges | None = None
    _good_until: float = 0.0

    def describe(self) -> Iterable[Metric]:
        """Nothing: the names are known, and the database need not be asked for them."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Everything."""
        yield from _counters(delivery.counts.numbers())
        app = self.app()
        yield _labelled(
            "relay_resting", "1 where a relay erred and rests.", "relay", app.resting_relays
        )
        yield _gauge("unrecorded_results", "Not taken yet.", len(app.sender.unrecorded))
        found = self._gauges(app)
        yield _gauge("ledger_up", "1 where the ledger answers.", int(found is not None))
        if found is not None:
            yield from _of_ledger(found)

    def _gauges(self, app: App) -> Gauges | None:
        """How the ledger stands, or stood a moment ago; None where it does not answer."""
        with self._one:
            begun = time.monotonic()
            if begun < self._good_until:
                return self._seen
            try:
                with app.reading() as session:
                    self._seen = delivery.gauges(session)
            except DatabaseUnusable as error:
                log.info("no numbers of the ledger: %s", error)
                self._seen = None
            took = time.monotonic() - begun
            self._good_until = begun + max(KEPT, SHARE * took)
            return self._seen


def _counters(numbers: Mapping[tuple[Count, str], int]) -> Iterator[Metric]:
    for what, name, words, label in _COUNTERS:
        family = CounterMetricFamily(f"distribution_{name}", words, labels=[label] if label else [])
        found = {of: number for (counted, of), number in numbers.items() if counted is what}
        for of, number in sorted(found.items() if label else {"": sum(found.values())}.items()):
            family.add_metric([of] if label else [], number)
        yield family


def _of_ledger(found: Gauges) -> Iterator[Metric]:
    yield _gauge("due", "Mails that may go now.", found.due)
    oldest_due, oldest_handed = found.oldest_due, found.oldest_handed
    yield _gauge("oldest_due_seconds", "Age of the first of them.", oldest_due.total_seconds())
    yield _gauge("leased", "Mails a worker has taken.", found.leased)
    yield _gauge("handed", "Mails being handed over.", found.handed)
    yield _gauge(
        "oldest_handed_seconds", "Since the first was handed over.", oldest_handed.total_seconds()
    )
    yield _gauge("in_doubt", "Mails of which nobody knows.", found.in_doubt)
    yield _gauge("lanes_stopped", "Lanes an admin must resume.", found.lanes_stopped)
    yield _gauge("lanes_resting", "Lanes that asked for patience.", found.lanes_resting)
    yield _gauge("letters_waiting", "Single letters to be sent.", found.letters_waiting)
    yield _gauge("alerts_untold", "Alerts no admin was told.", found.alerts_untold)
    yield _labelled("deferred", "Mails to be tried again.", "provider", found.deferred)
    yield _labelled("runs", "Runs by state.", "state", found.runs)
    yield _labelled("returned_unjudged", "What came back, unjudged.", "signal", found.unjudged)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"distribution_{name}", words, value=value)


def _labelled(name: str, words: str, label: str, values: Mapping[_Name, float]) -> Metric:
    family = GaugeMetricFamily(f"distribution_{name}", words, labels=[label])
    for of, value in sorted(values.items()):
        family.add_metric([of], value)
    return family

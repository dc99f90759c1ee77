"""Follows the logs of the relays, as far as they can be read here, and settles doubts by them."""

import asyncio
import logging
import platform
import time
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from distribution import delivery
from distribution.app import App
from distribution.delivery import LogStanding, News, RelayUnavailable
from distribution.transports import (
    JOURNAL,
    Begun,
    Reading,
    Relay,
    knock,
    read_block,
    read_file,
    read_journal,
)

log = logging.getLogger(__name__)

MOST_BLOCKS = 8
"""Blocks of a log that are read in one tick: the ticker has more to do."""
KNOCK_EVERY = 60.0
"""Seconds between two knocks at a relay, of which its log then tells."""

KNOCK_PATIENCE = 10.0
"""Seconds a knock may take."""


@dataclass(slots=True)
class Follower:
    """Looks into the logs at each tick of one process."""

    _said: dict[str, str] = field(default_factory=dict)
    """What was last wrong with each log, so that it is said once."""
    _knocked: dict[str, float] = field(default_factory=dict)

    def look(self, app: App, pause: timedelta = timedelta(0)) -> None:
        """Read on in each log, unless another process did within `pause`; then settle doubts."""
        followed = [relay for relay in app.relays if relay.log is not None]
        if app.settings.transport == "outbox" or not followed:
            return
        for relay in followed:
            self._follow(app, relay, pause)
        for relay in _settle(app, followed):
            self._knock(relay)

    def _follow(self, app: App, relay: Relay, pause: timedelta) -> None:
        for _ in range(MOST_BLOCKS):
            with app.transaction() as session:
                where = (platform.node(), str(relay.log), relay.identity)
                before = delivery.log_standing(session, *where)
            if before.read_at is not None and before.asked_at - before.read_at < pause:
                return
            try:
                reading = _read(relay, before.place)
            except OSError as error:
                self._tell(relay, f"日志 {relay.log} 读不了（{error.strerror or error}）")
                return
            self._tell(relay, "")
            if not _note(app, relay, before, reading) or reading.at_end:
                return

    def _tell(self, relay: Relay, trouble: str) -> None:
        """Log it when that has changed."""
        if trouble != self._said.get(relay.name, ""):
            log.warning("relay %s: %s", relay.name, trouble or "日志又能读了")
        self._said[relay.name] = trouble

    def _knock(self, relay: Relay) -> None:
        """Make its log show that it is alive: it tells of each connection."""
        now = time.monotonic()
        if now - self._knocked.get(relay.name, -KNOCK_EVERY) < KNOCK_EVERY:
            return
        self._knocked[relay.name] = now
        try:
            asyncio.run(asyncio.wait_for(knock(relay), KNOCK_PATIENCE))
        except (RelayUnavailable, TimeoutError) as trouble:
            log.info("relay %s does not answer a knock: %s", relay.name, trouble)


def _read(relay: Relay, place: dict[str, Any]) -> Reading:
    """Read on in its log; raises OSError."""
    path = relay.log or Path()
    return read_journal(place) if str(path) == JOURNAL else read_file(path, place)


def _note(app: App, relay: Relay, before: LogStanding, reading: Reading) -> bool:
    """Understand what was read and keep it; False where another process was faster."""
    begun = Begun(**before.begun)
    if reading.gap:
        begun.talks.clear()
    found = read_block(reading.lines, begun, app.addresses.sent_as)
    gap = reading.gap or ("restarted" if found.restarted else "")
    news = News(
        place=reading.place,
        begun=asdict(begun),
        accepted=found.accepted,
        alive=found.lines > 0,
        ours=found.ours > 0,
        gap=gap,
        at_end=reading.at_end,
    )
    with app.transaction() as session:
        kept = delivery.note_news(session, before, news)
    if kept and gap and gap != "first":
        log.warning("relay %s: the log %s has a gap (%s)", relay.name, relay.log, gap)
    return kept


def _settle(app: App, followed: list[Relay]) -> list[Relay]:
    """Settle what can be; gives the relays whose logs should show that they are alive."""
    silent: set[str] = set()
    last_id = 0
    with app.reading() as session:
        if not delivery.doubtful(session, None, 1):
            return []
    while True:
        with app.transaction() as session:
            settled = delivery.settle_by_logs(session, last_id, app.quarantine)
        if settled is None:
            return [relay for relay in followed if relay.identity in silent]
        if settled.count:
            log.info("%d doubts settled by the logs of relays", settled.count)
        last_id, silent = settled.last_id, silent | settled.silent

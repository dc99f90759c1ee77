"""Whether the machine's clock can be believed: beside one that nobody sets, and the database's."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

SMALL = timedelta(minutes=1)
"""What a clock may jump without a word: it is set right a little now and then."""
OFF = timedelta(minutes=2)
"""What it may be away from the database's."""
LARGE = timedelta(hours=1)
"""A jump forward of more than this makes due what is not due by any other clock."""
_START = Path("/proc/sys/kernel/random/boot_id")
_NONE = timedelta(0)


def elapsed() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Start:
    """When this machine was started: by that a process can know what became of its clock before."""

    name: str
    """Of this start: no two of any machines have the same."""
    ago: timedelta
    """As `elapsed`."""


def start() -> Start | None:
    """This machine's; None where the system gives no start a name."""
    if not _START.exists():
        return None
    name = _START.read_text(encoding="ascii").strip().replace("-", "")
    return Start(name, timedelta(seconds=elapsed()))


@dataclass(slots=True)
class Watch:
    """What one process saw of its clock at its last look."""

    elapsed: Callable[[], float] = elapsed
    _wall: datetime | None = field(default=None, init=False)
    _elapsed: float = field(default=0.0, init=False)

    def look(self, wall: datetime) -> timedelta:
        """How far the clock was set since the last look, negative: back; nothing if little.

        >>> from datetime import UTC
        >>> seconds = iter([0.0, 20.0, 40.0])
        >>> watch, noon = Watch(lambda: next(seconds)), datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> watch.look(noon), watch.look(noon + timedelta(seconds=20.5))
        (datetime.timedelta(0), datetime.timedelta(0))
        >>> watch.look(noon + timedelta(hours=2, seconds=40))
        datetime.timedelta(seconds=7199, microseconds=500000)
        """
        now = self.elapsed()
        jumped = _NONE
        if self._wall is not None:
            jumped = wall - self._wall - timedelta(seconds=now - self._elapsed)
        self._wall, self._elapsed = wall, now
        return jumped if abs(jumped) > SMALL else _NONE

"""A seat at the work: a worker process that dies as ordered, and the next one in its place."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from distribution.delivery import Point, died_at, order_of
from distribution.errors import Refused

_WORKER = (sys.executable, "-P", "-c", "from distribution.cli import main; main()", "worker")
_QUICK = {"dramatiq_worker_timeout": "200"}
"""Dramatiq's own setting, in milliseconds: how often an idle thread looks up."""
_MOMENT = 0.03
"""Seconds over which a kill at a random moment is spread once its mail has been taken."""
_LAST_WORDS = 400


class WorkerFailed(Refused):
    """Raised when a worker ended that nobody had killed."""

    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__(f"一个投递进程自己结束了，不是演练所为：{said or '没有留下话'}")


@dataclass(frozen=True, slots=True)
class Order:
    """How the process in a seat is to die."""

    point: Point | None
    """None: at any moment, by our hand."""
    after: int
    """How often it comes by the point; or how many mails the relay has taken in all."""


@dataclass(slots=True)
class Seat:
    """One process at a time, in a process group of its own."""

    environ: Mapping[str, str]
    folder: Path
    chance: Random
    order: Order | None = None
    _process: "subprocess.Popen[bytes] | None" = None
    _said: Path = field(default_factory=Path)
    _started: int = 0
    _strike_at: float | None = None

    @property
    def empty(self) -> bool:
        """Whether nobody works here."""
        return self._process is None

    def start(self, order: Order | None) -> None:
        """Put a new process in; without an order it may work to the end."""
        self.order, self._strike_at = order, None
        self._started += 1
        self._said = self.folder / f"worker-{self._started}"
        named = order_of(order.point, order.after) if order and order.point else {}
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and programme
                _WORKER,
                env={**_QUICK, **self.environ, **named},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def struck(self, taken: int) -> bool:
        """Whether the order has been carried out; does so itself where that is to be done.

        `taken` is how many mails the relay has taken. Raises WorkerFailed.
        """
        if self._process is None:
            return False
        dead = self._dead(self._process)
        point = self.order.point if self.order else None
        if point is not None and died_at(self._words()) is point:
            self.end()
            return True
        if dead:
            raise WorkerFailed(self._words().strip()[-_LAST_WORDS:])
        if self.order is None or point is not None or taken < self.order.after:
            return False
        now = time.monotonic()
        if self._strike_at is None:
            self._strike_at = now + self.chance.uniform(0, _MOMENT)
        if now < self._strike_at:
            return False
        self.end()
        return True

    def end(self) -> None:
        """Strike the process and its children, as a power cut does; does nothing where none is."""
        self.order = None
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # not waited for yet: the number is its
        self._process.wait()
        self._process = None

    @staticmethod
    def _dead(process: "subprocess.Popen[bytes]") -> bool:
        """Whether the process has ended; its number stays taken until `end`."""
        ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, process.pid, ended) is not None

    def _words(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace")

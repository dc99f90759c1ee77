"""The process that renders: takes an order from standard input, locks itself in, renders."""

import signal
import sys
from types import FrameType
from typing import NoReturn

from distribution.room import OUT_OF_MEMORY, lock
from distribution.templates.broken import BrokenTemplate
from distribution.templates.order import Order, RenderedMail, answer_to_bytes
from distribution.templates.printing import OutOfTime, print_mail

_START = 2
"""Seconds: loading the modules counts, too."""


def main() -> int:
    """Render one order; before it stand the ceilings of memory in bytes and time in seconds."""
    memory_bytes, cpu_seconds = map(int, sys.stdin.buffer.readline().split())
    order = Order.from_bytes(sys.stdin.buffer.read())
    # While Python runs, the template's line can be told; what is in C a little later is killed.
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    lock(memory_bytes, cpu_seconds + _START)
    answer: RenderedMail | BrokenTemplate
    try:
        try:
            answer = print_mail(order)
        except BrokenTemplate as broken:
            answer = broken
        sys.stdout.buffer.write(answer_to_bytes(answer))
        sys.stdout.buffer.flush()
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise OutOfTime


if __name__ == "__main__":
    sys.exit(main())

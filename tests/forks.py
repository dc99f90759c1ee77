"""Processes forked from one that has loaded what they need, so that their start costs nothing."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        *("distribution.app", "pymap.main", "pytest"),
        *("dramatiq.brokers.redis", "prometheus_client", "holidays.countries.china"),
    ]
)


@contextmanager
def working(work: Callable[..., None], *given: object) -> Iterator[BaseProcess]:
    """A process that does this work beside the block; whatever happens, it ends with it."""
    process = _CONTEXT.Process(target=work, args=given, daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()  # also one that stands still
        process.join(30)
        process.close()

"""Failures of actors and tickers: logged, never raised; the rows wait for the next message."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from distribution.errors import DistributionError

log = logging.getLogger(__name__)


@contextmanager
def logged(what: str, *, but: type[DistributionError] | tuple[()] = ()) -> Iterator[None]:
    """Log what goes wrong in the block; an error of the type `but` is raised all the same."""
    try:
        yield
    except but:
        raise
    except DistributionError as error:
        log.warning("%s: %s", what, error)
    except Exception:  # an entry point: a defect is told with its traceback, and the thread goes on
        log.exception("%s failed", what)

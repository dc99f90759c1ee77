"""How an errand may fail: said in the log, never raised; the rows wait for the next bell."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from distribution.db import DatabaseUnusable
from distribution.errors import DistributionError

log = logging.getLogger(__name__)

_Item = TypeVar("_Item")


def attempt(what: str, errand: Callable[[], object]) -> None:
    """Do it, for the outermost calls of actors and threads."""
    try:
        errand()
    except DistributionError as error:
        log.warning("%s: %s", what, error)
    except Exception:  # an entry point: a defect is told with its traceback, and the thread goes on
        log.exception("%s failed", what)


def attempt_each(what: str, items: Iterable[_Item], errand: Callable[[_Item], object]) -> None:
    """Do it for each, so that one that fails keeps none of the others; only the database may."""
    for item in items:
        try:
            errand(item)
        except DatabaseUnusable:
            raise
        except DistributionError as error:
            log.warning("%s: %s", what, error)
        except Exception:  # the same for one of many
            log.exception("%s failed", what)

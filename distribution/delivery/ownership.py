"""Who drains the in-process queue: one process, as long as its heart beats.

Two drainers would do no harm, the ledger's guards see to that; one is enough. A process that
finds its predecessor dead on the same host takes over what it held without waiting for leases.
"""

import os
from dataclasses import dataclass

from sqlalchemy.orm import Session

from distribution.delivery import ledger
from distribution.delivery.store import owners

QUEUE = "sending"


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that drains the queue."""

    worker: str
    host: str
    pid: int


def claim(session: Session, worker: str) -> Owner | None:
    """Become the owner, or go on being it; returns the living one where there is another.

    Each call is a heartbeat.
    """
    host, pid = os.uname().nodename, os.getpid()
    known = owners.owner(session, QUEUE)
    if known is not None and known[0].worker != worker:
        before, beats = known
        if before.host == host and not _runs(before.pid):
            ledger.recover(session, dead_worker=before.worker)
        elif beats:
            return Owner(before.worker, before.host, before.pid)
    owners.put_owner(session, QUEUE, worker, host, pid)
    return None


def resign(session: Session, worker: str) -> None:
    """Leave the queue to whoever comes next."""
    owners.remove_owner(session, QUEUE, worker)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

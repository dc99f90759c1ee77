"""How a worker process of Dramatiq's own programme ends of itself: as our other processes do."""

import logging
import os
import signal
import sys

import dramatiq

from distribution.schema import OtherSchema
from workers.current import opened_app

log = logging.getLogger(__name__)

BAD = 2
"""The exit code of a programme that cannot work with what it finds; Dramatiq's first process ends
the others and passes it on.
"""


class Leaving(dramatiq.Middleware):
    """Lets a supervisor start what is installed once a newer programme has upgraded the database.

    It must stand before all that has something to do after the worker's end.
    """

    def __init__(self) -> None:
        self._theirs = self._upgraded = False

    def after_process_boot(self, _broker: dramatiq.Broker) -> None:
        """Only Dramatiq's programme boots processes; whoever has threads alone looks himself."""
        self._theirs = True

    def after_process_message(self, *_: object, **_more: object) -> None:
        """Ask this process to stop, once: the sender has met it, and has nothing in hand."""
        app = opened_app()
        if not self._theirs or self._upgraded or app is None:
            return
        if isinstance(app.sender.trouble, OtherSchema):
            self._upgraded = True
            log.error("%s", app.sender.trouble)
            os.kill(os.getpid(), signal.SIGTERM)

    def after_worker_shutdown(self, *_: object) -> None:
        """Say why in the exit code."""
        if self._upgraded:
            sys.exit(BAD)

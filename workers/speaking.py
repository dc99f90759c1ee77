"""How a worker process of Dramatiq's own programme writes its records: as all our processes do."""

import sys

import dramatiq

from distribution.config import Settings
from distribution.logs import log_to


class Speaking(dramatiq.Middleware):
    """Takes the place of Dramatiq's own records; only its programme boots processes."""

    def __init__(self, settings: Settings) -> None:
        self._form = settings.log_format

    def after_process_boot(self, _broker: dramatiq.Broker) -> None:
        """From now on; standard error is a pipe to the first process here."""
        log_to(sys.stderr, self._form, instead=True)

"""Dramatiq's own programme, whose first process says what it has to say as ours do."""

import os
import sys

from dramatiq.cli import main

from distribution import config
from distribution.logs import log_to

if __name__ == "__main__":
    log_to(sys.stderr, config.load(os.environ).settings.log_format)
    sys.exit(main())  # type: ignore[no-untyped-call] # Dramatiq left it without types

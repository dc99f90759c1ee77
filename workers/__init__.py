"""Dramatiq's side: `dramatiq workers` finds the broker and all actors here."""

import logging
import os

import dramatiq

from distribution import config
from workers.broker import make_broker

logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells each worker of its plugins
dramatiq.set_broker(make_broker(config.load(os.environ).settings))

from workers import bounces, sending, tracking  # noqa: E402 - actors belong to the broker set above

__all__ = ["bounces", "sending", "tracking"]

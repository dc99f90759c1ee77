"""Dramatiq's side: `dramatiq workers` finds the broker and all actors here."""

import os

import dramatiq

from distribution import config
from workers.broker import make_broker

broker = make_broker(config.load(os.environ).settings)
dramatiq.set_broker(broker)

from workers import sending  # noqa: E402 - an actor belongs to the broker that is set when it is made

__all__ = ["broker", "sending"]

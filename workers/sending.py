"""The `sending` queue: one actor that sends what is due: a run's mails, and single letters."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from datetime import timedelta

import dramatiq

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.delivery import RelayUnavailable
from workers.broker import ring
from workers.current import get_app
from workers.failures import logged
from workers.following import Follower
from workers.guarding import guarded, look
from workers.overseeing import Overseer
from workers.telling import tell

log = logging.getLogger(__name__)

PULSE = 60.0
"""Seconds between two signs of life of a worker process in the database."""

STINT = timedelta(seconds=50)
"""How long one message keeps the sender busy: well below any broker's patience."""


@dramatiq.actor(queue_name="sending")
def send_due() -> None:
    """Send what is due, finish the runs that are through, and ask for more time if needed."""
    with logged("sending"):
        send()


def send() -> None:
    """Send for one stint; rings for the next where there is more."""
    app = get_app()
    if app.sender.stopping or app.sender.halted:
        return
    with guarded(app):
        pumped = app.sender.pump(STINT)
    if pumped.trouble is not None:
        log.info("sending stopped: %s", pumped.trouble)  # a command that waits says it itself
        return  # the ticker rings again
    with app.transaction() as session:
        checked = delivery.finish_drained(session, app.keyring, clock.now())
        for run_id, mismatches in checked.items():
            for mismatch in mismatches:
                log.error("run %d stays open: %s", run_id, mismatch, extra={"run": run_id})
    post_letters(app)
    if pumped.more and not app.sender.stopping:
        ring(send_due)


def post_letters(app: App) -> None:
    """Post letters that are due, a batch at most: the ticker rings for the next."""
    with app.reading() as session:
        due = delivery.letters_due(session, app.patience)
    if not due or app.sender.stopping or app.sender.halted:
        return
    transport = app.open_transport
    try:
        asyncio.run(delivery.post_due(app.transaction, transport, app.office, at=clock.now()))
    except RelayUnavailable as trouble:
        log.info("letters wait: %s", trouble)


def answer_sign_ups(app: App) -> None:
    """Write to those who signed up on the web; a letter waits like all others until it is sent."""
    with app.reading() as session:
        due = audience.sign_ups_due(session)
    if due:
        delivery.answer_sign_ups(app.transaction, app.stationery, at=clock.now())


def answer_moves(app: App) -> None:
    """Write to the new addresses that readers have named."""
    with app.reading() as session:
        due = delivery.moves_due(session)
    if due:
        delivery.answer_moves(app.transaction, app.stationery, at=clock.now())


def ring_if_due() -> None:
    """Ring where a running run or a letter is due; do it here where nobody hears."""
    app = get_app()
    if app.sender.stopping:
        return
    look(app)
    with logged("telling the office"):
        tell(app)
    with logged("answering who signed up"):
        answer_sign_ups(app)
    with logged("answering who names another address"):
        answer_moves(app)
    with app.reading() as session:
        due = delivery.anything_to_do(session) or delivery.letters_due(session, app.patience)
    if due and not ring(send_due):
        send()


def watch() -> Callable[[], None]:
    """What the ticker does for this queue."""
    follower, overseer = Follower(), Overseer()
    begun, beats_at = False, 0.0

    def tick() -> None:
        nonlocal begun, beats_at
        if time.monotonic() >= beats_at:  # for whoever asks who is at work
            beats_at = time.monotonic() + PULSE
            with logged("giving a sign of life"), get_app().transaction() as session:
                delivery.beat(session, os.uname().nodename, os.getpid())
        if not begun:  # a copy that came back is told before anything is due
            begun = True
            with logged("recognising the ledger"):
                get_app().sender.recognise()
        overseer.look(get_app())
        with logged("following the logs of relays"):
            app = get_app()
            follower.look(app, timedelta(seconds=app.settings.ticker_seconds) / 2)
        ring_if_due()

    return tick

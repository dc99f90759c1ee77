"""Looks up which hosts take the mail of the readers' domains and the office's.

A few at each tick, in no hurry.
"""

import logging
import time
from collections.abc import Callable

from distribution import delivery
from distribution.app import App
from distribution.transports import Exchanges, Unanswered
from workers.current import get_app
from workers.telling import readership

log = logging.getLogger(__name__)

READERS, DOMAINS = 2_000, 50
"""Looked at, and looked up, at a tick."""
ALL_AGAIN = 3_600.0
"""Seconds after which all readers are looked at again: addresses change."""
IN_VAIN = 3
"""So many domains in a row without an answer: DNS is away, and the others can wait."""


class Looking:
    """What one worker does at its ticks."""

    def __init__(self) -> None:
        self._last_id = 0
        self._begin_at = 0.0

    def __call__(self) -> None:
        """Note new domains, and look up those whose time has come."""
        app = get_app()
        exchanges = app.exchanges
        if exchanges is not None and not app.sender.stopping:
            self._note(app)
            look_up(app, exchanges)

    def _note(self, app: App) -> None:
        if self._last_id == 0 and time.monotonic() < self._begin_at:
            return
        with app.transaction() as session:
            self._last_id = delivery.note_domains(session, self._last_id, READERS)
        if self._last_id == 0:
            self._begin_at = time.monotonic() + ALL_AGAIN


def look_up(app: App, exchanges: Exchanges) -> None:
    """Ask DNS about some domains, with no transaction open meanwhile."""
    with app.transaction() as session:
        domains = delivery.take_domains(session, DOMAINS)
        delivery.note_domains_of(session, readership(app, session).all)  # forgotten ones as well
    in_vain = 0
    for domain in domains:
        if app.sender.stopping or in_vain >= IN_VAIN:
            return  # the others come again when their claim is over
        try:
            exchange = exchanges.first_of(domain)
        except Unanswered as trouble:
            in_vain += 1
            log.info("%s", trouble)
            with app.transaction() as session:
                delivery.keep_failure(session, domain)
            continue
        in_vain = 0
        with app.transaction() as session:
            delivery.keep_exchange(session, domain, exchange)


def watch() -> Callable[[], None]:
    """What the ticker does beside the queues."""
    return Looking()

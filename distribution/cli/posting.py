"""Letters that are due, posted by the command that wrote them; workers post what is left."""

import asyncio
from collections import Counter
from datetime import datetime

import click

from distribution import config, delivery
from distribution.app import App
from distribution.words import LetterState


def require_postable(app: App) -> None:
    """Refuse before letters are written what would refuse to post them.

    Raises config.NotReadyToSend and delivery.SuspectLedger.
    """
    config.refuse_trial_settings(app.settings)
    app.sender.recognise()


def post(app: App, *, at: datetime) -> Counter[LetterState]:
    """Post what is due and say what became of it; RelayUnavailable ends it, nothing is lost."""
    transport, total = app.open_transport, Counter[LetterState]()
    while done := asyncio.run(delivery.post_due(app.transaction, transport, app.office, at=at)):
        total.update(done)
    for state in LetterState:
        if count := total[state]:
            click.echo(f"{state.label} {count} 封。")
    return total

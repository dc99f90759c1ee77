"""Letters are looked for every few seconds, and are never all read for it: their texts are long."""

from datetime import timedelta

import pytest
from runs import SEPTEMBER
from sqlalchemy import insert, text
from test_lookups import plans

from distribution import delivery
from distribution.app import App
from distribution.delivery.store import letters
from distribution.models import Letter
from distribution.words import LetterPurpose, LetterState

MANY = 5_000
PATIENCE = timedelta(minutes=10)


@pytest.fixture
def crowded(app: App) -> App:
    """An installation that has sent many letters."""
    with app.transaction() as session:
        session.execute(
            insert(Letter),
            [
                {
                    "key": f"{number}",
                    "purpose": LetterPurpose.WELCOME,
                    "recipient": f"{number}@fenhe.example",
                    "subject": "",
                    "text": "长" * 100,
                    "html": "",
                    "state": LetterState.SENT,
                    "next_attempt_at": SEPTEMBER,
                    "handed_at": SEPTEMBER,
                    "created_at": SEPTEMBER,
                }
                for number in range(MANY)
            ],
        )
        session.execute(text("ANALYZE"))
    return app


def look(app: App) -> None:
    with app.reading() as session:
        assert not delivery.letters_due(session, PATIENCE)
        assert letters.due_letters(session, 50) == []
        assert letters.lost_letters(session, PATIENCE) == []


def test_those_that_are_due_or_lost_are_found_by_an_index(crowded: App) -> None:
    plan = plans(crowded, lambda: look(crowded), "SELECT")

    assert "Seq Scan on letters" not in plan
    assert "SCAN letters" not in plan.replace("SCAN letters USING INDEX", "")
    assert "ix_letters_waiting" in plan
    assert "ix_letters_handed" in plan

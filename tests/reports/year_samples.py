"""Runs of a year, and some of everything that may come of them."""

from datetime import UTC, datetime

from report_samples import (
    WITHDRAWN,
    agreeing,
    article_ids,
    came_back,
    clicked,
    opened,
    rows,
    say,
)
from runs import plan, sample_issue, start
from sqlalchemy import update
from sqlalchemy.orm import Session

from distribution import clock
from distribution.app import App
from distribution.models import Delivery, Run, Selection, Subscriber
from distribution.words import (
    DeliveryState,
    Meaning,
    Role,
    Verdict,
)

NOW = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)


def begin(app: App, run_id: int, at: datetime) -> None:
    with app.transaction() as session:
        session.execute(update(Run).where(Run.id == run_id).values(started_at=at))


def another(app: App, label: str, at: datetime) -> int:
    """A run of another issue, all of it accepted by then."""
    run_id = start(app, plan(app, sample_issue(app, label=label), NOW), clock.now())
    with app.transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.run_id == run_id)
            .values(state=DeliveryState.ACCEPTED, accepted_at=at)
        )
    begin(app, run_id, at)
    return run_id


def read(session: Session, run_id: int) -> None:
    """Some of everything."""
    agreed, articles = agreeing(session, run_id), article_ids(session, run_id)
    for place, row in enumerate(agreed[:9]):
        opened(session, run_id, row, Verdict.HUMAN if place % 2 else Verdict.MACHINE)
        clicked(session, run_id, row, articles[place % 3])
    for _ in range(4):
        clicked(session, run_id, None, articles[1])
    first, second, third, *_ = rows(session, run_id)
    came_back(session, first, status="5.1.1", meaning=Meaning.BAD_ADDRESS)
    second.state = DeliveryState.FAILED
    say(session, third, WITHDRAWN)


def move(session: Session, those: list[Delivery], enterprise_id: int) -> None:
    for row in those:
        contact = session.get_one(Subscriber, row.subscriber_id)
        contact.enterprise_id, contact.role = enterprise_id, Role.OTHER
    session.flush()


def chosen(session: Session, row: Delivery) -> list[object]:
    return session.get_one(Selection, row.selection_id).choices

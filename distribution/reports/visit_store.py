"""SQL about an enterprise in some runs: what its contacts got, which articles went to whom."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from distribution.models import Delivery, ReturnedMail, Selection, Subscriber
from distribution.reports.store import Within, agrees
from distribution.reports.year_store import arrived
from distribution.words import DeliveryState, Meaning, Returned

_REFUSED = (DeliveryState.FAILED, DeliveryState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Got:
    """A delivery to a contact."""

    subscriber_id: int
    run_id: int
    arrived: bool
    refused: bool
    returned: bool
    meaning: Meaning | None
    """Of what came back, else of the refusal."""


def got(session: Session, within: Within) -> list[Got]:
    """The deliveries, the oldest run first."""
    query = (
        select(Delivery, arrived())
        .where(within.deliveries())
        .order_by(Delivery.run_id, Delivery.id)
    )
    found = session.execute(query).all()
    returned = _returned(session, within)
    return [
        Got(
            subscriber_id=row.subscriber_id,
            run_id=row.run_id,
            arrived=there,
            refused=row.state in _REFUSED,
            returned=row.id in returned,
            meaning=returned.get(row.id, row.meaning),
        )
        for row, there in found
    ]


def _returned(session: Session, within: Within) -> dict[int, Meaning | None]:
    """The last bounce of each delivery that came back."""
    query = (
        select(Delivery.id, ReturnedMail.meaning)
        .join(ReturnedMail, ReturnedMail.delivery_id == Delivery.id)
        .where(within.deliveries(), ReturnedMail.kind == Returned.BOUNCE)
        .order_by(ReturnedMail.at, ReturnedMail.inbox_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True, slots=True)
class Sent:
    """The accepted mails with an article: how many of each enterprise, and of those who agree."""

    mails: Counter[int | None]
    agreed: Counter[int | None]


def sent_by_article(session: Session, run_id: int) -> dict[int, Sent]:
    """By article id, for all enterprises of a run."""
    each = (
        select(
            Delivery.selection_id,
            Subscriber.enterprise_id,
            func.count().label("mails"),
            func.count().filter(agrees()).label("agreed"),
        )
        .select_from(Delivery)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.run_id == run_id, Delivery.state == DeliveryState.ACCEPTED)
        .group_by(Delivery.selection_id, Subscriber.enterprise_id)
        .subquery()
    )
    query = select(Selection.choices, each.c.enterprise_id, each.c.mails, each.c.agreed).join(
        each, each.c.selection_id == Selection.id
    )
    found: defaultdict[int, Sent] = defaultdict(lambda: Sent(Counter(), Counter()))
    for choices, enterprise_id, mails, agreed in session.execute(query):
        for article in {one[0] for one in choices}:
            found[article].mails[enterprise_id] += mails
            found[article].agreed[enterprise_id] += agreed
    return found

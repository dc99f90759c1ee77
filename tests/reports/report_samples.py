"""A sent run of the sample issue, and facts about what came back from it."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from once import once
from runs import plan_sample, start
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import audience, clock, delivery, issues
from distribution.app import App
from distribution.audience import Statement
from distribution.models import (
    ConsentEvent,
    Delivery,
    DeliveryEvent,
    Inbox,
    ReadingEvent,
    ReturnedMail,
    Subscriber,
)
from distribution.words import (
    Consequence,
    Decision,
    DeliveryState,
    Meaning,
    Purpose,
    Returned,
    Signal,
    Verdict,
)

LATER = clock.now().replace(microsecond=0) + timedelta(days=6)
FOLLOWING = (
    Consequence.NONE,
    Consequence.COUNTED,
    Consequence.SLOWED,
    Consequence.STOPPED,
    Consequence.SUPPRESSED,
)
"""What can follow from a bounce, from the lightest on."""
GRANTED, WITHDRAWN = Decision.GRANTED, Decision.WITHDRAWN


def send_sample(app: App, *, label: str = "11") -> int:
    """A run of the sample issue, sent: every mail is accepted and the run finished."""
    return once(app, f"sent {label}", lambda: send_anew(app, label))


def send_anew(app: App, label: str = "11") -> int:
    """The same, with its mails in the outbox."""
    run_id = start(app, plan_sample(app, label=label), clock.now())
    app.sender.pump(timedelta(seconds=60))
    with app.transaction() as session:
        assert delivery.finish_drained(session, app.keyring, clock.now()) == {run_id: []}
    return run_id


def rows(session: Session, run_id: int) -> list[Delivery]:
    """The deliveries of a run."""
    query = select(Delivery).where(Delivery.run_id == run_id).order_by(Delivery.id)
    return list(session.scalars(query))


def agreeing(session: Session, run_id: int) -> list[Delivery]:
    """Those whose reader agreed, by his last word, to be counted."""
    said: dict[int, Decision] = {}
    for event in session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)):
        if event.purpose is Purpose.TRACKING:
            said[event.subscriber_id] = event.decision
    return [row for row in rows(session, run_id) if said.get(row.subscriber_id) is GRANTED]


def say(
    session: Session,
    row: Delivery,
    decision: Decision,
    purpose: Purpose = Purpose.DIGEST,
    channel: str = "web",
) -> None:
    """The reader of a delivery says something over a link of its mail."""
    said = Statement(decision, "本人操作", channel, purpose, row.id)
    audience.record_consent(session, row.subscriber_id, said, by="reader", at=LATER)


def opened(
    session: Session, run_id: int, row: Delivery | None, verdict: Verdict = Verdict.HUMAN
) -> None:
    """The picture of a mail is fetched; None: of a reader who said nothing about being counted."""
    _happen(session, Signal.OPEN, run_id, row, None, verdict)


def clicked(
    session: Session,
    run_id: int,
    row: Delivery | None,
    article: int,
    verdict: Verdict = Verdict.HUMAN,
) -> None:
    """An article is asked for."""
    _happen(session, Signal.CLICK, run_id, row, article, verdict)


def _happen(
    session: Session,
    signal: Signal,
    run_id: int,
    row: Delivery | None,
    article: int | None,
    verdict: Verdict,
) -> None:
    session.add(
        ReadingEvent(
            signal=signal,
            run_id=run_id,
            delivery_id=row.id if row else None,
            article_id=article,
            at=LATER,
            verdict=verdict,
            rule="test",
        )
    )
    session.flush()


_numbers = itertools.count(1)


def came_back(
    session: Session,
    row: Delivery | None,
    kind: Returned = Returned.BOUNCE,
    status: str = "",
    *,
    meaning: Meaning | None = None,
    consequence: Consequence = Consequence.NONE,
    at: datetime = LATER,
) -> int:
    """A mail about a delivery, or about none that was found; its number."""
    mail = Inbox(
        signal=Signal.MAIL,
        at=at,
        fingerprint=f"{next(_numbers):064x}",
        content={},
        raw=b"Subject: returned\r\n\r\n",
        judged_at=at,
    )
    session.add(mail)
    session.flush()
    session.add(
        ReturnedMail(
            inbox_id=mail.id,
            kind=kind,
            delivery_id=row.id if row else None,
            found_by=None,
            lane=row.lane if row else "",
            meaning=meaning,
            status=status,
            consequence=consequence,
            at=at,
        )
    )
    session.flush()
    return mail.id


def refused(
    session: Session,
    row: Delivery,
    meaning: Meaning,
    consequence: Consequence | None = None,
    *,
    state: DeliveryState = DeliveryState.FAILED,
    at: datetime = LATER,
) -> None:
    """A mail system refuses a mail while it is sent."""
    row.state, row.meaning, row.consequence, row.accepted_at = state, meaning, consequence, None
    said = f"550 {meaning.value}"
    session.add(DeliveryEvent(delivery_id=row.id, at=at, state=state, reply=said, by="ledger"))
    session.flush()


def happen(session: Session, run_id: int, dice: Random) -> None:
    """A month's worth of everything, in any order."""
    everybody, agreed = rows(session, run_id), agreeing(session, run_id)
    articles, verdicts = article_ids(session, run_id), list(Verdict)
    somebody = [*agreed, *[None] * len(agreed)]
    for row in dice.sample(everybody, 9):
        row.state = dice.choice([DeliveryState.FAILED, DeliveryState.IN_DOUBT])
    for row in dice.sample(everybody, 2):
        session.get_one(Subscriber, row.subscriber_id).enterprise_id = None
    for _ in range(60):
        opened(session, run_id, dice.choice(somebody), dice.choice(verdicts))
        reader, article = dice.choice(somebody), dice.choice(articles)
        clicked(session, run_id, reader, article, dice.choice(verdicts))
    kinds = [Returned.BOUNCE, Returned.BOUNCE, Returned.DELAYED, Returned.COMPLAINT, Returned.OTHER]
    meanings = [*Meaning, None]
    for _ in range(30):
        came_back(
            session,
            dice.choice(everybody),
            dice.choice(kinds),
            dice.choice(["5.1.1", "5.2.2", "4.2.2", ""]),
            meaning=dice.choice(meanings),
            consequence=dice.choice(FOLLOWING),
            at=LATER + timedelta(minutes=dice.randrange(1000)),
        )
    for row in dice.sample(everybody, 12):
        state = dice.choice([DeliveryState.FAILED, DeliveryState.EXPIRED])
        refused(session, row, dice.choice(list(Meaning)), dice.choice(FOLLOWING), state=state)
    for row in dice.sample(agreed, 3):
        say(session, row, WITHDRAWN, Purpose.TRACKING)
    for row in dice.sample(everybody, 6):
        for decision in (WITHDRAWN, GRANTED, WITHDRAWN)[: dice.choice([1, 2, 3])]:
            say(session, row, decision, channel=dice.choice(["web", "one-click", "mail"]))


def article_ids(session: Session, run_id: int) -> Sequence[int]:
    """The articles of a run's issue, in its order."""
    issue = issues.load_issue(session, delivery.find_run(session, run_id).issue_id)
    return [stored.id for stored in issue.articles]

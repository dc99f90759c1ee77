"""What followed from a refusal while sending stands with its delivery, as the office lists it."""

from datetime import timedelta

from factories import deliveries, make_run, make_sender, recover, time_is_up, waits_are_over
from fake_transport import FakeTransport, Refuse
from test_consequences import CONTENT, FREQUENCY, FULL, READER, UNKNOWN_USER

from distribution import reports
from distribution.app import App
from distribution.delivery import Reply
from distribution.reports import Wanted
from distribution.words import Consequence, Meaning


def pump(app: App, *replies: tuple[str, Reply]) -> None:
    relay = FakeTransport({reader: [Refuse(reply)] for reader, reply in replies})
    make_sender(app, relay, connections=1, batch_size=1).pump(timedelta(seconds=20))


def listed(app: App) -> dict[str, tuple[Meaning | None, Consequence, str]]:
    """What `bounce list` says of refusals, by reader."""
    with app.reading() as session:
        found = reports.came_back(session, Wanted(), limit=100)
    return {one.recipient: (one.meaning, one.consequence, one.words) for one in found}


def test_each_refusal_says_what_followed_from_it(app: App) -> None:
    make_run(app, [READER, "r3@other.example", "r4@third.example"])

    pump(
        app,
        (READER, UNKNOWN_USER),
        ("r3@other.example", CONTENT),
        ("r4@third.example", Reply(554, "no reason given")),
    )

    found = listed(app)
    assert found[READER] == (
        Meaning.BAD_ADDRESS, Consequence.SUPPRESSED, "550 5.1.1 User unknown"
    )  # fmt: skip
    assert found["r3@other.example"][:2] == (Meaning.CONTENT, Consequence.STOPPED)
    assert found["r4@third.example"][1] is Consequence.NONE


def test_what_is_tried_again_is_no_refusal_and_what_arrives_leaves_nothing(app: App) -> None:
    run_id = make_run(app, [READER])
    pump(app, (READER, FREQUENCY))
    slowed = deliveries(app, run_id)[READER]
    assert (slowed.meaning, slowed.consequence) == (Meaning.RATE_LIMIT, Consequence.SLOWED)
    assert listed(app) == {}

    waits_are_over(app)
    pump(app)

    arrived = deliveries(app, run_id)[READER]
    assert (arrived.meaning, arrived.consequence) == (None, None)
    assert listed(app) == {}


def test_what_is_full_until_its_time_is_up_counts(app: App) -> None:
    run_id = make_run(app, [READER])
    pump(app, (READER, FULL))

    time_is_up(app, run_id)
    recover(app)

    meaning, consequence, words = listed(app)[READER]
    assert (meaning, consequence) == (Meaning.MAILBOX_FULL, Consequence.COUNTED)
    assert words.startswith("552 5.2.2 mailbox full")

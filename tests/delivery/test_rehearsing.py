"""A rehearsal: readers' mails sent to somebody else, while nothing of it stands in the books."""

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from factories import (
    cancel,
    deliveries,
    events,
    make_sender,
    make_subscriber,
    plan,
    start,
    tally,
)
from fake_transport import FakeTransport, Mishap, Refuse
from runs import SEPTEMBER, make_issue

from distribution import audience, delivery, links
from distribution.app import App
from distribution.delivery import Reply, rehearsing
from distribution.errors import NotFound
from distribution.links import Use

ME = "me@office.example"
SOON = timedelta(seconds=30)


@pytest.fixture
def planned(app: App) -> int:
    """A planned run: two who want the same, one with other wishes; its number."""
    for email in ("a@fenhe.example", "b@fenhe.example"):
        make_subscriber(app, email, topics=("policy",))
    make_subscriber(app, "c@fenhe.example", topics=("quality",), format="text")
    return plan(app, make_issue(app))


def stage(app: App, run_id: int, *readers: str, sample: int = 0) -> list[rehearsing.Staged]:
    with app.reading() as session:
        if sample:
            return rehearsing.stage_samples(
                session, run_id, sample, ME, app.addresses, at=SEPTEMBER
            )
        wanted = [audience.read_address(reader) for reader in readers]
        return rehearsing.stage_readers(session, run_id, wanted, ME, app.addresses, at=SEPTEMBER)


def read(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def bodies(message: bytes) -> str:
    return "".join(
        part.get_content() for part in read(message).walk() if part.get_content_maintype() == "text"
    )


def test_it_is_the_readers_mail_under_another_address(app: App, planned: int) -> None:
    (staged,) = stage(app, planned, "A@fenhe.example")
    before = tally(app, planned)
    relay = FakeTransport()

    (shown,) = asyncio.run(rehearsing.show(relay, [staged]))

    assert (shown.accepted, relay.closed) == (True, 1)
    assert relay.recipients == {ME: 1}
    start(app, planned)
    real = FakeTransport()
    make_sender(app, real).pump(at_most=SOON)
    theirs = next(
        body
        for mail, body in zip(real.accepted, real.bodies, strict=True)
        if mail.recipient == "a@fenhe.example"
    )
    mine = relay.bodies[0]
    assert read(mine)["To"] == ME
    assert str(read(mine)["Subject"]) == f"【预演】{read(theirs)['Subject']}"
    kinds = [str(read(mail)["Feedback-ID"]).split(":")[2] for mail in (mine, theirs)]
    assert kinds == ["rehearsal", "regular"]
    assert without_addresses(bodies(mine)) == without_addresses(bodies(theirs))
    assert before == {"planned": 3}


def test_nothing_in_it_acts_for_its_reader(app: App, planned: int) -> None:
    (staged,) = stage(app, planned, "a@fenhe.example")

    tokens = re.findall(r"/(\w)/([\w-]{30})", staged.message.decode() + bodies(staged.message))
    uses = {
        "u": Use.UNSUBSCRIBE,
        "p": Use.PREFERENCES,
        "r": Use.READ,
        "c": Use.CLICK,
        "o": Use.OPEN,
    }

    assert {"u", "p", "r"} <= {path for path, _ in tokens}
    for path, token in tokens:
        found = app.keyring.verify(uses[path], links.from_url(token))
        assert found in (None, 0), path  # no delivery has this number
    assert app.addresses.sent_as(staged.envelope.message_id) is None
    assert app.addresses.returned_to(staged.envelope.sender) is None


def test_the_books_know_nothing_of_it(app: App, planned: int) -> None:
    before = {email: vars(row) for email, row in deliveries(app, planned).items()}

    asyncio.run(rehearsing.show(FakeTransport(), stage(app, planned, sample=9)))

    now = {email: vars(row) for email, row in deliveries(app, planned).items()}
    for email, row in before.items():
        assert {k: v for k, v in row.items() if k[0] != "_"} == {
            k: v for k, v in now[email].items() if k[0] != "_"
        }
    assert events(app, planned) == []


def test_samples_differ_and_the_most_common_comes_first(app: App, planned: int) -> None:
    assert [one.reader for one in stage(app, planned, sample=1)] == ["a@fenhe.example"]
    staged = stage(app, planned, sample=9)

    assert [one.reader for one in staged] == ["a@fenhe.example", "c@fenhe.example"]
    assert len({one.envelope.message_id for one in staged}) == 2
    assert read(staged[1].message).get_content_type() == "text/plain"


def test_who_has_no_mail_in_the_run_is_named(app: App, planned: int) -> None:
    with pytest.raises(NotFound, match="nobody@fenhe"):
        stage(app, planned, "a@fenhe.example", "nobody@fenhe.example")


def test_a_cancelled_run_has_no_rehearsal(app: App, planned: int) -> None:
    cancel(app, planned)
    with pytest.raises(delivery.WrongState, match="不能预演"):
        stage(app, planned, sample=1)


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (Refuse(Reply(550, "5.7.1 no")), "550 5.7.1 no"),
        (Reply(451, "4.3.0 later"), "451 4.3.0 later"),
        (Mishap.LOST, "没有收到答复"),
    ],
)
def test_what_the_relay_says_is_told(
    app: App, planned: int, happens: Refuse | Reply | Mishap, words: str
) -> None:
    relay = FakeTransport({ME: [happens]})

    first, second = asyncio.run(rehearsing.show(relay, stage(app, planned, sample=2)))

    assert (first.accepted, first.words, second.accepted) == (False, words, True)


def without_addresses(text: str) -> str:
    """And without the trap, which stands only where clicks are counted, and blanks around it."""
    text = re.sub(r'<div[^>]*aria-hidden="true".*?</div>', "", text)
    return " ".join(re.sub(r"https?://[^\s\"<]+", "…", text).split())

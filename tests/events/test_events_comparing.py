"""Acts beside those that are written down: verdicts that change, and what is forgotten when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from event_samples import (
    BROWSER,
    DENIED,
    GRANTED,
    UNKNOWN,
    click,
    judge,
    receive,
    run_click,
    say,
    sent_to,
)
from sqlalchemy import select, update

from distribution import clock, events
from distribution.app import App
from distribution.delivery import Sent
from distribution.events import HIDDEN, Client, Request
from distribution.links import Use
from distribution.models import ReadingEvent
from distribution.words import Decision, Signal, Verdict

NETWORK = "203.0.113.0/24"
HURRIED = timedelta(seconds=0.5)


def seen(request: Request, network: str = NETWORK) -> Request:
    """The same, from a network that is known."""
    return replace(request, client=replace(request.client, network=network))


def clicks(mail: Sent, count: int) -> list[Request]:
    """One after the other, in a scanner's hurry."""
    return [
        seen(click(mail, number + 1, after=timedelta(minutes=5) + HURRIED * number))
        for number in range(count)
    ]


def form(mail: Sent, after: timedelta) -> Request:
    """He changes his settings."""
    return replace(seen(click(mail, 0, after=after)), signal=Signal.ACT, use=Use.PREFERENCES)


def judged(app: App, *requests: Request) -> None:
    """Each comes by itself."""
    for request in requests:
        judge(app, receive(app, request))


def written(app: App) -> Sequence[ReadingEvent]:
    """All events, oldest first."""
    with app.reading() as session:
        found = session.scalars(select(ReadingEvent).order_by(ReadingEvent.id)).all()
        session.expunge_all()
    return found


def rules(app: App) -> list[str]:
    return [event.rule for event in written(app)]


def test_what_comes_later_changes_what_was_said_before(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    first, second, third = clicks(mail, 3)
    judged(app, first, second)
    assert rules(app) == ["nothing-against"] * 2
    judged(app, third)
    assert rules(app) == ["burst"] * 3
    assert {event.verdict for event in written(app)} == {Verdict.MACHINE}
    assert {event.rules for event in written(app)} == {events.RULES}


def test_the_hidden_link_changes_the_verdict_of_its_neighbours(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    one, _, _ = clicks(mail, 3)
    hidden = seen(click(mail, HIDDEN, after=timedelta(minutes=5, seconds=10)))
    judged(app, one, hidden)
    assert rules(app) == ["with-hidden-link", "hidden-link"]
    assert [event.article_id is None for event in written(app)] == [False, True]


def test_a_form_saves_the_clicks_after_it(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    judged(app, *clicks(mail, 3))
    judged(app, form(mail, timedelta(minutes=4)))
    assert rules(app) == ["after-a-form"] * 3 + ["sent-a-form"]


def test_a_form_of_who_is_not_to_be_known_leaves_nothing(app: App) -> None:
    unknown, denied = sent_to(app, UNKNOWN, DENIED)
    judged(app, form(unknown, timedelta(minutes=4)), form(denied, timedelta(minutes=4)))
    assert written(app) == []


def test_a_network_has_another_name_every_day_and_never_its_own(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    days = [timedelta(minutes=5), timedelta(minutes=6), timedelta(days=2)]
    judged(app, *(seen(click(mail, after=after)) for after in days))
    first, second, later = [event.network for event in written(app)]
    assert first == second != later
    assert all(len(name) == 16 and "203" not in name[:3] for name in (first, later))
    assert {event.network_class for event in written(app)} == {"private"}  # as examples are
    assert {event.agent for event in written(app)} == {"windows"}


def test_twenty_readers_of_one_network_are_found_out_by_the_last(app: App) -> None:
    mails = sent_to(app, GRANTED, *(f"r{number}@fenhe.example" for number in range(20)))
    for mail in mails[1:]:
        say(app, mail.subscriber_id, Decision.GRANTED)
    requests = [seen(replace(click(mail), at=clock.now() + timedelta(minutes=9))) for mail in mails]
    judge(app, receive(app, *requests[:19]))
    assert set(rules(app)) == {"nothing-against"}
    judge(app, receive(app, *requests[19:]))
    assert set(rules(app)) == {"many-readers"}


# -- readers who are not to be known -------------------------------------------------------------


def test_how_a_nameless_act_came_is_forgotten_after_two_minutes(app: App) -> None:
    unknown, known = sent_to(app, UNKNOWN, GRANTED)
    judged(app, seen(run_click(unknown)), seen(click(known)))
    at = run_click(unknown).at
    nameless, named = written(app)
    assert nameless.network
    assert nameless.agent == "windows"

    with app.transaction() as session:
        assert events.forget_nameless(session, at + timedelta(minutes=2)) == 0
        assert events.holds_nameless(session, at + timedelta(minutes=3))
        assert events.forget_nameless(session, at + timedelta(minutes=3)) == 1
        assert not events.holds_nameless(session, at + timedelta(days=9))

    after, still = written(app)
    assert (after.network, after.network_class, after.agent, after.showed) == ("", "", "", "")
    assert (after.rule, after.verdict) == (nameless.rule, nameless.verdict)
    assert (still.network, still.agent) == (named.network, "windows")


def test_nameless_bursts_are_found_while_it_is_known_how_they_came(app: App) -> None:
    (mail,) = sent_to(app, UNKNOWN)
    one, two, three = (
        replace(seen(run_click(mail, number + 1)), at=run_click(mail).at + HURRIED * number)
        for number in range(3)
    )
    judged(app, one, two, three)
    assert rules(app) == ["burst"] * 3
    with app.transaction() as session:
        events.forget_nameless(session, one.at + timedelta(minutes=5))
    judged(app, replace(three, at=three.at + HURRIED))
    assert rules(app) == ["burst"] * 3 + ["nothing-against"]


def test_a_nameless_act_that_came_too_soon_stays_a_machine(app: App) -> None:
    (mail,) = sent_to(app, UNKNOWN)
    judged(app, seen(click(mail, after=timedelta(seconds=3))))
    judged(app, seen(click(mail, 2, after=timedelta(seconds=20))))
    assert rules(app) == ["too-soon", "nothing-against"]
    assert {event.delivery_id for event in written(app)} == {None}


# -- two judges, and judging again ---------------------------------------------------------------


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_judges_at_once_see_each_others_acts(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    ids = [receive(app, one) for one in clicks(mail, 3)]
    together = Barrier(3, timeout=20)

    def work(mine: list[int]) -> None:
        together.wait()
        judge(app, mine)

    threads = [Thread(target=work, args=(mine,)) for mine in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert rules(app) == ["burst"] * 3


def forget_the_rules(app: App) -> None:
    """As older rules would have left it."""
    with app.transaction() as session:
        old = {"verdict": Verdict.HUMAN, "rule": "nothing-against", "rules": 1}
        session.execute(update(ReadingEvent).values(old))


def test_judging_again_says_what_the_rules_of_today_say(app: App) -> None:
    unknown, mail = sent_to(app, UNKNOWN, GRANTED)
    judged(app, seen(run_click(unknown)), *clicks(mail, 3))
    with app.transaction() as session:
        events.forget_nameless(session, clock.now() + timedelta(days=1))
    forget_the_rules(app)

    tried = events.rejudge(app.transaction, mail.run_id, dry_run=True)
    assert {event.rules for event in written(app)} == {1}
    done = events.rejudge(app.transaction, mail.run_id)

    assert tried == done
    assert (done.judged, done.changed, done.forgotten) == (3, 3, 1)
    assert done.changes == {("human", "machine"): 3}
    assert [(event.rule, event.rules) for event in written(app)] == [
        ("nothing-against", 1), *[("burst", events.RULES)] * 3,
    ]  # fmt: skip
    assert events.rejudge(app.transaction, mail.run_id).changed == 0


def test_what_was_judged_by_a_program_before_this_one_is_left_alone(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    judged(app, seen(click(mail)))
    with app.transaction() as session:
        session.execute(update(ReadingEvent).values(events.UNTRACED))
    assert events.rejudge(app.transaction, mail.run_id).judged == 0
    judged(app, *clicks(mail, 3))
    assert rules(app) == ["nothing-against", *["burst"] * 3]


def test_a_request_of_before_has_no_network(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    judged(app, replace(click(mail), client=Client(BROWSER, "GET", prefetch=False)))
    (event,) = written(app)
    assert (event.network, event.network_class) == ("", "")

"""Opens and clicks: whose they are, who did them, and that each counts once."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from databases import inbox, readings
from event_samples import (
    BROWSER,
    DENIED,
    GRANTED,
    UNKNOWN,
    arrive,
    click,
    judge,
    later,
    letter,
    opening,
    put_back_into_handing,
    put_in_doubt,
    receive,
    run_click,
    say,
    sent_to,
    state_of,
)

from distribution import clock, delivery, events, privacy
from distribution.app import App
from distribution.models import Subscriber
from distribution.words import Decision, DeliveryState, Signal, Verdict


def test_a_click_is_the_readers_where_he_agreed(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    request = click(mail, 3)
    assert judge(app, receive(app, request, opening(mail))) == 2
    clicked, opened = readings(app)
    assert (clicked.signal, opened.signal) == (Signal.CLICK, Signal.OPEN)
    assert clicked.delivery_id == opened.delivery_id == mail.delivery_id
    assert clicked.run_id == opened.run_id == mail.run_id
    assert clicked.article_id is not None
    assert opened.article_id is None
    assert clicked.at == request.at
    assert (clicked.verdict, clicked.rule) == (Verdict.HUMAN, "nothing-against")
    assert inbox(app) == []


def test_a_click_is_the_runs_where_he_has_not_spoken(app: App) -> None:
    (mail,) = sent_to(app, UNKNOWN)
    assert judge(app, receive(app, click(mail, 2), opening(mail), run_click(mail, 2))) == 3
    by_link, opened, by_run = readings(app)
    assert [event.delivery_id for event in (by_link, opened, by_run)] == [None] * 3
    assert {event.run_id for event in (by_link, opened, by_run)} == {mail.run_id}
    assert by_link.article_id == by_run.article_id is not None
    assert inbox(app) == []


def test_a_click_made_before_he_agreed_stays_unwritten(app: App) -> None:
    (mail,) = sent_to(app, DENIED)
    before = receive(app, replace(click(mail), at=clock.now()))
    say(app, mail.subscriber_id, Decision.GRANTED)
    after = receive(app, replace(click(mail, 2), at=clock.now() + timedelta(minutes=1)))
    assert judge(app, [*before, *after]) == 1
    (event,) = readings(app)
    assert event.delivery_id == mail.delivery_id


def test_a_click_is_nobodys_where_he_refused(app: App) -> None:
    (mail,) = sent_to(app, DENIED)
    assert judge(app, receive(app, click(mail), opening(mail))) == 0
    assert readings(app) == []
    assert inbox(app) == []


def test_old_links_of_who_is_erased_count_nobody_though_he_had_agreed(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    before = receive(app, click(mail))
    with app.transaction() as session:
        row, hasher = session.get_one(Subscriber, mail.subscriber_id), app.keyring.address_hash
        erased = {"why": privacy.ASKED, "reason": "来电", "by": "test", "at": clock.now()}
        privacy.erase(session, row, hasher, **erased)
    after = receive(app, replace(click(mail, 2), at=clock.now() + timedelta(minutes=1)))
    assert judge(app, [*before, *after]) == 0
    assert (readings(app), inbox(app)) == ([], [])


def test_a_runs_click_names_nobody_whoever_agreed(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    assert judge(app, receive(app, run_click(mail))) == 1
    assert readings(app)[0].delivery_id is None


def test_the_last_word_counts_when_it_is_judged(app: App) -> None:
    mails = sent_to(app, GRANTED, UNKNOWN, DENIED)
    ids = receive(app, *(click(mail) for mail in mails))
    changed = (Decision.WITHDRAWN, Decision.GRANTED, Decision.GRANTED)
    for mail, decision in zip(mails, changed, strict=True):
        say(app, mail.subscriber_id, decision)
    assert judge(app, ids) == 2
    assert [event.delivery_id for event in readings(app)] == [
        mail.delivery_id for mail in mails[1:]
    ]


def test_a_word_about_the_digest_is_no_word_about_counting(app: App) -> None:
    (mail,) = sent_to(app, UNKNOWN)
    with app.transaction() as session:
        whose = (mail.subscriber_id, mail.delivery_id)
        events.leave(session, *whose, channel="web", wording="退订", at=clock.now())
    judge(app, receive(app, click(mail)))
    assert [event.delivery_id for event in readings(app)] == [None]


def test_every_event_says_who_did_it_and_by_which_rule(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    requests = {
        ("human", "nothing-against"): click(mail),
        ("machine", "head"): click(mail, method="HEAD"),
        ("machine", "prefetch"): click(mail, prefetch=True),
        ("machine", "agent:google-image-proxy"): opening(mail, agent="(via GoogleImageProxy)"),
        ("machine", "too-soon"): click(mail, after=timedelta(seconds=1)),
        ("unknown", "soon"): opening(mail, after=timedelta(seconds=5)),
        ("unknown", "no-agent"): click(mail, agent=""),
    }
    assert judge(app, receive(app, *requests.values())) == len(requests)
    assert [(event.verdict.value, event.rule) for event in readings(app)] == list(requests)


def test_who_follows_links_before_the_relay_has_answered_is_a_machine(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    at_once = click(mail, after=timedelta(seconds=1))
    put_back_into_handing(app, mail, later(mail, timedelta(0)))
    judge(app, receive(app, at_once, click(mail)))
    assert [event.rule for event in readings(app)] == ["too-soon", "nothing-against"]
    assert state_of(app, mail) is DeliveryState.HANDED  # its worker brings the result


def test_judging_again_changes_nothing(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    ids = receive(app, click(mail), opening(mail))
    assert judge(app, [*ids, *ids]) == 2
    assert judge(app, ids) == 0
    assert len(readings(app)) == 2


def test_ids_that_name_no_waiting_request_are_passed_over(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    (clicked,) = receive(app, click(mail))
    (written,) = arrive(app, letter("digest@magazine.example", "您好"))
    assert judge(app, []) == 0
    assert judge(app, [written, -1, 0, *range(10_000, 16_000)]) == 0
    assert judge(app, [clicked, written, 10**9]) == 1
    assert [row.id for row in inbox(app)] == [written]


def test_thousands_are_judged_in_one_call(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    ids = receive(app, *(click(mail, 1 + number % 4) for number in range(1_200)))
    assert judge(app, ids) == 1_200
    assert len(readings(app)) == 1_200
    assert inbox(app) == []


def test_two_judges_at_once_count_each_event_once(app: App) -> None:
    mails = sent_to(app, GRANTED, UNKNOWN)
    requests = [click(mail, 1 + number % 4) for number in range(20) for mail in mails]
    ids = receive(app, *requests)
    put_in_doubt(app, mails[0])
    counted: list[int] = []
    together = Barrier(3, timeout=20)

    def work(mine: list[int]) -> None:
        together.wait()
        counted.append(judge(app, mine))

    orders = [ids, ids[::-1], ids[10:] + ids[:10]]
    threads = [Thread(target=work, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(counted) == 3
    assert sum(counted) == len(readings(app)) == len(ids)
    assert inbox(app) == []


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_what_one_judge_has_taken_another_passes_over(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    ids = receive(app, click(mail), opening(mail))
    with app.transaction() as session:
        assert events.judge_requests(session, ids[:1], app.keyring.network_name) == 1
        with app.transaction() as other:
            assert events.judge_requests(other, ids[:1], app.keyring.network_name) == 0
    assert judge(app, ids) == 1
    assert len(readings(app)) == 2


def test_a_judgement_that_is_rolled_back_leaves_the_request(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    ids = receive(app, click(mail))

    def break_off() -> None:
        with app.transaction() as session:
            events.judge_requests(session, ids, app.keyring.network_name)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert readings(app) == []
    assert judge(app, ids) == 1


def test_a_click_proves_that_a_doubtful_mail_was_taken(app: App) -> None:
    known, unknown = sent_to(app, GRANTED, UNKNOWN)
    put_in_doubt(app, known)
    put_in_doubt(app, unknown)
    judge(app, receive(app, click(known), opening(known), click(unknown)))
    assert state_of(app, known) is DeliveryState.ACCEPTED
    assert state_of(app, unknown) is DeliveryState.IN_DOUBT  # he was not seen: he is not known
    with app.reading() as session:
        assert delivery.verify(session, known.run_id) == []


def test_a_machine_proves_nothing(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    put_in_doubt(app, mail)
    scanner = replace(click(mail).client, method="HEAD")
    judge(app, receive(app, replace(click(mail), client=scanner)))
    assert [event.verdict for event in readings(app)] == [Verdict.MACHINE]
    assert state_of(app, mail) is DeliveryState.IN_DOUBT


def test_nothing_of_a_browser_or_network_outlives_the_judgement(app: App) -> None:
    mails = sent_to(app, GRANTED, UNKNOWN, DENIED)
    judge(app, receive(app, *(click(mail) for mail in mails), run_click(mails[0])))
    assert inbox(app) == []
    kept = [str(vars(event)) for event in readings(app)]
    assert not any(BROWSER in text or "203.0.113" in text for text in kept)

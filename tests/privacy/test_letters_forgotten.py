"""Letters to a person are his data: blanked with him, never sent after him, emptied in time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from runs import add_reader
from sqlalchemy import select, update
from test_erasing import erase
from test_purging import counted, purge

from distribution import audit, clock, delivery, digests
from distribution.app import App
from distribution.audience import read_address
from distribution.delivery import NotToWelcome, Standing, UnderWay
from distribution.errors import Refused
from distribution.models import Audit, Letter, Subscriber
from distribution.privacy import Kept
from distribution.reports import history
from distribution.words import LetterPurpose, LetterState

READER = "an.ran@fenhe.example"


def agreed(app: App, email: str = READER) -> int:
    with app.transaction() as session:
        return add_reader(session, app, email, clock.now(), name="安然").id


def welcome(app: App, reader: int) -> int:
    with app.transaction() as session:
        row = session.get_one(Subscriber, reader)
        return delivery.welcome(session, app.stationery, row, by="test", at=clock.now())


def asked(app: App, email: str = READER) -> tuple[int, int]:
    """A reader who is to confirm, and the letter that asks him."""
    at = clock.now()
    with app.transaction() as session:
        row = add_reader(session, app, email, at, name="安然", consent="")
        delivery.request_consent(session, row, by="test", at=at)
        return row.id, delivery.ask_to_confirm(session, app.stationery, row, by="test", at=at)


def post(app: App) -> dict[LetterState, int]:
    def transport() -> delivery.Transport:
        return app.open_transport()

    return asyncio.run(delivery.post_due(app.transaction, transport, app.office, at=clock.now()))


def letters(app: App) -> list[Letter]:
    with app.reading() as session:
        found = list(session.scalars(select(Letter).order_by(Letter.id)))
        session.expunge_all()
    return found


def mails(app: App) -> int:
    return len(list((app.settings.home / "outbox").glob("*.eml")))


def test_a_letter_that_waits_is_never_sent_to_who_was_erased(app: App) -> None:
    reader = agreed(app)
    number = welcome(app, reader)

    done = erase(app, reader)

    assert done.letter_ids == (number,)
    (only,) = letters(app)
    assert (only.state, only.reply) == (LetterState.CANCELLED, "资料已删除")
    assert only.recipient == f"erased-{reader}@erased.invalid"
    assert (only.subject, only.text, only.html) == ("", "", "")
    assert only.settled_at is not None
    assert post(app) == {}
    assert mails(app) == 0


def test_nothing_changes_while_a_letter_to_him_is_under_way(app: App) -> None:
    reader = agreed(app)
    number = welcome(app, reader)
    with app.transaction() as session:
        session.execute(update(Letter).values(state=LetterState.HANDED, handed_at=clock.now()))

    with pytest.raises(UnderWay, match="一分钟后再试") as refused:
        erase(app, reader)

    assert refused.value.letter_ids == (number,)
    (only,) = letters(app)
    assert only.recipient == READER
    with app.reading() as session:
        assert session.get_one(Subscriber, reader).erased_at is None


def test_his_old_link_agrees_to_nothing(app: App) -> None:
    reader, number = asked(app)
    erase(app, reader)

    with app.transaction() as session:
        found, now = delivery.confirm(session, app.stationery, number, at=clock.now())
        assert (found.standing, now) == (Standing.ERASED, False)


def test_the_address_is_not_asked_more_often_because_he_was_erased(app: App) -> None:
    reader, _ = asked(app)
    erase(app, reader)

    assert [letter.key.split(":")[::2] for letter in letters(app)] == [["confirm", "1"]]
    assert app.keyring.address_hash(READER) in letters(app)[0].key


def test_erasing_and_confirming_at_once_leave_nothing_of_him(app: App) -> None:
    people = [asked(app, f"r{number}@fenhe.example") for number in range(6)]

    def yes(number: int) -> None:
        with app.transaction() as session:
            delivery.confirm(session, app.stationery, number, at=clock.now())

    with ThreadPoolExecutor(4) as pool:
        doing = [
            pool.submit(*deed)
            for reader, number in people
            for deed in ((yes, number), (erase, app, reader))
        ]
        for one in doing:
            one.result()

    assert {letter.state for letter in letters(app)} == {LetterState.CANCELLED}
    assert not [letter for letter in letters(app) if "fenhe" in letter.recipient + letter.text]


def test_erasing_and_posting_at_once_leave_no_letter_half_way(app: App) -> None:
    readers = [agreed(app, f"r{number}@fenhe.example") for number in range(12)]
    for reader in readers:
        welcome(app, reader)

    def erase_when_possible(reader: int) -> None:
        while True:
            try:
                erase(app, reader)
            except UnderWay:
                continue
            return

    with ThreadPoolExecutor(2) as pool:
        posting = pool.submit(post, app)
        for reader in readers[::2]:
            erase_when_possible(reader)
        posting.result()

    found = letters(app)
    gone = [letter for letter in found if letter.recipient.startswith("erased-")]
    assert len(gone) == 6
    assert {letter.text for letter in gone} == {""}
    assert {letter.state for letter in found} <= {LetterState.SENT, LetterState.CANCELLED}
    assert mails(app) == sum(letter.state is LetterState.SENT for letter in found)
    assert all(letter.state is LetterState.SENT for letter in found if letter not in gone)


def test_nobody_is_welcomed_after_he_was_erased(app: App) -> None:
    reader = agreed(app)
    erase(app, reader)
    with pytest.raises(NotToWelcome, match="资料已删除"):
        welcome(app, reader)
    with app.transaction() as session:
        row, at = session.get_one(Subscriber, reader), clock.now()
        with pytest.raises(Refused, match="资料已删除"):
            delivery.ask_to_confirm(session, app.stationery, row, by="test", at=at)


def test_the_text_of_old_letters_goes_and_those_that_wait_keep_it(app: App) -> None:
    welcome(app, agreed(app))
    post(app)
    welcome(app, agreed(app, "bo@fenhe.example"))

    assert counted(purge(app, after=29, MAIL=30)) == {}
    assert counted(purge(app, after=31, MAIL=30)) == {Kept.MAIL: 1}
    assert counted(purge(app, after=31, MAIL=30)) == {}

    sent, waiting = letters(app)
    assert (sent.text, sent.html, sent.recipient) == ("", "", READER)
    assert "欢迎订阅" in waiting.text


def test_who_wrote_what_was_passed_on_is_forgotten_with_its_text(app: App) -> None:
    reader = agreed(app)
    with app.transaction() as session:
        written, at = ("读者来信", "请问如何投稿？"), clock.now()
        delivery.pass_on(session, "a", "editor@paper.example", (reader, READER), written, at=at)
    post(app)
    purge(app, after=31, MAIL=30)
    passed = letters(app)[-1]
    assert (passed.text, passed.reply_to, passed.recipient) == ("", None, "editor@paper.example")


def test_the_files_of_a_letter_go_with_its_words(app: App) -> None:
    report = digests.Attachment("报告.html", "text/html", "机密".encode())
    with app.transaction() as session:
        for key, address in (("old", "board@paper.example"), ("his", READER)):
            letter, at = ("报告", "见附件", ""), clock.now()
            delivery.add_letter(
                session, key, LetterPurpose.REPORT, address, letter, at=at, attached=[report]
            )
    post(app)
    old, his = letters(app)
    erase(app, agreed(app))
    with app.reading() as session:
        assert delivery.files_of(session, his.id) == []
        assert delivery.files_of(session, old.id) == [report]
    purge(app, after=31, MAIL=30)
    with app.reading() as session:
        assert delivery.files_of(session, old.id) == []


def test_his_history_says_what_became_of_each(app: App) -> None:
    reader = agreed(app)
    welcome(app, reader)
    post(app)
    asked(app, "bo@fenhe.example")

    with app.reading() as session:
        row = session.get_one(Subscriber, reader)
        said = [entry.text for entry in history(session, row).entries]
    assert any(text.startswith("写欢迎信") for text in said)
    assert [text for text in said if text.startswith("欢迎信（信件 ") and "已交中继" in text]
    assert not [text for text in said if "订阅确认" in text]


def test_a_letter_lost_at_the_relay_is_settled_before_he_can_be_erased(app: App) -> None:
    reader = agreed(app)
    welcome(app, reader)
    long_ago = clock.now() - timedelta(days=1)
    with app.transaction() as session:
        session.execute(update(Letter).values(state=LetterState.HANDED, handed_at=long_ago))

    post(app)  # the outbox knows that it never came: it is waiting again, and then sent
    erase(app, reader)

    assert letters(app)[0].text == ""


def named_by_another(app: App) -> tuple[int, int]:
    """A reader names an address as his new one, whose owner becomes a contact himself."""
    asker, at = agreed(app, "bo@fenhe.example"), clock.now()
    with app.transaction() as session:
        row, address = session.get_one(Subscriber, asker), read_address(READER)
        delivery.ask_to_move(session, app.stationery, row, address, at=at)
    delivery.answer_moves(app.transaction, app.stationery, at=at)
    post(app)
    return asker, agreed(app)


def test_what_another_asked_an_erased_readers_address_does_not_name_it_any_more(app: App) -> None:
    _, reader = named_by_another(app)

    erase(app, reader)

    (only,) = letters(app)
    assert (READER in only.recipient, only.text) == (False, "")


def test_who_has_named_anothers_address_takes_nothing_of_him_along_when_erased(app: App) -> None:
    asker, reader = named_by_another(app)
    welcome(app, reader)
    with app.transaction() as session:
        audit.record(session, "x.y", READER, by="test", at=clock.now())

    erase(app, asker)

    with app.reading() as session:
        assert session.scalars(select(Audit).where(Audit.subject == READER)).all()
    moving, his = letters(app)
    assert (READER in moving.recipient, his.recipient) == (False, READER)

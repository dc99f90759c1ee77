"""A mailbox on a real IMAP server: what waits, where it goes, and what a server may lack."""

import logging
from threading import Event, Thread

import pytest
from imap import Box, Wire, account, as_netease
from processes import until

from distribution import mailboxes
from distribution.config import Settings
from distribution.mailboxes import CannotFile, Filing, Imap, Mailbox, NoIdle, UnusableMailbox

COPIES = {"MOVE"}
MARKS = {"MOVE", "UIDPLUS"}


def mailbox(wire: Wire, **more: object) -> Imap:
    return Imap(Settings(**account(wire, **more)))  # type: ignore[arg-type] # pydantic converts


def mail(word: str) -> bytes:
    return f"Subject: {word}\r\n\r\n{word}\r\n".encode()


def fetched(box: Imap, where: Filing | None = None, limit: int = 100) -> list[bytes]:
    """What waits; put away where a place is given."""
    found = []
    for waiting in box.waiting(limit):
        found.append(waiting.raw)
        if where is not None:
            waiting.filed(where)
    return found


def test_mails_come_oldest_first_and_nothing_is_marked_by_reading(box: Box, wire: Wire) -> None:
    mails = [mail(word) for word in "abc"]
    box.put(*mails)
    server: Mailbox = mailbox(wire)

    assert [found.raw for found in server.waiting(100)] == mails
    assert [found.raw for found in server.waiting(2)] == mails[:2]
    assert list(server.waiting(0)) == []
    assert box.mails(criteria="UNSEEN UNDELETED") == mails


def test_what_somebody_has_looked_at_waits_all_the_same(box: Box, wire: Wire) -> None:
    box.put(mail("a"), flags=r"(\Seen \Flagged)")
    box.put(mail("b"), flags=r"(\Deleted)")

    assert fetched(mailbox(wire)) == [mail("a")]


@pytest.mark.parametrize("without", [set(), COPIES, MARKS])
def test_what_is_put_away_lies_in_its_folder_and_waits_no_longer(
    box: Box, wire: Wire, without: set[str]
) -> None:
    wire.without = without
    places = [Filing.PROCESSED, Filing.UNCLEAR, Filing.FAILED, Filing.PROCESSED]
    box.put(*(mail(word) for word in "abcd"))
    for place, waiting in zip(places, server := mailbox(wire).waiting(100), strict=True):
        waiting.filed(place)
    server.close()

    assert box.mails("bounces/processed") == [mail("a"), mail("d")]
    assert box.mails("bounces/unclear") == [mail("b")]
    assert box.mails("bounces/failed") == [mail("c")]
    assert fetched(mailbox(wire)) == []
    assert len(box.mails()) == (4 if without == MARKS else 0)


@pytest.mark.parametrize("without", [COPIES, MARKS])
def test_what_others_have_marked_as_deleted_is_left_to_them(
    box: Box, wire: Wire, without: set[str]
) -> None:
    wire.without = without
    box.put(mail("theirs"), flags=r"(\Deleted)")
    box.put(mail("ours"))

    assert fetched(mailbox(wire), Filing.PROCESSED) == [mail("ours")]
    assert mail("theirs") in box.mails()


def test_folders_that_exist_are_used(box: Box, wire: Wire) -> None:
    box.create("bounces/processed")
    box.put(mail("before"), folder="bounces/processed")
    box.put(mail("a"))

    fetched(mailbox(wire), Filing.PROCESSED)

    assert box.mails("bounces/processed") == [mail("before"), mail("a")]
    assert wire.count(b"CREATE") == 0


def test_a_folder_that_a_provider_puts_elsewhere_is_found(box: Box, wire: Wire) -> None:
    box.create("more folders/bounces/processed")
    box.put(mail("a"))

    fetched(mailbox(wire), Filing.PROCESSED)

    assert box.mails("more folders/bounces/processed") == [mail("a")]


def test_a_server_without_folders_in_folders_gets_plain_names(box: Box, wire: Wire) -> None:
    wire.before = lambda command: (
        b"NO [CANNOT] no folders in folders" if b'CREATE "bounces/' in command else None
    )
    box.put(mail("a"))

    fetched(mailbox(wire), Filing.UNCLEAR)

    assert box.folders() == ["INBOX", "bounces-unclear"]
    assert box.mails("bounces-unclear") == [mail("a")]


def test_names_begin_as_the_server_wants_them(box: Box, wire: Wire) -> None:
    wire.also = {"NAMESPACE"}
    wire.before = lambda command: (
        b'* NAMESPACE (("INBOX." ".")) NIL NIL\r\nOK done' if command == b"NAMESPACE" else None
    )
    box.put(mail("a"))

    fetched(mailbox(wire), Filing.FAILED)

    assert box.mails("INBOX.bounces.failed") == [mail("a")]


def test_a_folder_with_a_name_that_is_none_hides_no_other(wire: Wire) -> None:
    wire.before = lambda command: (
        b'* LIST (\\HasNoChildren) "/" INBOX\r\n'
        b'* LIST () "/" "&kABP4Q-/a b"\r\n'
        b'* LIST () "/" "&AA-"\r\n'
        b'* LIST () "\\\\" "\xcd\xcb\xd0\xc5"\r\n'
        b"* LIST () NIL {3}\r\nx y\r\n"
        b"OK done"
        if command == b'LIST "" "*"'
        else None
    )

    assert mailbox(wire).survey().folders == (
        "INBOX",
        "退信/a b",
        "&AA-",
        "ÍËÐÅ",
        "x y",
    )


def test_another_folder_and_another_archive_may_be_named(box: Box, wire: Wire) -> None:
    name = "&kABP4Q-"  # 退信, as IMAP writes it
    box.create(name)
    box.put(mail("a"), folder=name)
    box.put(mail("b"))
    server = mailbox(wire, bounce_imap_folder="退信", bounce_imap_archive="letters")

    assert fetched(server, Filing.PROCESSED) == [mail("a")]
    assert box.mails("letters/processed") == [mail("a")]
    assert box.mails() == [mail("b")]


def test_of_a_huge_mail_the_beginning_is_fetched(box: Box, wire: Wire) -> None:
    huge = mail("a") + b"0123456789abcdef" * (50 * 1024 * 1024 // 16)
    box.put(huge)

    assert fetched(mailbox(wire), Filing.PROCESSED) == [huge[: mailboxes.MOST_BYTES]]
    assert wire.sent < mailboxes.MOST_BYTES + 10_000
    assert box.mails("bounces/processed") == [huge]


def test_netease_is_told_who_asks(box: Box, wire: Wire) -> None:
    as_netease(wire)
    box.put(mail("a"))

    assert fetched(mailbox(wire), Filing.PROCESSED) == [mail("a")]
    assert box.mails("bounces/processed") == [mail("a")]


def test_a_server_that_does_not_know_the_word_is_not_told(box: Box, wire: Wire) -> None:
    wire.without = {"ID"}
    box.put(mail("a"))

    assert fetched(mailbox(wire)) == [mail("a")]
    assert wire.count(b"ID") == 0


def test_a_server_that_does_not_like_to_be_told_is_used_all_the_same(box: Box, wire: Wire) -> None:
    wire.before = lambda command: b"BAD what?" if command.startswith(b"ID") else None
    box.put(mail("a"))

    assert fetched(mailbox(wire)) == [mail("a")]


@pytest.mark.parametrize("without", [set(), COPIES, MARKS])
def test_what_cannot_be_moved_is_not_read_again_and_moved_once_there_is_room(
    box: Box, wire: Wire, without: set[str]
) -> None:
    wire.without = without
    full = True
    wire.before = lambda command: (
        b"NO [OVERQUOTA] full" if full and command[:8] in (b"UID MOVE", b"UID COPY") else None
    )
    box.put(mail("a"), mail("b"))
    server = mailbox(wire)
    for waiting in server.waiting(100):
        with pytest.raises(CannotFile, match=r"bounces/processed（OVERQUOTA）：请检查邮箱的空间"):
            waiting.filed(Filing.PROCESSED)
    box.put(mail("c"))

    later = server.waiting(100)
    assert next(later).raw == mail("c")
    with pytest.raises(CannotFile):  # said at the end, when the new one has been seen to
        next(later)
    reads = wire.count(b"UID FETCH")
    full = False

    assert fetched(server, Filing.UNCLEAR) == [mail("c")]
    assert wire.count(b"UID FETCH") == reads + 1
    assert box.mails("bounces/processed") == [mail("a"), mail("b")]


def test_a_number_that_means_another_mail_now_is_read_before_it_is_moved(
    box: Box, wire: Wire
) -> None:
    box.create("returned")
    box.put(mail("a"), folder="returned")
    server = mailbox(wire, bounce_imap_folder="returned")
    wire.before = lambda command: b"NO full" if b"UID MOVE" in command else None
    with pytest.raises(CannotFile):
        fetched(server, Filing.PROCESSED)
    wire.before = lambda _command: None
    with box.line() as line:  # its numbers begin anew, under another UIDVALIDITY
        line.delete("returned")
        line.create("returned")
    box.put(mail("b"), folder="returned")

    assert fetched(server, Filing.UNCLEAR) == [mail("b")]
    assert box.mails("bounces/unclear") == [mail("b")]
    assert box.mails("bounces/processed") == []


def test_what_is_copied_and_cannot_be_taken_away_is_not_copied_again(box: Box, wire: Wire) -> None:
    wire.without = COPIES
    frozen = True
    wire.before = lambda command: b"NO no" if frozen and command[:9] == b"UID STORE" else None
    box.put(mail("a"))
    server = mailbox(wire)
    (waiting,) = server.waiting(100)
    with pytest.raises(UnusableMailbox):
        waiting.filed(Filing.PROCESSED)  # the connection is gone already
    for _ in range(3):
        with pytest.raises(CannotFile):
            fetched(server)
    frozen = False

    assert fetched(server) == []
    assert box.mails() == []
    assert box.mails("bounces/processed") == [mail("a")]


def test_a_mail_that_another_worker_has_moved_meanwhile_harms_nobody(box: Box, wire: Wire) -> None:
    box.put(mail("a"), mail("b"), mail("c"))
    mine = mailbox(wire).waiting(100)
    first = next(mine)

    assert fetched(mailbox(wire), Filing.PROCESSED) == [mail("a"), mail("b"), mail("c")]
    first.filed(Filing.PROCESSED)

    assert list(mine) == []
    assert len(box.mails("bounces/processed")) == 3


def test_a_server_that_withholds_one_mail_gives_the_others(
    box: Box, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    box.put(mail("a"), mail("b"))
    wire.before = lambda command: b"NO sorry" if b"FETCH 101 " in command else None
    server = mailbox(wire)

    with caplog.at_level(logging.WARNING):
        assert fetched(server) == fetched(server) == [mail("b")]

    (record,) = caplog.records  # once in the life of a process
    assert "不给出邮件 101（UID）" in record.getMessage()
    assert len(box.mails()) == 2


def test_a_survey_tells_what_is_there_and_touches_nothing(box: Box, wire: Wire) -> None:
    box.create("another")
    box.put(mail("a"), mail("b"))

    found = mailbox(wire).survey()

    assert found.waiting == 2
    assert set(found.folders) == {"INBOX", "another"}
    assert found.facts == ("移动邮件用 MOVE", "新邮件即时通知")
    wire.without = MARKS | {"IDLE"}
    assert mailbox(wire).survey().facts == (
        "移动邮件用 COPY，原处的只标为删除",
        "服务器不会通知，定时查看",
    )
    assert box.folders() == ["INBOX", "another"]
    assert len(box.mails(criteria="UNSEEN UNDELETED")) == 2


def test_whoever_listens_hears_at_once_that_a_mail_has_come(box: Box, wire: Wire) -> None:
    stop, heard = Event(), list[bool]()

    def listen() -> None:
        for come in mailbox(wire).arrivals(stop):
            heard.append(come)

    listener = Thread(target=listen)
    listener.start()
    until(lambda: wire.count(b"IDLE") == 1, "the wish to be told")
    assert heard == [True]  # whatever came before
    box.put(mail("a"))
    until(lambda: heard == [True, True], "the mail")
    until(lambda: wire.count(b"IDLE") == 2, "the wish to be told again")
    box.put(mail("b"))
    until(lambda: heard == [True, True, True], "the second mail")
    stop.set()
    listener.join(60)
    assert not listener.is_alive()


def test_what_is_said_before_the_server_is_ready_to_tell_is_heard(wire: Wire) -> None:
    def before(command: bytes) -> None:
        if command == b"IDLE":
            wire.say(b"* 7 EXISTS\r\n")

    wire.before = before
    heard = mailbox(wire).arrivals(Event())

    assert next(heard) is True
    wire.say(b"* 1 RECENT\r\n* 8 EXISTS\r\n")
    assert next(heard) is True
    heard.close()


def test_a_mail_that_comes_while_the_line_is_renewed_is_heard(
    box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.mailboxes.imap_idle.RENEWED", 0.1)
    heard = mailbox(wire).arrivals(Event())
    assert [next(heard) for _ in range(3)] == [True, False, False]
    box.put(mail("a"))  # nobody is told just now

    assert any(next(heard) for _ in range(3))
    heard.close()


def test_listening_is_renewed_before_a_silent_line_is_forgotten(
    box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.mailboxes.imap_idle.RENEWED", 0.1)
    heard = mailbox(wire).arrivals(Event())

    assert [next(heard) for _ in range(4)] == [True, False, False, False]
    box.put(mail("a"))
    assert any(next(heard) for _ in range(20))
    heard.close()


def test_a_server_that_cannot_tell_is_no_use_to_a_listener(wire: Wire) -> None:
    wire.without = {"IDLE"}
    with pytest.raises(NoIdle, match="不会主动通知：改为每隔 bounce_seconds 秒查看"):
        next(mailbox(wire).arrivals(Event()))


def test_a_listener_whose_line_is_cut_is_told(wire: Wire) -> None:
    heard = mailbox(wire).arrivals(Event())
    assert next(heard) is True
    cutter = Thread(target=lambda: (until(lambda: wire.count(b"IDLE"), "it"), wire.cut()))
    cutter.start()

    with pytest.raises(UnusableMailbox, match="断开了连接"):
        list(heard)
    cutter.join()

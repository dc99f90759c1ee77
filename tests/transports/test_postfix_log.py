"""What Postfix's log tells of our mails, line by line, and what it does not."""

import pytest
from postfix_lines import ISO, active, alive, begun, data, line, removed, sent, started, taken

from distribution.transports import Begun, read_block

OURS = {"<one@journal.test>": 1, "<two@journal.test>": 2}
ONE, TWO = OURS


def accepted(*blocks: bytes, begun_: Begun | None = None) -> dict[int, str]:
    """What all blocks together prove."""
    kept, found = begun_ or Begun(), dict[int, str]()
    for block in blocks:
        found |= read_block(block, kept, OURS.get).accepted
    return found


@pytest.mark.parametrize("queue_id", ["4XyZ1p2abcz9rT", "A1B2C3D4E5F"])
@pytest.mark.parametrize("proof", [active, sent])
def test_a_mail_is_taken_once_something_is_done_with_it(queue_id: str, proof: object) -> None:
    assert callable(proof)
    assert accepted(data(begun(queue_id, ONE), proof(queue_id))) == {1: queue_id}


def test_a_message_id_alone_proves_nothing() -> None:
    kept = Begun()
    assert accepted(data(begun("4XyZ1", ONE), alive()), begun_=kept) == {}
    assert list(kept.mails.values()) == [1]


def test_both_ways_to_write_the_time_are_read() -> None:
    block = data(begun("4XyZ1", ONE, at=ISO), active("4XyZ1", at=ISO))
    assert accepted(block) == {1: "4XyZ1"}


@pytest.mark.parametrize("name", ["postfix-out", "relay-2", "postfix/submission"])
def test_other_instances_and_services_are_read(name: str) -> None:
    lines = [
        line(f"{name}/cleanup", f"4XyZ1: message-id={ONE}"),
        line(f"{name}/qmgr", "4XyZ1: from=<a@journal.test>, size=1, nrcpt=1 (queue active)"),
    ]
    same = name != "postfix/submission"
    assert accepted(data(lines)) == ({1: "4XyZ1"})
    mixed = data(lines[0], active("4XyZ1"))
    assert accepted(mixed) == ({} if same else {1: "4XyZ1"})


def test_a_queue_id_of_another_host_is_another_mail() -> None:
    said = "4XyZ1: from=<a@journal.test>, size=1, nrcpt=1 (queue active)"
    assert accepted(data(begun("4XyZ1", ONE), line("qmgr", said, host="mx2"))) == {}


def test_pairs_stay_open_from_block_to_block() -> None:
    assert accepted(data(begun("4XyZ1", ONE)), data(alive()), data(active("4XyZ1"))) == {1: "4XyZ1"}


def test_a_queue_id_used_again_does_not_prove_the_mail_before() -> None:
    again = begun("A1B2C", "<foreign@example.com>") + active("A1B2C")
    assert accepted(data(begun("A1B2C", ONE), again)) == {}
    assert accepted(data(taken("A1B2C", ONE), taken("A1B2C", TWO))) == {1: "A1B2C", 2: "A1B2C"}


def test_the_later_line_of_an_earlier_mail_proves_nothing() -> None:
    assert accepted(data(active("A1B2C"), removed("A1B2C"), begun("A1B2C", ONE))) == {}


@pytest.mark.parametrize("what", ["lost connection", "timeout"])
def test_a_message_broken_off_is_closed(what: str) -> None:
    kept = Begun()
    broken = line("smtpd", f"{what} after DATA content (1024 bytes) from app.test[192.0.2.1]")
    assert accepted(data(begun("4XyZ1", ONE), broken, active("4XyZ1")), begun_=kept) == {}
    assert kept.mails == {}


@pytest.mark.parametrize(
    "said",
    [
        "lost connection after END-OF-MESSAGE from app.test[192.0.2.1]",
        "lost connection after MAIL from app.test[192.0.2.1]",
        "disconnect from app.test[192.0.2.1] ehlo=1 mail=2 rcpt=1 data=1 commands=5",
    ],
)
def test_what_comes_after_the_message_does_not_close_it(said: str) -> None:
    block = data(begun("4XyZ1", ONE), line("smtpd", said), active("4XyZ1"))
    assert accepted(block) == {1: "4XyZ1"}


def test_a_break_of_another_connection_closes_nothing() -> None:
    broken = line("smtpd", "lost connection after DATA from other.test[192.0.2.7]", process=12)
    block = data(begun("4XyZ1", ONE), begun("4XyZ2", TWO, process=12), broken)
    assert accepted(block, data(active("4XyZ1"), active("4XyZ2"))) == {1: "4XyZ1"}


def test_a_message_refused_at_its_end_is_closed() -> None:
    kept = Begun()
    said = "4XyZ1: milter-reject: END-OF-MESSAGE from app.test[192.0.2.1]: 5.7.1 no; from=<a@b>"
    accepted(data(begun("4XyZ1", ONE), line("cleanup", said)), begun_=kept)
    assert kept.mails == {}


def test_a_message_put_on_hold_stays_open() -> None:
    kept = Begun()
    said = "4XyZ1: hold: header Subject: x from app.test[192.0.2.1]; from=<a@b> to=<c@d>"
    assert accepted(data(begun("4XyZ1", ONE), line("cleanup", said)), begun_=kept) == {}
    assert list(kept.mails.values()) == [1]


def test_foreign_and_broken_lines_count_for_nothing() -> None:
    noise = (
        b"Dec  1 09:00:01 mx sshd[1]: Accepted publickey\n"
        b"Dec  1 09:00:01 mx dovecot/imap[1]: 4XyZ1: message-id=<one@journal.test>\n"
        b"\xff\xfe\x00 not a line \xc3\n"
        b"postfix/cleanup[1]: 4XyZ1: message-id=<one@journal.test>\n"
        b"\n"
    )
    kept = Begun()
    found = read_block(noise, kept, OURS.get)
    assert (found.lines, found.accepted, kept.mails) == (0, {}, {})
    block = noise + data(begun("4XyZ1", ONE)) + noise + data(active("4XyZ1"))
    assert accepted(block) == {1: "4XyZ1"}


def test_what_a_client_says_is_not_taken_for_postfix() -> None:
    trick = "x postfix/cleanup[1]: 4XyZ1: message-id=<one@journal.test>"
    said = f"NOQUEUE: reject: RCPT from bad.test[192.0.2.66]: 554 5.7.1; helo=<{trick}>"
    kept = Begun()
    accepted(data(line("smtpd", said)), begun_=kept)
    accepted(data(line("smtpd", "NOQUEUE: client=bad.test[192.0.2.66]")), begun_=kept)
    assert (kept.mails, kept.talks) == ({}, {})


def test_resent_ids_are_not_the_mails_own() -> None:
    resent = line("cleanup", f"4XyZ1: resent-message-id={ONE}")
    assert accepted(data(resent, active("4XyZ1"))) == {}


def test_a_line_without_its_end_does_not_count() -> None:
    whole = data(begun("4XyZ1", ONE), active("4XyZ1"))
    assert accepted(whole[:-1]) == {}


def test_a_start_of_postfix_is_told() -> None:
    assert read_block(data(started()), Begun(), OURS.get).restarted
    assert not read_block(data(taken("4XyZ1", ONE)), Begun(), OURS.get).restarted


def test_lines_of_postfix_and_mails_of_ours_are_counted() -> None:
    foreign = taken("4XyZ2", "<foreign@example.com>")
    found = read_block(data(taken("4XyZ1", ONE), foreign), Begun(), OURS.get)
    assert (found.lines, found.ours) == (10, 1)

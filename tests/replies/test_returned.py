"""Mails that come back: what each is, and whom it speaks of."""

import pytest
from returned_samples import (
    MESSAGE_ID,
    READER,
    RETURN_PATH,
    SAMPLES,
    complaint,
    personal,
    report,
)

from distribution.replies import ReturnedReport, read_returned
from distribution.words import Returned


@pytest.mark.parametrize(
    ("name", "status", "failed", "words"),
    [
        ("postfix", "5.1.1", True, f"550 5.1.1 <{READER}>: Recipient address rejected: User"),
        ("exim", "5.1.1", True, "host mail.fenhe.example [198.51.100.7] SMTP error from"),
        ("exchange", "5.1.10", True, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found"),
        ("netease", "5.1.1", True, "SMTP error, RCPT TO: 550 5.1.1 收件人不存在"),
        ("gmail", "4.2.2", False, "452-4.2.2 The email account that you tried to reach is"),
        ("qq", "5.0.0", True, "550 Mailbox unavailable or access denied"),
    ],
)
def test_a_bounce_says_whom_it_speaks_of_and_why(
    name: str, status: str, *, failed: bool, words: str
) -> None:
    read = read_returned(SAMPLES[name])

    kind = Returned.BOUNCE if failed else Returned.DELAYED
    assert (read.kind, read.status, read.failed) == (kind, status, failed)
    assert read.recipients == (READER,)
    assert read.diagnostic.startswith(words)
    assert read.addressed_to[0] == RETURN_PATH
    assert read.message_ids == (MESSAGE_ID,)


def test_a_bounce_in_words_only_is_known_by_its_code() -> None:
    read = read_returned(SAMPLES["qmail"])

    assert (read.kind, read.status, read.failed) == (Returned.BOUNCE, "5.1.1", True)
    assert read.message_ids == (MESSAGE_ID,)


def test_a_bounce_in_words_needs_no_code() -> None:
    read = read_returned(SAMPLES["qmail"].replace(b" (#5.1.1)", b""))

    assert (read.kind, read.status, read.dead) == (Returned.BOUNCE, "", True)
    assert read.recipients == (READER,)


def test_somebody_who_quotes_a_bounce_has_not_bounced() -> None:
    assert read_returned(personal(text="I got 550 5.1.1 User unknown")).kind is Returned.OTHER


def result(recipient: str, action: str, code: str) -> str:
    """A block of one recipient."""
    return f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {code}"


@pytest.mark.parametrize(
    ("action", "code", "kind", "failed"),
    [
        ("failed", "5.1.1", Returned.BOUNCE, True),
        ("Failed (for good)", "5.1.1", Returned.BOUNCE, True),
        ("failed", "4.4.7", Returned.BOUNCE, True),
        ("delayed", "4.4.1", Returned.DELAYED, False),
        ("error", "5.0.0", Returned.BOUNCE, True),
        ("", "4.2.2", Returned.BOUNCE, True),
        ("relayed", "2.1.9", Returned.DELIVERED, False),
        ("delivered", "2.0.0", Returned.DELIVERED, False),
        ("expanded", "5.0.0", Returned.DELIVERED, False),
    ],
)
def test_only_what_failed_is_a_bounce(
    action: str, code: str, kind: Returned, *, failed: bool
) -> None:
    read = read_returned(report("Reporting-MTA: dns; x", result(READER, action, code)))

    assert (read.kind, read.failed, read.status) == (kind, failed, code)


def test_of_several_recipients_those_of_the_gravest_status_are_named() -> None:
    read = read_returned(
        report(
            "Reporting-MTA: dns; mx.example",
            result("relayed@a.example", "relayed", "2.0.0"),
            result("later@a.example", "delayed", "4.2.2"),
            result("gone@a.example", "failed", "5.1.1"),
            result("gone@b.example", "failed", "5.1.1"),
        )
    )

    assert read.recipients == ("gone@a.example", "gone@b.example")
    assert (read.status, read.failed) == ("5.1.1", True)


@pytest.mark.parametrize("dead_first", [True, False])
def test_a_status_is_said_of_its_own_recipient_only(*, dead_first: bool) -> None:
    blocks = [
        result("ghost@a.example", "failed", "5.1.1"),
        result("alive@a.example", "failed", "5.7.1"),
    ]
    read = read_returned(report("Reporting-MTA: dns; x", *blocks[:: 1 if dead_first else -1]))

    assert (read.recipients, read.status) == (("ghost@a.example",), "5.1.1")


@pytest.mark.parametrize(
    ("field", "diagnostic", "status"),
    [
        ("5.0.0", "smtp; 550 5.1.1 unknown", "5.1.1"),
        ("5.1.1", "smtp; 550 5.0.0 unknown", "5.1.1"),
        ("5.2.1 (disabled)", "smtp; 550 said 5.1.1.7", "5.2.1"),
        ("", "smtp; 550 #5.7.1 no", "5.7.1"),
        ("5.", "", ""),
    ],
)
def test_the_more_telling_code_counts(field: str, diagnostic: str, status: str) -> None:
    block = (
        f"Final-Recipient: rfc822; {READER}\nAction: failed\n"
        f"Status: {field}\nDiagnostic-Code: {diagnostic}"
    )

    assert read_returned(report("", block)).status == status


@pytest.mark.parametrize(
    ("field", "recipients"),
    [
        ("rfc822;<a@b.example>", ("a@b.example",)),
        ("RFC822 ; a@b.example (A. B.)", ("a@b.example",)),
        ("rfc822;a+2Bc@b.example", ("a+2Bc@b.example", "a+c@b.example")),
        ("rfc822;wei+2026@b.example", ("wei+2026@b.example",)),
        ("utf-8; 魏静@汾河.example", ("魏静@汾河.example",)),
        (r"utf-8; \x{9B4F}@b.example", (r"\x{9B4F}@b.example", "魏@b.example")),
        ("x400; /C=CN/S=Wei", ()),
        ("rfc822;a@b.example\n ", ("a@b.example",)),
        ("rfc822;@b.example", ()),
        ("rfc822;a@.", ()),
        ("a@b.example, c@d.example", ("a@b.example", "c@d.example")),
    ],
)
def test_recipients_are_read_as_written_and_as_meant(
    field: str, recipients: tuple[str, ...]
) -> None:
    read = read_returned(report("", f"Final-Recipient: {field}\nAction: failed\nStatus: 5.1.1"))

    assert read.recipients == recipients


def test_the_parts_for_addresses_in_any_script_are_read_too() -> None:
    mail = report("", result("魏@b.example", "failed", "5.1.1"))
    mail = mail.replace(b"message/delivery-status", b"message/global-delivery-status")
    mail = mail.replace(b"text/rfc822-headers", b"message/global-headers")

    read = read_returned(mail)

    assert (read.kind, read.recipients) == (Returned.BOUNCE, ("魏@b.example",))
    assert read.message_ids == (MESSAGE_ID,)


@pytest.mark.parametrize("kind", ["abuse", "fraud", "other", "opt-out", "Abuse"])
def test_a_complaint_names_its_reader(kind: str) -> None:
    read = read_returned(complaint(kind))

    assert (read.kind, read.recipients, read.failed) == (Returned.COMPLAINT, (READER,), False)
    assert read.message_ids == (MESSAGE_ID,)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_praise_and_reports_on_signatures_are_no_complaints(kind: str) -> None:
    assert read_returned(complaint(kind)).kind is Returned.OTHER


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-generated (vacation)\n",
        "X-Autoreply: yes\n",
        "X-QQ-AUTO-REPLY: 1\n",
        "X-QQ-HolidayReply: 1\n",
        "Precedence: auto_reply\n",
    ],
)
def test_an_automatic_reply_is_known_by_its_header(headers: str) -> None:
    read = read_returned(personal("unsubscribe", headers=headers))

    assert (read.kind, read.message_ids[0]) == (Returned.AUTO_REPLY, MESSAGE_ID)


@pytest.mark.parametrize(
    "subject",
    [
        "自动回复:十一月",
        "=?gb18030?B?19S2r7vYuLQ6?= x",
        "Auto-Reply: x",
        "Out of Office",
        "AUTOMATIC REPLY: x",
    ],
)
def test_an_automatic_reply_is_known_by_its_subject(subject: str) -> None:
    assert read_returned(personal(subject)).kind is Returned.AUTO_REPLY


def test_an_automatic_reply_of_qq_is_known_by_its_return_path() -> None:
    mail = personal().replace(f"<{READER}>".encode(), b"<12345+auto_=@mail.example>", 1)

    assert read_returned(mail).kind is Returned.AUTO_REPLY


def test_what_a_person_submitted_is_no_automatic_reply() -> None:
    assert read_returned(personal(headers="Auto-Submitted: no\n")).kind is Returned.OTHER


@pytest.mark.parametrize(
    "subject",
    [
        "unsubscribe",
        "UNSUBSCRIBE",
        " 退订 。",
        "“退订”",
        "=?utf-8?B?6YCA6K6i?=",
        "unsubscribe!",
        "退订",
    ],
)
def test_one_word_is_enough_to_leave(subject: str) -> None:
    read = read_returned(personal(subject))

    assert (read.kind, read.addressed_to) == (
        Returned.LEAVE,
        (RETURN_PATH, "digest@sanjin.example"),
    )


@pytest.mark.parametrize(
    "subject",
    ["Re: unsubscribe", "不要退订", "how to unsubscribe", "退订?还是不退订?", "", "subscribe"],
)
def test_more_than_the_word_is_for_a_person_to_read(subject: str) -> None:
    assert read_returned(personal(subject)).kind is Returned.OTHER


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        (f"Return-Path: <{READER}>", "Return-Path: <>"),
        (f"<{READER}>\nTo:", "<MAILER-DAEMON@fenhe.example>\nTo:"),
    ],
)
def test_mail_systems_do_not_leave(given: str, instead: str) -> None:
    mail = personal("unsubscribe").replace(given.encode(), instead.encode())

    assert read_returned(mail).kind is Returned.OTHER


def test_a_diagnostic_loses_its_type_and_nothing_else() -> None:
    for field, words in (
        ("smtp; 550 no; never", "550 no; never"),
        ("550 no such user; gone", "550 no such user; gone"),
        ("", ""),
    ):
        block = result(READER, "failed", "5.1.1") + f"\nDiagnostic-Code: {field}"
        assert read_returned(report("", block)).diagnostic == words


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"hello\nyou", b"note: buy milk\n\nnow", bytes(99)])
def test_what_has_no_header_of_a_mail_is_unreadable(raw: bytes) -> None:
    assert read_returned(raw) == ReturnedReport(Returned.UNREADABLE)


def test_the_line_of_an_mbox_and_empty_lines_stand_before_a_mail() -> None:
    plain = read_returned(SAMPLES["postfix"])

    for before in (b"\n\r\n", b"From MAILER-DAEMON Tue Dec  1 09:00:00 2026\n"):
        assert read_returned(before + SAMPLES["postfix"]) == plain


def test_every_address_it_was_delivered_to_is_given_once_the_most_reliable_first() -> None:
    headers = "".join(
        f"{name}\n"
        for name in (
            "To: Team <team@a.example>, late@a.example",
            "CC: copy@a.example",
            "X-Envelope-To: third@a.example",
            "X-Original-To: second@a.example",
            "Delivered-To: first@a.example",
            "Delivered-To: again@a.example",
            "Envelope-To: second@a.example",
        )
    )

    read = read_returned(f"{headers}Subject: x\n\n".encode())

    assert [address.partition("@")[0] for address in read.addressed_to] == [
        "first", "again", "second", "third", "team", "late", "copy",
    ]  # fmt: skip


@pytest.mark.parametrize("cut", ["\nSubject", "@mail.sanjin.example>\nSubject", ">\nSubject"])
def test_the_message_id_is_found_where_the_returned_part_breaks_off(cut: str) -> None:
    mail = SAMPLES["postfix"]
    end = mail.index(cut.encode(), mail.index(MESSAGE_ID.encode()))

    read = read_returned(mail[:end])

    assert len(read.message_ids) == 1
    assert MESSAGE_ID.startswith(read.message_ids[0])


def test_a_boundary_that_was_not_announced_is_recognised() -> None:
    mail = SAMPLES["postfix"].replace(b'boundary="=_one"', b'boundary="another"')

    assert read_returned(mail) == read_returned(SAMPLES["postfix"])


def test_nothing_comes_out_that_a_database_or_terminal_would_refuse() -> None:
    mail = SAMPLES["postfix"].replace(b"rejected:", b"\x00\x1b[31m \xe2\x80\xae" + b"x" * 900)

    read = read_returned(mail.replace(b"<aeaqca", b"<ae\x00aqca"))

    assert len(read.diagnostic) == 500
    assert read.diagnostic.isprintable()
    assert read.message_ids == ()

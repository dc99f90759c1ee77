"""Mails of many systems: what each is, whom it speaks of, what it means, who is dead."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import systems
from systems import (
    READER,
    SENDER,
    complaint,
    coremail,
    gmail,
    mail,
    parts,
    personal,
    ses,
    status,
)  # fmt: skip

from distribution.replies import read_returned
from distribution.words import Meaning, Returned

UNKNOWN = "550 5.1.1 User unknown"
BOUNCES = tomllib.loads(Path(__file__).with_name("bounces.toml").read_text("utf-8"))["bounce"]


@pytest.mark.parametrize("case", BOUNCES, ids=[case["name"] for case in BOUNCES])
def test_a_bounce_is_understood(case: dict[str, Any]) -> None:
    given = [words.replace("{reader}", READER) for words in case["given"]]

    report = read_returned(getattr(systems, case["system"])(*given))

    assert report.kind is Returned.BOUNCE
    (result,) = report.results
    assert READER in result.recipients
    assert (result.judgement.meaning, result.dead) == (Meaning(case["means"]), case["dead"])
    assert (report.meaning, report.dead) == (result.judgement.meaning, case["dead"])
    assert READER in report.recipients


WARNING = f"""\
THIS IS A WARNING MESSAGE ONLY
YOU DO NOT NEED TO RESEND YOUR MESSAGE

   ----- Delayed -----
<{READER}>
"""
COMPLAINED = f'"complaint":{{"complainedRecipients":[{{"emailAddress":"{READER}"}}]}}'
OTHERS = {
    "delayed, Gmail": (
        gmail("Delivery has been delayed.", "421 4.4.2 timed out", "4.4.2", "delayed"),
        Returned.DELAYED,
    ),
    "delayed, in words": (
        mail("MAILER-DAEMON@mx.example", "Warning: could not send message", WARNING),
        Returned.DELAYED,
    ),
    "delivered": (gmail("x", "", "2.0.0", "delivered"), Returned.DELIVERED),
    "relayed": (gmail("x", "", "2.0.0", "relayed"), Returned.DELIVERED),
    "delivered, SES": (
        ses("Delivery", f'"delivery":{{"recipients":["{READER}"]}}'),
        Returned.DELIVERED,
    ),
    "complaint": (
        complaint(["Feedback-Type: abuse", f"Original-Rcpt-To: {READER}"]),
        Returned.COMPLAINT,
    ),
    "complaint, SES": (ses("Complaint", COMPLAINED), Returned.COMPLAINT),
    "complaint, Outlook.com": (
        parts(
            "staff@mailbox.example",
            "complaint about message from 192.0.2.10",
            ("text/plain", "x"),
            ("message/rfc822", f"X-HmXmrOriginalRecipient: {READER}\nFrom: {SENDER}\n"),
            kind="mixed",
        ),
        Returned.COMPLAINT,
    ),
    "not spam": (complaint(["Feedback-Type: not-spam"]), Returned.OTHER),
    "away, RFC 3834": (
        personal("Away until May", "Back soon.", "Auto-Submitted: auto-replied\n"),
        Returned.AUTO_REPLY,
    ),
    "away, Exchange": (
        mail(READER, "Automatic reply: November", "I am out."),
        Returned.AUTO_REPLY,
    ),
    "away, German": (
        mail(READER, "Abwesenheitsnotiz: November", "Ich bin nicht da."),
        Returned.AUTO_REPLY,
    ),
    "away, QQ": (
        personal("自动回复:十一月", "您的邮件我已收到", "X-QQ-HolidayReply: 1\n"),
        Returned.AUTO_REPLY,
    ),
    "gone": (
        personal("自动回复", f"{READER} 已离职，550 5.1.1", "Auto-Submitted: auto-replied\n"),
        Returned.AUTO_REPLY,
    ),
    "challenge": (
        personal("Please confirm your message", "Click here to have your message delivered."),
        Returned.CHALLENGE,
    ),
    "challenge, Chinese": (
        personal("请确认", "请点击验证后，您的邮件才能送达。"),
        Returned.CHALLENGE,
    ),
    "letter": (personal("Re: November", "谢谢，这一期很好。"), Returned.OTHER),
    "letter about a bounce": (
        personal(
            "Re: Undelivered Mail Returned to Sender",
            f"I got this: <{READER}>: 550 5.1.1 User unknown",
            "In-Reply-To: <x@y.example>\n",
        ),
        Returned.OTHER,
    ),
    "leaving": (personal("退订", "请验证后才能发送"), Returned.LEAVE),
    "news of a mail system": (
        mail("Postmaster <postmaster@fenhe.example>", "Welcome", "Your mailbox is ready."),
        Returned.OTHER,
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_bounce_kills_nobody(name: str) -> None:
    raw, kind = OTHERS[name]

    report = read_returned(raw)

    assert report.kind is kind
    assert not report.dead
    assert not any(result.dead for result in report.results)


def test_a_complaint_names_its_reader_however_it_is_written() -> None:
    for name in ("complaint", "complaint, SES", "complaint, Outlook.com"):
        assert read_returned(OTHERS[name][0]).recipients == (READER,), name


def test_each_recipient_of_a_report_has_a_result_of_his_own() -> None:
    other = "li.si@fenhe.example"
    second = f"Final-Recipient: rfc822; {other}\nAction: failed\nStatus: 5.2.2\n"
    both = f"{status(UNKNOWN, '5.1.1')}\n{second}"
    report = read_returned(
        parts("MAILER-DAEMON@mx.example", "Undelivered", ("message/delivery-status", both))
    )

    found = {one.recipients[0]: (one.judgement.meaning, one.dead) for one in report.results}
    assert found == {READER: (Meaning.BAD_ADDRESS, True), other: (Meaning.MAILBOX_FULL, False)}
    assert report.recipients == (READER,)


def test_words_about_one_recipient_are_not_told_of_another() -> None:
    other = "li.si@fenhe.example"
    both = (
        f"{status('', '5.0.0')}\nFinal-Recipient: rfc822; {other}\nAction: failed\nStatus: 5.0.0\n"
    )
    words = f"<{READER}>: User unknown\n\n<{other}>: it did not work\n"
    report = read_returned(
        parts(
            "MAILER-DAEMON@mx.example",
            "Undelivered",
            ("text/plain", words),
            ("message/delivery-status", both),
        )
    )

    assert [one.recipients[0] for one in report.results if one.dead] == [READER]


def test_what_a_system_says_in_gb2312_is_read_as_gb18030() -> None:
    raw = coremail("550 用户不存在").replace(
        b"\xb2\xbb\xb4\xe6\xd4\xda", "镕不存在".encode("gb18030")
    )

    assert read_returned(raw).meaning is Meaning.BAD_ADDRESS

"""Mails as they come back, in the manner of several mail systems; all of them made up."""

from base64 import b64encode

READER = "wei.jing@fenhe.example"
RETURN_PATH = "b-aeaqcaibaeaq@mail.sanjin.example"
MESSAGE_ID = "<aeaqcaibaeaq@mail.sanjin.example>"

RETURNED = f"""\
Return-Path: <{RETURN_PATH}>
Received: from out.sanjin.example (out.sanjin.example [192.0.2.10])
From: digest@sanjin.example
To: {READER}
Message-ID: {MESSAGE_ID}
Subject: November
"""


def _mail(text: str) -> bytes:
    return text.encode()


def report(
    *recipients: str,
    headers: str = "",
    returned: str = RETURNED,
    kind: str = "message/delivery-status",
    words: str = "It did not work.",
) -> bytes:
    """A report of RFC 3462: words for people, a block for each recipient, the returned header."""
    blocks = "\n\n".join(recipients)
    return _mail(f"""\
Return-Path: <>
Delivered-To: {RETURN_PATH}
From: Mail Delivery System <MAILER-DAEMON@mx.fenhe.example>
To: {RETURN_PATH}
Subject: Undelivered Mail Returned to Sender
{headers}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="=_one"

For those without MIME.

--=_one
Content-Type: text/plain; charset=utf-8

{words}

--=_one
Content-Type: {kind}

{blocks}

--=_one
Content-Type: text/rfc822-headers

{returned}
--=_one--
""")


def postfix() -> bytes:
    """An unknown mailbox; the message names itself automatic, as Postfix's do."""
    return report(
        "Reporting-MTA: dns; mx.fenhe.example\nX-Postfix-Queue-ID: 4Zq1",
        f"""\
Final-Recipient: rfc822; {READER}
Original-Recipient: rfc822;{READER}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.fenhe.example
Diagnostic-Code: smtp; 550 5.1.1 <{READER}>: Recipient address
    rejected: User unknown in local recipient table""",
        headers="Auto-Submitted: auto-replied\n",
    )


def exim() -> bytes:
    """In words, with the returned mail copied below; the address stands in a header field."""
    return _mail(f"""\
Return-Path: <>
Envelope-To: {RETURN_PATH}
X-Failed-Recipients: {READER}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.fenhe.example>
To: {RETURN_PATH}
Subject: Mail delivery failed: returning message to sender

A message that you sent could not be delivered to all of its recipients.

  {READER}
    host mail.fenhe.example [198.51.100.7]
    SMTP error from remote mail server after RCPT TO:<{READER}>:
    550 5.1.1 No such
    mailbox here

------ This is a copy of the message, including all the headers. ------

{RETURNED}X-Mailer: Sender 550 5.7.1
""")


def exchange() -> bytes:
    """German words, Windows line ends, quoted-printable HTML beside the text."""
    return (
        report(
            "Reporting-MTA: dns;MAIL01.fenhe.example",
            f"""\
Original-recipient: rfc822;{READER}
Final-recipient: rfc822;{READER}
Action: failed
Status: 5.1.10
Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found
X-Display-Name: Wei Jing""",
            words="Unzustellbar: Empfänger unbekannt.",
        )
        .replace(b"\n", b"\r\n")
        .replace(b"Final-recipient", b"FINAL-RECIPIENT")
    )


def netease() -> bytes:
    """163: the Status field says less than the diagnostic; its words are GBK."""
    mail = report(
        "Reporting-MTA: dns; mail-m12.netease.example",
        f"""\
Final-Recipient: rfc822; {READER}
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; SMTP error, RCPT TO: 550 5.1.1 收件人不存在""",
    )
    return mail.decode().encode("gbk")


def gmail() -> bytes:
    """A full mailbox, tried for a while: delayed, and a code of several lines."""
    return report(
        "Reporting-MTA: dns; mail.google.example",
        f"""\
Final-Recipient: rfc822; {READER}
Action: delayed
Status: 4.2.2
Diagnostic-Code: smtp; 452-4.2.2 The email account that you tried to reach is over quota.
 452 4.2.2 Please direct the recipient to their storage.
Will-Retry-Until: Wed, 02 Dec 2026 09:00:00 +0800""",
    )


def qq() -> bytes:
    """Base64 throughout, and 550 for what passes."""
    status = f"""\
Reporting-MTA: dns; newxmmxszc.qq.example

Final-Recipient: rfc822;{READER}
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 550 Mailbox unavailable or access denied
"""
    mail = report("STATUS").decode()
    coded = b64encode(status.encode()).decode()
    return _mail(
        mail.replace(
            "Content-Type: message/delivery-status\n\nSTATUS",
            "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n" + coded,
        )
    )


def complaint(kind: str = "abuse", recipient: str = READER) -> bytes:
    """Abuse feedback of RFC 5965."""
    mail = report(
        f"""\
Feedback-Type: {kind}
User-Agent: Feedback/1.0
Version: 1
Original-Mail-From: <{RETURN_PATH}>
Original-Rcpt-To: <{recipient}>""",
        kind="message/feedback-report",
    )
    return mail.replace(b"report-type=delivery-status", b"report-type=feedback-report")


def qmail() -> bytes:
    """Words only, and a code in brackets."""
    return _mail(f"""\
Return-Path: <>
Delivered-To: {RETURN_PATH}
From: MAILER-DAEMON@mx.fenhe.example
To: {RETURN_PATH}
Subject: failure notice

Hi. This is the qmail-send program at mx.fenhe.example.

<{READER}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{RETURNED}""")


def personal(subject: str = "Re: November", headers: str = "", text: str = "谢谢!") -> bytes:
    """A mail somebody wrote."""
    return _mail(f"""\
Return-Path: <{READER}>
Delivered-To: {RETURN_PATH}
From: 魏静 <{READER}>
To: "编辑部" <digest@sanjin.example>
Subject: {subject}
In-Reply-To: {MESSAGE_ID}
References: <other@sanjin.example> {MESSAGE_ID}
{headers}Content-Type: text/plain; charset=utf-8

{text}
""")


SAMPLES = {
    "postfix": postfix(),
    "exim": exim(),
    "exchange": exchange(),
    "netease": netease(),
    "gmail": gmail(),
    "qq": qq(),
    "complaint": complaint(),
    "qmail": qmail(),
    "personal": personal(),
}

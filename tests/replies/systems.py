"""Mails in the manner of many systems: functions that write one, each for any reader and reply.

All of it is made up: reserved domains, documentation addresses, no real persons.
"""

from base64 import b64encode
from collections.abc import Sequence

READER = "wei.jing@fenhe.example"
SENDER = "digest@sanjin.example"
_RETURNED = f"""\
Received: from out.sanjin.example (out.sanjin.example [192.0.2.10])
From: 三晋机械 <{SENDER}>
To: {READER}
Message-ID: <aeaqcaibaeaq@mail.sanjin.example>
Subject: November
"""


def mail(sender: str, subject: str, body: str, head: str = "Return-Path: <>\n") -> bytes:
    """A mail of one part."""
    return f"{head}From: {sender}\nTo: {SENDER}\nSubject: {subject}\n\n{body}".encode()


def parts(sender: str, subject: str, *pieces: tuple[str, str], kind: str = "report") -> bytes:
    """A mail of several parts; a piece is a content type and its text."""
    told = "".join(f"--=_x\nContent-Type: {type_}\n\n{text}\n" for type_, text in pieces)
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: {SENDER}\nSubject: {subject}\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="=_x"\n\n{told}--=_x--\n'
    ).encode()


def status(reply: str, code: str, reader: str = READER, action: str = "failed") -> str:
    """A delivery status of RFC 3464."""
    said = f"Diagnostic-Code: smtp; {reply}\n" if reply else ""
    return (
        f"Reporting-MTA: dns; mx.sanjin.example\n\nFinal-Recipient: rfc822; {reader}\n"
        f"Action: {action}\nStatus: {code}\n{said}"
    )


def postfix(reply: str, code: str, command: str = "RCPT TO", reader: str = READER) -> bytes:
    words = (
        "This is the mail system at host mx.sanjin.example.\n\nI'm sorry to have to inform you"
        f" that your message could not\nbe delivered.\n\n<{reader}>: host mx.fenhe.example"
        f"[192.0.2.25] said:\n    {reply} (in reply to\n    {command} command)\n"
    )
    return parts(
        "MAILER-DAEMON@mx.sanjin.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        ("text/plain", words),
        ("message/delivery-status", status(reply, code, reader)),
        ("message/rfc822", _RETURNED),
    )


def old_postfix(words: str) -> bytes:
    """Of 2002, without a delivery status."""
    return parts(
        "MAILER-DAEMON@mx.sanjin.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        ("text/plain", f"This is the Postfix program at host mx.example.\n\n<{READER}>: {words}\n"),
        ("message/rfc822", _RETURNED),
        kind="mixed",
    )


def exim(words: str, reader: str = READER) -> bytes:
    return mail(
        "Mail Delivery System <Mailer-Daemon@mx.sanjin.example>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you"
        " sent could not be delivered to one or more of its\nrecipients. This is a permanent error."
        f" The following address(es) failed:\n\n  {reader}\n    {words}\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{_RETURNED}",
        f"Return-Path: <>\nX-Failed-Recipients: {reader}\nAuto-Submitted: auto-replied\n",
    )


def qmail(words: str, reader: str = READER) -> bytes:
    return mail(
        "MAILER-DAEMON@mx.sanjin.example",
        "failure notice",
        "Hi. This is the qmail-send program at mx.sanjin.example.\nI'm afraid I wasn't able to"
        " deliver your message to the following addresses.\nThis is a permanent error; I've given"
        f" up. Sorry it didn't work out.\n\n<{reader}>:\n{words}\n\n"
        f"--- Below this line is a copy of the message.\n\nReturn-Path: <{SENDER}>\n{_RETURNED}",
    )


def sendmail(transcript: str, reply: str, code: str) -> bytes:
    words = (
        "The original message was received at Tue, 1 Dec 2026 09:00:00 +0800\n\n"
        f"   ----- The following addresses had permanent fatal errors -----\n<{READER}>\n"
        f"    (reason: {reply})\n\n   ----- Transcript of session follows -----\n"
        f"... while talking to mx.fenhe.example.:\n{transcript}\n"
    )
    return parts(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.sanjin.example>",
        "Returned mail: see transcript for details",
        ("text/plain", words),
        ("message/delivery-status", status(reply, code)),
        ("text/rfc822-headers", _RETURNED),
    )


def exchange(words: str, reply: str, code: str, subject: str = "Undeliverable: November") -> bytes:
    """2007 and later, and Microsoft 365: words in the language of the reader's system, as HTML."""
    page = (
        f"<html><head><style>p {{}}</style></head><body><p>{words}</p><p>{READER}</p></body></html>"
    )
    return parts(
        "Microsoft Outlook <postmaster@fenhe.example>",
        subject,
        ("text/html; charset=utf-8", page),
        ("message/delivery-status", status(reply, code)),
        ("message/rfc822", _RETURNED),
    )


def old_exchange(reason: str) -> bytes:
    """Exchange 5.5."""
    words = (
        f"Your message\n\n  To:      {READER}\n  Subject: November\n\n"
        "did not reach the following recipient(s):\n\n"
        f"{READER} on Tue, 1 Dec 2026 09:00:00 +0800\n    {reason}\n"
    )
    return parts(
        "System Administrator <postmaster@fenhe.example>",
        "Undeliverable: November",
        ("text/plain", words),
        ("message/rfc822", _RETURNED),
        kind="mixed",
    )


def domino(reason: str) -> bytes:
    return mail(
        "Postmaster@fenhe.example",
        f"DELIVERY FAILURE: {reason}",
        "Your message\n\n  Subject: November\n\nwas not delivered to:\n\n"
        f"  {READER}\n\nbecause:\n\n  {reason}\n",
    )


def gmail(words: str, reply: str, code: str, action: str = "failed") -> bytes:
    return parts(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification",
        ("text/plain; charset=utf-8", words),
        ("message/delivery-status", status(reply, code, action=action)),
        ("message/rfc822", _RETURNED),
    )


def yahoo(words: str) -> bytes:
    return mail(
        "MAILER-DAEMON@yahoo.example",
        "Failure Notice",
        f"Sorry, we were unable to deliver your message to the following address.\n\n<{READER}>:\n"
        f"{words}\n\n--- Below this line is a copy of the message.\n\n{_RETURNED}",
    )


def qq(reason: str) -> bytes:
    """QQ's own bounce: a page in GB 18030, base64, without a delivery status."""
    page = (
        "<html><body><p>抱歉，您的邮件被退回来了……</p><p>无法发送到 "
        f"{READER}</p><p>退信原因：{reason}</p><p>解决方案：请联系对方。</p></body></html>"
    )
    head = (
        "Return-Path: <>\nFrom: =?gb2312?B?UVHTys/k?= <PostMaster@qq.com>\n"
        f"To: {SENDER}\nSubject: =?utf-8?B?{b64encode('来自qq.com的退信'.encode()).decode()}?=\n"
        'Content-Type: text/html; charset="gb18030"\nContent-Transfer-Encoding: base64\n\n'
    )
    return head.encode() + b64encode(page.encode("gb18030"))


def coremail(reply: str) -> bytes:
    """163: Status 5.0.0 whatever the reply; GBK that names itself gb2312."""
    words = (
        f"抱歉，您的邮件被退回来了……\n收件人 {READER}\n"
        f"退信原因：\n  英文说明:SMTP error, RCPT TO: {reply}\n"
    )
    made = parts(
        "Postmaster@163.example",
        "=?gb2312?B?z7XNs83L0MU=?=",
        ("text/plain; charset=gb2312", "@WORDS@"),
        ("message/delivery-status", status(f"SMTP error, RCPT TO: {reply}", "5.0.0")),
    )
    return made.replace(b"@WORDS@", words.encode("gbk"))


def hermes(reason: str) -> bytes:
    """21cn: the address stands in a page of GBK only."""
    page = (
        "<html><head><title>系统退信</title></head><body><table>"
        f"<tr><td>无法发送到（Unable to send）：<strong>&lt; {READER} &gt;</strong></td></tr>"
        f"<tr><td>退信原因</td><td>{reason}</td></tr></table></body></html>"
    )
    made = parts(
        "Postmaster@21cn.example", "=?gb2312?B?z7XNs83L0MU=?=", ("text/html; charset=gbk", "@PAGE@")
    )
    return made.replace(b"@PAGE@", page.encode("gbk"))


def ses(kind: str, document: str) -> bytes:
    """A notification of Amazon SES, mailed by SNS."""
    text = (
        f'{{"notificationType":"{kind}",{document},"mail":{{"source":"{SENDER}"}}}}\n\n--\nBye.\n'
    )
    return mail("no-reply@sns.cloud.example", "AWS Notification Message", text, "")


def ses_bounce(code: str, reply: str) -> bytes:
    one = (
        f'{{"emailAddress":"{READER}","action":"failed","status":"{code}",'
        f'"diagnosticCode":"smtp; {reply}"}}'
    )
    return ses("Bounce", f'"bounce":{{"bounceType":"Permanent","bouncedRecipients":[{one}]}}')


def unnamed(reply: str, code: str) -> bytes:
    """A delivery status beside words that tell nothing."""
    return parts(
        "MAILER-DAEMON@mx.sanjin.example",
        "Undelivered Mail Returned to Sender",
        ("text/plain", "It did not work."),
        ("message/delivery-status", status(reply, code)),
    )


def postmaster(subject: str, words: str) -> bytes:
    """Words only: IMail, MDaemon and many more."""
    return mail('"Postmaster" <postmaster@fenhe.example>', subject, words)


def courier(reason: str) -> bytes:
    return parts(
        '"Courier mail server" <@>',
        "NOTICE: mail delivery status.",
        ("text/plain", f"UNDELIVERABLE MAIL\n\n<{READER}>:\n     {reason}\n"),
        ("message/delivery-status", status("", "5.0.0")),
    )


def complaint(fields: Sequence[str]) -> bytes:
    """RFC 5965."""
    return parts(
        "feedback@mailbox.example",
        "Email Feedback Report",
        ("text/plain", "This is an email abuse report."),
        ("message/feedback-report", "\n".join(fields)),
        ("message/rfc822", _RETURNED),
    )


def personal(subject: str, text: str, head: str = "") -> bytes:
    """What a person or his machine writes."""
    return mail(f"魏静 <{READER}>", subject, text, f"Return-Path: <{READER}>\n{head}")

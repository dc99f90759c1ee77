"""Reads events of Aliyun DirectMail (阿里云邮件推送), as EventBridge pushes them.

Source: help.aliyun.com/zh/eventbridge/user-guide/events-of-the-direct-mail-type, for the types of
events, and for the fields of a failed delivery: `rcpt`, `err_code`, `err_msg`, `failed_type`,
`msg_id`, and `header` with what the mail bore as X-Notify-Message-ID. The fields of feedback,
`block_email` and `message_id`, were seen in programmes of others only; so was what failed_type may
be, apart from its example SmtpNxBox: a box that does not exist.

What is judged are the words of the receiving system in `err_msg`; Aliyun's own class is asked only
where they hold no code. DirectMail forbids a foreign envelope sender, so no return path leads back
to the mail: our Message-ID does, where it was kept or borne as X-Notify-Message-ID too.
"""

from typing import Any

from distribution.replies.codes import reply_code
from distribution.replies.json_fields import object_in, text_in
from distribution.replies.told import Notification, Told, addresses, one_line
from distribution.words import Returned

_KINDS = {
    "dm:Deliver:Fail": Returned.BOUNCE,
    "dm:Deliver:Succeed": Returned.DELIVERED,
    "dm:Feedback:FblReport": Returned.COMPLAINT,
    "dm:Feedback:UnSubscribe": Returned.LEAVE,
}
_RECIPIENT = ("rcpt", "block_email", "email")
_IDS = ("msg_id", "message_id")
_NOTIFY_ID = "X-Notify-Message-ID"
_STATUS_OF = {"SmtpNxBox": "5.1.1"}
_LONGEST_ID = 300


def notification_of(event: dict[str, Any]) -> Notification | None:
    """What an event tells; None where it is of no kind that matters here."""
    kind = _KINDS.get(text_in(event, "type", 60))
    if kind is None:
        return None
    data = object_in(event, "data")
    whom = tuple(addresses(" ".join(text_in(data, name, 1000) for name in _RECIPIENT)))[:1]
    told = Told(whom, "failed", _STATUS_OF.get(text_in(data, "failed_type", 60), ""), _words(data))
    if kind is Returned.DELIVERED:
        told = Told(whom, "delivered")
    return Notification(kind, (told,), message_ids=_message_ids(data))


def _words(data: dict[str, Any]) -> str:
    """The receiving system's words, with its code before them where they do not hold it."""
    words = one_line(text_in(data, "err_msg", 4000), 2000)
    code = reply_code(text_in(data, "err_code", 60))
    return f"{code} {words}".strip() if code not in words else words


def _message_ids(data: dict[str, Any]) -> tuple[str, ...]:
    given = [text_in(object_in(data, "header"), _NOTIFY_ID, _LONGEST_ID)]
    given += [text_in(data, name, _LONGEST_ID) for name in _IDS]
    return tuple(dict.fromkeys(one.strip() for one in given if one.strip() and one.isprintable()))

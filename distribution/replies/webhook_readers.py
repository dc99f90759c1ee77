"""Reads what providers post: judged by the same rules as the mails that come back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from distribution.replies import aliyun_notice, ses
from distribution.replies.json_fields import document_of
from distribution.replies.returned import ReturnedReport, notified
from distribution.replies.rules import Rule
from distribution.replies.told import Notification
from distribution.words import Returned


def read_ses(raw: bytes, *, own: Sequence[Rule] = ()) -> ReturnedReport:
    """Read a notification of Amazon SES; whatever it is, nothing is raised.

    `own` are an admin's rules.
    """
    return _read(raw, ses.notification_of, own)


def read_aliyun(raw: bytes, *, own: Sequence[Rule] = ()) -> ReturnedReport:
    """As `read_ses`, an event of Aliyun DirectMail."""
    return _read(raw, aliyun_notice.notification_of, own)


def _read(
    raw: bytes,
    notification_of: Callable[[dict[str, Any]], Notification | None],
    own: Sequence[Rule],
) -> ReturnedReport:
    document = document_of(raw)
    found = notification_of(document) if document is not None else None
    return ReturnedReport(Returned.UNREADABLE) if found is None else notified(found, own)


NOTICE_READERS: Mapping[str, Callable[..., ReturnedReport]] = {
    "sns": read_ses,
    "aliyun": read_aliyun,
}
"""By source, see `webhooks.PROVIDERS`."""

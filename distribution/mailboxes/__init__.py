"""Mailboxes: where mails that came back wait to be fetched."""

from distribution.mailboxes.configured import configured, imap_of
from distribution.mailboxes.files import MOST_BYTES, mail_of_pipe, mails_of
from distribution.mailboxes.imap import Imap
from distribution.mailboxes.imap_troubles import LoginRefused, NoIdle
from distribution.mailboxes.mailbox import (
    CannotFile,
    Filing,
    Mailbox,
    Survey,
    UnusableMailbox,
    WaitingMail,
)
from distribution.mailboxes.maildir import Maildir

__all__ = [
    "MOST_BYTES",
    "CannotFile",
    "Filing",
    "Imap",
    "LoginRefused",
    "Mailbox",
    "Maildir",
    "NoIdle",
    "Survey",
    "UnusableMailbox",
    "WaitingMail",
    "configured",
    "imap_of",
    "mail_of_pipe",
    "mails_of",
]

"""Mailboxes: where mails that came back wait to be fetched."""

from distribution.mailboxes.files import MOST_BYTES, mails_of
from distribution.mailboxes.mailbox import Mailbox, UnusableMailbox, WaitingMail
from distribution.mailboxes.maildir import Maildir

__all__ = ["MOST_BYTES", "Mailbox", "Maildir", "UnusableMailbox", "WaitingMail", "mails_of"]

"""The mailboxes that the settings name."""

from functools import cache

from distribution.config import Settings
from distribution.mailboxes.imap import Imap
from distribution.mailboxes.mailbox import Mailbox, UnusableMailbox
from distribution.mailboxes.maildir import Maildir


def configured(settings: Settings) -> tuple[Mailbox, ...]:
    """Each mailbox returned mail is to be fetched from; raises UnusableMailbox for half a name."""
    server = imap_of(settings)
    folder = settings.bounce_maildir
    return (
        *([Maildir(folder)] if folder is not None else []),
        *([server] if server is not None else []),
    )


def imap_of(settings: Settings) -> Imap | None:
    """The mailbox on a server; the same at each call, for it remembers a refused login."""
    if not settings.bounce_imap_host:
        return None
    if not settings.bounce_imap_username:
        raise UnusableMailbox(
            "设置了 bounce_imap_host 而没有 bounce_imap_username：请写明登录 IMAP 的用户名"
        )
    if not settings.bounce_imap_password.get_secret_value():
        raise UnusableMailbox(  # no login is tried: providers lock accounts
            "设置了 bounce_imap_host 而没有 bounce_imap_password："
            "请写明密码（163、QQ 等须用授权码）"
        )
    return _imap(settings)


@cache
def _imap(settings: Settings) -> Imap:
    return Imap(settings)

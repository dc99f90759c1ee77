"""What goes wrong with an IMAP server, each in one sentence that names the setting to check.

A server's own words are left out: some repeat the user's name, or an address.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from imap_tools import ImapToolsError

from distribution.config import Settings
from distribution.mailboxes.mailbox import CannotFile, UnusableMailbox

_CODE = re.compile(rb"\[([A-Z][A-Z-]{2,29})[ \]]")
_PASSES = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)
"""RFC 5530: it is not the password that is wrong."""


class LoginRefused(UnusableMailbox):
    """Raised where a server does not let us in: to try often gets an account locked."""


class Withheld(UnusableMailbox):
    """Raised where a server does not hand out one of its mails."""


class NoIdle(UnusableMailbox):
    """Raised where a server cannot say by itself that something has come."""


@contextmanager
def told(settings: Settings, *, opening: bool = False) -> Iterator[None]:
    """Make UnusableMailbox of what the libraries raise; `opening` a folder is what was tried."""
    try:
        yield
    except UnusableMailbox:
        raise
    except imaplib.IMAP4.readonly:
        raise _trouble(
            settings, f"只许阅读文件夹 {settings.bounce_imap_folder}", "请给这个帐号移动邮件的权限"
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise _trouble(
            settings,
            f"的证书不可信（{error.verify_message}）",
            "请核对 bounce_imap_host，或在 bounce_imap_ca_file 给出其根证书",
        ) from None
    except ssl.SSLError as error:
        raise _trouble(
            settings,
            f"建立不了加密连接（{error.reason or '连接中断'}）",
            "请检查 bounce_imap_security 与 bounce_imap_port",
        ) from None
    except imaplib.IMAP4.abort as error:
        raise _lost(settings, str(error)) from None
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise _refusal(settings, opening=opening) from error
    except (OSError, UnicodeError) as error:  # the second of a name that can be no host's
        raise _trouble(
            settings,
            f"连不上（{getattr(error, 'strerror', None) or '没有回答'}）",
            "请检查 bounce_imap_host、bounce_imap_port 与网络",
        ) from None


def _lost(settings: Settings, words: str) -> UnusableMailbox:
    if "TLS not supported" in words:
        return _trouble(
            settings,
            "不提供 STARTTLS",
            "请把 bounce_imap_security 设为 tls，并核对 bounce_imap_port",
        )
    return _trouble(
        settings, "断开了连接", "稍后会再试；若总是如此，请检查 bounce_imap_port 与网络"
    )


def _refusal(settings: Settings, *, opening: bool) -> UnusableMailbox:
    if opening:
        return _trouble(
            settings,
            f"不让打开文件夹 {settings.bounce_imap_folder}",
            "请检查 bounce_imap_folder，以及邮箱是否开启了 IMAP",
        )
    return _trouble(settings, "不接受一条命令", "稍后会再试")


def refused(settings: Settings, error: Exception) -> UnusableMailbox:
    """Why nobody could log in."""
    words = str(error)
    if isinstance(error, imaplib.IMAP4.abort) and "socket error" in words:  # else it said BYE
        return _lost(settings, words)
    if _PASSES.search(words):
        return _trouble(settings, "暂时不让登录", "稍后会再试")
    return LoginRefused(
        _sentence(
            settings,
            "拒绝登录",
            "请检查 bounce_imap_username 与 bounce_imap_password（163、QQ 等须用授权码）",
        )
    )


def not_in_clear(settings: Settings) -> UnusableMailbox:
    """The server wants TLS first."""
    return LoginRefused(
        _sentence(settings, "不许在未加密的连接上登录", "请把 bounce_imap_security 设为 starttls")
    )


def no_ca_file(settings: Settings) -> UnusableMailbox:
    """The file of root certificates is none."""
    return UnusableMailbox(
        f"根证书文件 {settings.bounce_imap_ca_file} 读不出来：请检查 bounce_imap_ca_file"
    )


def withheld(settings: Settings, uid: int) -> Withheld:
    """One mail is passed over."""
    return Withheld(_sentence(settings, f"不给出邮件 {uid}（UID）", "请在网页邮箱里查看它"))


def no_idle(settings: Settings) -> NoIdle:
    """The server must be asked."""
    return NoIdle(_sentence(settings, "不会主动通知", "改为每隔 bounce_seconds 秒查看"))


def cannot_file(settings: Settings, folder: str, words: Sequence[object]) -> CannotFile:
    """A mail stays where it is."""
    found = _CODE.search(b" ".join(word for word in words if isinstance(word, bytes)).upper())
    code = f"（{found[1].decode()}）" if found else ""
    return CannotFile(
        _sentence(
            settings,
            f"不让把邮件移到文件夹 {folder}{code}",
            "请检查邮箱的空间与权限；邮件留在原处，内容已经处理",
        )
    )


def _trouble(settings: Settings, what: str, advice: str) -> UnusableMailbox:
    return UnusableMailbox(_sentence(settings, what, advice))


def _sentence(settings: Settings, what: str, advice: str) -> str:
    place = f"{settings.bounce_imap_host}:{settings.bounce_imap_port}"
    return f"收退信的 IMAP 服务器 {place} {what}：{advice}"

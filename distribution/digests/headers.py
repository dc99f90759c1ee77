"""Header fields as RFC 5322 and RFC 2047 want them, in pure ASCII.

The standard library folds fields by itself and thereby breaks addresses in List-Unsubscribe, drops
blanks between encoded words and writes lines no old relay takes (CPython issues 85725, 89714,
144156), so the few fields a digest needs are written here.
"""

import re
from base64 import b64encode
from functools import lru_cache
from unicodedata import category

from distribution.errors import DistributionError

FOLD = "\r\n "
_LINE = 76  # of a line with encoded words, RFC 2047 section 2
_ENCODED_WORD = 75
_LONGEST_LINE = 998  # RFC 5322 section 2.1.1
_PLAIN = re.compile(
    r"(?!.*=\?)[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*"
)
"""Words that need no encoding in a name, and then nowhere else."""
_ADDRESS = re.compile(r'[^\s<>()\[\]\\,;:"@]+@[^\s<>()\[\]\\,;:"@]+')
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


class MalformedHeader(DistributionError):
    """Raised when a value cannot stand in a header field: somebody may be smuggling in another."""

    def __init__(self, field: str, value: str, problem: str) -> None:
        self.field, self.value = field, value
        super().__init__(f"邮件头 {field}={value[:60]!r} 无效：{problem}")


def checked(field: str, value: str) -> str:
    """Return a value that holds no control character, or raise MalformedHeader."""
    if value.isascii() and value.isprintable():
        return value  # nearly always, and ten times faster than looking at each character
    if any(category(char) in _FORBIDDEN or char in _BIDI_CONTROLS for char in value):
        raise MalformedHeader(field, value, "不能含有控制字符或换行")
    return value


def raw(field: str, value: str) -> str:
    """A field whose value programs read: written as it is, in one line."""
    checked(field, value)
    if not value.isascii() or "=?" in value:
        raise MalformedHeader(field, value, "只能用 ASCII 字符，且不能含有 “=?”")
    if not value or len(field) + 2 + len(value) > _LONGEST_LINE:
        raise MalformedHeader(field, value, "不能为空，也不能超过 998 个字符")
    return f"{field}: {value}\r\n"


def words(field: str, value: str) -> str:
    """A field that people read: encoded unless it is short and plain."""
    return f"{field}: {encoded(field, value)}\r\n"


def mailbox(field: str, name: str, address: str) -> str:
    """A field with one address and, if not empty, a name."""
    spelled = addressed(field, address)
    if not name:
        return f"{field}: {spelled}\r\n"
    return f"{field}: {encoded(field, name)}{FOLD}<{spelled}>\r\n"


def addressed(field: str, address: str) -> str:
    """Return an address that is exactly one, or raise MalformedHeader.

    A mailbox outside ASCII is let through: it goes to relays with SMTPUTF8 only, and those read
    raw UTF-8 (RFC 6532).
    """
    checked(field, address)
    if not _ADDRESS.fullmatch(address) or "=?" in address:
        raise MalformedHeader(field, address, "不是一个邮件地址")
    if len(address.encode()) > _LONGEST_LINE // 2:
        raise MalformedHeader(field, address, "地址太长")
    return address


@lru_cache(maxsize=1024)  # sender and list are the same in all mails of a run, subjects nearly so
def encoded(field: str, value: str) -> str:
    """Spell a text as words of RFC 2047 where it needs it, folded; the field's name goes before.

    >>> encoded("Subject", "第9期")
    '=?utf-8?b?56ysOeacnw==?='
    """
    checked(field, value)
    if _PLAIN.fullmatch(value) and len(field) + 2 + len(value) <= _LINE:
        return value
    chunks, chunk = [], b""
    room = _bytes_in(_LINE - len(field) - 2)
    for character in value:
        spelled = character.encode()
        if len(chunk) + len(spelled) > room:
            chunks.append(chunk)
            chunk, room = b"", _bytes_in(_LINE - 1)
        chunk += spelled
    chunks.append(chunk)
    return FOLD.join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in chunks)


def _bytes_in(space: int) -> int:
    """How many bytes fit into one encoded word of at most `space` characters."""
    return (min(space, _ENCODED_WORD) - len("=?utf-8?b??=")) // 4 * 3

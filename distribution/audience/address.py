"""E-mail addresses: as written, as a key for uniqueness, and as the envelope needs them."""

import re
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

from distribution.audience.wording import is_unseen, quoted
from distribution.errors import DistributionError

_LONGEST = 320
"""Characters, RFC 3696: 64 of the name, @, 255 of the domain."""
_SHOWN = 60
_PASTED = "\u200b\u200e\u200f\u202a\u202c\ufeff"
"""Invisible characters that come along when an address is copied from a window or a sheet."""

_ATOM = r"[a-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(
    rf"(?=.{{1,64}}@)({_ATOM}(?:\.{_ATOM})*)"
    rf"@(?=[^@]{{1,180}}\Z)(?!.*--)((?:{_LABEL}\.)+[a-z]{{2,63}})",
    re.IGNORECASE | re.ASCII,
)
"""Beyond doubt an address. What it does not match may still be one: the library decides."""
_RESERVED = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})
"""Ends of domains about which the library has rules of its own."""
_CASELESS = frozenset(
    [
        "info",
        "marketing",
        "sales",
        "support",
        "abuse",
        "noc",
        "security",
        "postmaster",
        "hostmaster",
        "usenet",
        "news",
        "webmaster",
        "www",
        "uucp",
        "ftp",
    ]
)
"""RFC 2142: names that the library writes in lower case."""


class InvalidAddress(DistributionError):
    """Raised for what is no e-mail address; `reason` is the library's English sentence."""

    def __init__(self, given: str, reason: str) -> None:
        self.given, self.reason = given, reason
        shown, unseen = quoted(given, _SHOWN), any(map(is_unseen, given.strip()))
        what = f"{shown}{'里有看不见的字符，' if unseen else ''}不是" if shown else "没有填写"
        super().__init__(f"{what}邮件地址：请写成 名字@域名，例如 liangyi@sanjin.example")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One address in the three forms the system needs."""

    written: str
    key: str
    """NFKC, lower case, IDNA domain: two addresses with one key are one mailbox to us."""
    envelope: str
    """With an ASCII domain; the local part as written (its case may matter to its host)."""

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only relays and mailboxes with SMTPUTF8 (RFC 6531) take it; few have it."""
        return not self.envelope.isascii()

    @property
    def domain(self) -> str:
        """ASCII, lower case."""
        return self.key.rpartition("@")[2]


def read_address(given: str) -> EmailAddress:
    """Read an address a person wrote; full-width characters and outer blanks are forgiven.

    >>> read_address(" Li.Ming＠Example.COM ").key
    'li.ming@example.com'
    >>> read_address("a@例子.中国").envelope
    'a@xn--fsqu00a.xn--fiqs8s'
    """
    written = given.strip().strip(_PASTED).strip()
    return _plain_address(written) or _any_address(given, written)


def _plain_address(written: str) -> EmailAddress | None:
    """What the library would say of the usual address, forty times as fast; None: ask it."""
    match = _PLAIN.fullmatch(written)
    if match is None:
        return None
    name, domain = match[1], match[2].lower()
    if domain.rpartition(".")[2] in _RESERVED:
        return None
    key = f"{name.lower()}@{domain}"
    if name.lower() in _CASELESS:
        return EmailAddress(written, key, key)
    return EmailAddress(written, key, f"{name}@{domain}")


def _any_address(given: str, written: str) -> EmailAddress:
    plain = unicodedata.normalize("NFKC", written)
    try:
        parsed = validate_email(
            plain, check_deliverability=False, test_environment=True, strict=True
        )
    except (EmailNotValidError, EmailSyntaxError) as error:
        raise InvalidAddress(given, str(error)) from None
    if parsed.ascii_domain is None or "." not in parsed.ascii_domain:
        raise InvalidAddress(given, "the domain has no dot")
    domain = parsed.ascii_domain.lower()
    if domain[-2] == ".":
        raise InvalidAddress(given, "no top-level domain has one letter")
    address = EmailAddress(
        written=written,
        key=f"{parsed.local_part.lower()}@{domain}",
        envelope=f"{parsed.local_part}@{domain}",
    )
    if max(len(address.written), len(address.key)) > _LONGEST:
        raise InvalidAddress(given, "too long")
    return address

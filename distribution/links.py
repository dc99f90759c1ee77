"""Signed tokens, and the addresses made of them: click, open, unsubscribe, return path.

A token names one row for one purpose. It is 22 bytes: the key's number, the row's id (40 bits)
and the first 128 bits of an HMAC-SHA256 over purpose, key number and id (ASVS 5.0 11.5.1 asks
for 128). In URLs it is base64url (30 characters); where mail systems may change the case it is
lower-case base32 (36 characters).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache

_ID_BYTES = 5
_MAC_BYTES = 16
_TOKEN_BYTES = 1 + _ID_BYTES + _MAC_BYTES
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Use(StrEnum):
    """What a token may be used for; a token for one use is worthless for any other."""

    CLICK = "click"  # of a delivery
    RUN_CLICK = "run-click"  # of a run: counts, but says nothing of the reader
    READ = "read"  # of a delivery, not counted
    RUN_READ = "run-read"  # of a run, not counted: the whole issue
    OPEN = "open"
    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    MESSAGE = "message"  # Message-ID and return path
    LETTER = "letter"  # Message-ID of a single mail
    CONFIRM = "confirm"  # of a letter that asks a reader to confirm
    LETTER_UNSUBSCRIBE = "letter-unsubscribe"  # of a letter to a reader
    LETTER_PREFERENCES = "letter-preferences"
    MOVE = "move"  # of a letter to a new address of a reader
    COPY = "copy"  # of a letter: all that is held about its reader
    APPROVE = "approve"  # of a proof, to somebody of the office


class KeyGone(LookupError):
    """Raised where mails were signed with a key that the settings do not hold any more."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"签发它的密钥（代号 {name}）已不在 DISTRIBUTION_SECRET_KEYS 里：密钥只增不减，"
            f"请按原来的次序加回去"
        )


@dataclass(frozen=True)
class Keyring:
    """The installation's secret keys, newest first.

    The first one signs; all of them verify, for as long as old mails lie in mailboxes. The last
    one also keys the hashes of addresses and therefore must stay the last for ever.
    """

    keys: tuple[bytes, ...]
    signing: int = 0
    """Which of them signs; another one only to make again what was signed before a rotation."""

    @classmethod
    def of(cls, secrets: Sequence[str]) -> "Keyring":
        """Take secrets as settings spell them."""
        return cls(tuple(secret.encode() for secret in secrets))

    def sign(self, use: Use, row: int) -> bytes:
        """Make the token of a row for one use."""
        return _token(self.keys[self.signing], use, row)

    @property
    def signer(self) -> str:
        """Names the key that signs and tells nothing of it."""
        return _name(self.keys[self.signing])

    def signing_as(self, name: str) -> "Keyring":
        """The same keys, signing with the one of this name; raises KeyGone."""
        for index, key in enumerate(self.keys):
            if _name(key) == name:
                return replace(self, signing=index)
        raise KeyGone(name)

    def verify(self, use: Use, token: bytes) -> int | None:
        """The row a token names, or None where any bit of it is wrong."""
        if len(token) != _TOKEN_BYTES:
            return None
        row = int.from_bytes(token[1 : 1 + _ID_BYTES])
        for key in self.keys:
            if hmac.compare_digest(_token(key, use, row), token):
                return row
        return None

    def attest(self, text: str) -> str:
        """Sign what the installation itself wrote down; the signature names its key."""
        return f"{self.signer}:{_attestation(self.keys[self.signing], text)}"

    def attested(self, text: str, signature: str) -> bool:
        """Whether this was signed, by a key that is still among ours."""
        name, _, mac = signature.partition(":")
        return any(
            hmac.compare_digest(_attestation(key, text).encode(), mac.encode())
            for key in self.keys
            if _name(key) == name
        )

    def network_name(self, network: str, day: date) -> str:
        """What a network is called on one day; cannot be turned back without the key."""
        named = f"network\0{day.isoformat()}\0{network}"
        return hmac.digest(self.keys[-1], named.encode(), "sha256").hex()[:16]

    def address_hash(self, email_key: str) -> str:
        """A keyed hash of an address: survives its erasure, cannot be turned back."""
        mac = hmac.digest(self.keys[-1], b"address\0" + email_key.encode(), "sha256")
        return mac.hex()[:32]


@cache  # a few keys, and five tokens in every mail
def _number(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:1]


@cache
def _keyed(key: bytes) -> hmac.HMAC:
    """What all HMACs of a key begin with."""
    return hmac.new(key, digestmod="sha256")


def _name(key: bytes) -> str:
    return hashlib.sha256(b"name\0" + key).hexdigest()[:8]


def _attestation(key: bytes, text: str) -> str:
    return hmac.digest(key, b"attest\0" + text.encode(), "sha256").hex()


def _token(key: bytes, use: Use, row: int) -> bytes:
    head = _number(key) + row.to_bytes(_ID_BYTES)
    mac = _keyed(key).copy()
    mac.update(use.encode() + b"\0" + head)
    return head + mac.digest()[:_MAC_BYTES]


def for_url(token: bytes) -> str:
    """Spell a token for a URL (30 characters of A-Z a-z 0-9 - _)."""
    data = binascii.b2a_base64(token, newline=False).translate(_URL_SAFE)
    return data.rstrip(b"=").decode()


def from_url(text: str) -> bytes:
    """Read a token from a URL; whatever is no token becomes an empty one, which never verifies."""
    try:
        token = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
    return token if for_url(token) == text else b""  # the last character has bits to spare


def for_mail(token: bytes) -> str:
    """Spell a token for an address or Message-ID (36 characters of a-z 2-7)."""
    return base64.b32encode(token).rstrip(b"=").decode().lower()


def from_mail(text: str) -> bytes:
    """Read a token from an address or Message-ID, whatever a relay did to its case."""
    try:
        token = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return b""
    return token if for_mail(token) == text.lower() else b""


@dataclass(frozen=True)
class Origin:
    """What the addresses in a mail were made of: with it, they can be made again."""

    base_url: str
    mail_domain: str
    signer: str
    """The key's name, see `Keyring.signer`."""


@dataclass(frozen=True)
class Addresses:
    """Where the links of one installation lead."""

    keyring: Keyring
    base_url: str
    mail_domain: str

    @property
    def origin(self) -> Origin:
        """What they are made of."""
        return Origin(self.base_url, self.mail_domain, self.keyring.signer)

    def as_of(self, origin: Origin) -> "Addresses":
        """As they were made then; raises KeyGone."""
        return Addresses(
            self.keyring.signing_as(origin.signer), origin.base_url, origin.mail_domain
        )

    def click(self, delivery: int) -> str:
        """Followed by the article's position: counted for this reader."""
        return self._url("c", Use.CLICK, delivery)

    def run_click(self, run: int) -> str:
        """Followed by the article's position: counted for the run, not for a reader."""
        return self._url("c", Use.RUN_CLICK, run)

    def read(self, delivery: int) -> str:
        """The reader's digest on the web; followed by a position, one article. Not counted."""
        return self._url("r", Use.READ, delivery)

    def run_read(self, run: int) -> str:
        """The issue of a run on the web; followed by a position, one article. Not counted."""
        return self._url("r", Use.RUN_READ, run)

    def open(self, delivery: int) -> str:
        """The pixel."""
        return self._url("o", Use.OPEN, delivery)

    def unsubscribe(self, delivery: int) -> str:
        """Shows a page on GET, acts on POST (RFC 8058)."""
        return self._url("u", Use.UNSUBSCRIBE, delivery)

    def preferences(self, delivery: int) -> str:
        """The reader's own settings."""
        return self._url("p", Use.PREFERENCES, delivery)

    def confirm(self, letter: int) -> str:
        """Shows a page on GET; a POST is the reader's consent."""
        return self._url("s", Use.CONFIRM, letter)

    def letter_unsubscribe(self, letter: int) -> str:
        """As `unsubscribe`, from a single mail."""
        return self._url("u", Use.LETTER_UNSUBSCRIBE, letter)

    def letter_preferences(self, letter: int) -> str:
        """As `preferences`, from a single mail."""
        return self._url("p", Use.LETTER_PREFERENCES, letter)

    def move(self, letter: int) -> str:
        """Shows a page on GET; a POST makes the letter's address the reader's."""
        return self._url("m", Use.MOVE, letter)

    def copy(self, letter: int) -> str:
        """All that is held about the letter's reader."""
        return self._url("d", Use.COPY, letter)

    def approve(self, letter: int) -> str:
        """Shows on GET what an editor's word would let out; a POST is his word."""
        return self._url("approve", Use.APPROVE, letter)

    def names_of(self, delivery: int) -> tuple[str, str]:
        """Return path and Message-ID, which share a token."""
        token = self._mail_token(delivery)
        return f"b-{token}@{self.mail_domain}", f"<{token}@{self.mail_domain}>"

    def message_id(self, delivery: int) -> str:
        """The same on every attempt, so that a relay's log and a mailbox can recognise it."""
        return self.names_of(delivery)[1]

    def letter_id(self, letter: int) -> str:
        """The Message-ID of a single mail; it names no delivery."""
        token = for_mail(self.keyring.sign(Use.LETTER, letter))
        return f"<l-{token}@{self.mail_domain}>"

    def letter_return_path(self, letter: int) -> str:
        """The envelope sender of a single mail: a bounce to it names the letter."""
        return self.letter_id(letter).strip("<>")

    def letter_ids(self, letter: int) -> list[str]:
        """Those it may have gone under: a newer key may have come since."""
        keyrings = (replace(self.keyring, signing=at) for at in range(len(self.keyring.keys)))
        return [replace(self, keyring=keyring).letter_id(letter) for keyring in keyrings]

    def return_path(self, delivery: int) -> str:
        """The envelope sender: a bounce to it names the delivery (VERP)."""
        return self.names_of(delivery)[0]

    def returned_to(self, address: str) -> int | None:
        """The delivery whose return path this is, whatever a relay did to its case or domain."""
        local, _, _ = address.strip().strip("<>").rpartition("@")
        prefix, _, token = local.rpartition("-")
        return self._mail_row(token) if prefix.lower() == "b" else None

    def sent_as(self, message_id: str) -> int | None:
        """The delivery that bears this Message-ID."""
        return self._mail_row(message_id.strip().strip("<>").partition("@")[0])

    def letter_named(self, text: str) -> int | None:
        """The single mail whose return path or Message-ID this is."""
        prefix, _, token = text.strip().strip("<>").partition("@")[0].rpartition("-")
        known = prefix.lower() == "l"
        return self.keyring.verify(Use.LETTER, from_mail(token)) if known else None

    def unsubscribes(self, url: str) -> int | None:
        """The delivery whose unsubscribe link this is, wherever the pages were then."""
        _, _, token = url.partition("/u/")
        return self.keyring.verify(Use.UNSUBSCRIBE, from_url(token))

    def letter_unsubscribes(self, url: str) -> int | None:
        """As `unsubscribes`, of a single mail."""
        _, _, token = url.partition("/u/")
        return self.keyring.verify(Use.LETTER_UNSUBSCRIBE, from_url(token))

    def _mail_row(self, token: str) -> int | None:
        return self.keyring.verify(Use.MESSAGE, from_mail(token))

    def _url(self, path: str, use: Use, row: int) -> str:
        return f"{self.base_url}/{path}/{for_url(self.keyring.sign(use, row))}"

    def _mail_token(self, delivery: int) -> str:
        return for_mail(self.keyring.sign(Use.MESSAGE, delivery))

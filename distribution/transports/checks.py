"""What must hold for every envelope and message before a byte of it goes anywhere. Pure."""

from distribution.delivery import Envelope, RefusedByRelay, RelayUnavailable, Reply

_FORBIDDEN = frozenset('<>()[]\\,;:"')
"""RFC 5321 4.1.2 allows some of these in quotes; no mailbox of ours has them, every trick does."""

_LONGEST_PATH = 254
"""RFC 5321 4.5.3.1.3: 256 octets with the angle brackets."""


def check_envelope(envelope: Envelope) -> None:
    """Refuse an envelope that could end its own command line or be read in two ways.

    A bad recipient is RefusedByRelay with reply 553, as a relay would say it: a fact about that
    one delivery. A bad sender is RelayUnavailable for good: our own setting, wrong for everyone.
    """
    if not is_address(envelope.recipient):
        text = f"5.1.3 地址无效，未交给中继：{ascii(envelope.recipient)[:100]}"
        raise RefusedByRelay(Reply(553, text))
    if envelope.sender and not is_address(envelope.sender):
        message = f"退信地址 {ascii(envelope.sender)[:100]} 无效，未发信：请检查发件设置。"
        raise RelayUnavailable(message, permanent=True)


def is_address(address: str) -> bool:
    r"""Whether the address can stand between < and > exactly as it is.

    >>> is_address("wang.fang@example.cn"), is_address("张三@例子.中国")
    (True, True)
    >>> is_address("a@b.cn> NOTIFY=x <e@x"), is_address("a@b@c"), is_address("a@b.cn\r\nDATA")
    (False, False, False)
    """
    local, at, domain = address.partition("@")
    return (
        bool(local and at and domain)
        and "@" not in domain
        and len(address.encode(errors="replace")) <= _LONGEST_PATH
        and not _FORBIDDEN.intersection(address)
        # neither control characters nor any kind of blank, bidi mark or lone surrogate
        and address.isprintable()
        and " " not in address
    )


def check_body(body: bytes, *, utf8: bool = False) -> None:
    """Raise ValueError for a message that is not 7-bit text with CRLF line ends.

    A bare CR or LF is how one message is smuggled inside another (CVE-2023-51764); 8-bit text
    would need 8BITMIME (RFC 6152), which not every relay has. Ours is base64: either is a defect.
    With `utf8` the header may hold UTF-8, as the relay said it takes that (RFC 6531, RFC 6532).
    """
    ends = body.count(b"\r\n")
    if body.count(b"\r") != ends or body.count(b"\n") != ends:
        raise ValueError("message with a bare CR or LF: every line must end with CRLF")
    if utf8:
        head, _, body = body.partition(b"\r\n\r\n")
        head.decode()  # UnicodeDecodeError is a ValueError
    if not body.isascii() or b"\0" in body:
        raise ValueError("message with NUL or 8-bit bytes: encode it as base64")

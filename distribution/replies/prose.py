"""Finds whom a notice in plain words speaks of, and what it says of each.

Mail systems that write no delivery status (qmail, old Exim, Exchange, Domino, IMail and dozens
more) have four manners of naming a recipient, taken here from the surest to the vaguest:
a line that begins with the address, a transcript's RCPT TO, a word such as "recipient" before the
address on its line, and any address that is not the sender's own.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from distribution.replies.codes import enhanced_code, reply_code
from distribution.replies.told import LONGEST_ADDRESS, Told, one_line

_MOST_FOUND = 50
_MOST_LINES = 15
_MOST_WORDS = 2000
# Nothing from U+2000 on: Chinese words stand beside an address without a blank.
ADDRESS = (
    r"[^\s<>()\[\]{},;:\"'|=*?!/\\@\u2000-\uffff]{1,64}@"
    r"(?:[A-Za-z0-9_-]{1,63}\.){0,8}[A-Za-z0-9_-]{1,63}"
)
_ANY = re.compile(ADDRESS)
_HEADING = re.compile(
    r"^[ \t>]{0,200}(?:[-*•·]{1,2}[ \t]{0,80}|\d{1,2}[.)][ \t]{1,80})?(?:\[?(?:smtp|mailto):)?"
    r"[<\[(\"'“「]{0,3}[ \t]{0,80}"
    rf"({ADDRESS})[ \t]*(?=$|[<>\])\"'”」,:;.(-]|\.\.\.|[ \t])[>\])\"'”」]{{0,3}}(.*)$"
)
_RCPT = re.compile(rf"rcpt to:[ \t]*<?({ADDRESS})", re.IGNORECASE)
_ANSWER = re.compile(
    rf"^[ \t<]{{0,8}}[45]\d\d[ -](?:[45]\.\d{{1,3}}\.\d{{1,3}}[ ])?<?({ADDRESS})>?[ ]?"
    r"(?:\.\.\.|[:,])(.*)$"
)
_NAMED = re.compile(
    r"(?:recipients?|users?|mailbox|undeliverable to|deliver(?:ed|y)?|delivery (?:to|failed)"
    r"|reach(?:ed)?|failed|unknown user|destination|address(?:ed)?|\bto|\bfor|account|full"
    r"|envoy\w{0,20}|empf\w{1,20}|destinat\w{1,20}|\blist|smtp|duplicated message-id|\bsize"
    r"|收件人|收信人|发送到|投递到|收件地址|账号|帐号|给|宛先)"
    rf"[^@\n]{{0,60}}?[\s<:：\"'“(\[=]({ADDRESS})",
    re.IGNORECASE,
)
_OF_THE_SENDER = re.compile(
    r"^[ \t>*]*(?:from|sender|reply-to|mail from|message-id|date|cc|subject|return-path|发件人)\b"
    r"|contact|questions?\b|support|assistance|please (?:e-?mail|forward|write|visit|call)"
    r"|mail from:|help ?desk|e\.g\.|https?://\S{0,200}@|\bvia\b|accepting mail from|联系",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"(?:to the address|mail to|write to|contact)\W*$", re.IGNORECASE)
_HEADER_LINE = re.compile(r"^[ \t>]*(?:to|cc)[ \t]*:", re.IGNORECASE)
_SERVICE = ("postmaster@", "mailer-daemon@", "abuse@", "support@", "help@", "helpdesk@")
_NEXT_HOST = re.compile(r"^(?:\.\.\. )?while talking to|^[45]\d\d \S+ \(smtp\)", re.IGNORECASE)
_STOP = re.compile(r"^[ \t]*(?:-{3,}|={3,}|\*{3,}|_{3,})|^[ \t]*$")


@dataclass(frozen=True, slots=True)
class _Found:
    address: str
    line: int
    rest: str


def _headings(lines: Sequence[tuple[int, str]], own: Collection[str]) -> Iterator[_Found]:
    """Lines that begin with an address, as in "<a@b.example>: host … said: …"."""
    for n, line in lines:
        match = _HEADING.match(line)
        if match is not None and _is_recipient(match.group(1), own):
            yield _Found(match.group(1), n, match.group(2))


def _answers(lines: Sequence[tuple[int, str]], own: Collection[str]) -> Iterator[_Found]:
    """Sendmail's "550 5.1.1 <a@b.example>... User unknown"; RCPT TO names no one else then."""
    for n, line in lines:
        match = _ANSWER.match(line)
        if match is not None and _is_recipient(match.group(1), own):
            yield _Found(match.group(1), n, line)


def _transcripts(lines: Sequence[tuple[int, str]], _: Collection[str]) -> Iterator[_Found]:
    for n, line in lines:
        for match in _RCPT.finditer(line):
            yield _Found(match.group(1), n, line[match.end() :])


def _named(lines: Sequence[tuple[int, str]], own: Collection[str]) -> Iterator[_Found]:
    for n, line in lines:
        if _OF_THE_SENDER.search(line) or _HEADER_LINE.match(line):
            continue
        for match in _NAMED.finditer(line):
            if _is_recipient(match.group(1), own):
                yield _Found(match.group(1), n, line)


def _any(lines: Sequence[tuple[int, str]], own: Collection[str]) -> Iterator[_Found]:
    for n, line in lines:
        if not _OF_THE_SENDER.search(line) and not _HEADER_LINE.match(line):
            for match in _ANY.finditer(line):
                if _is_recipient(match.group(), own):
                    yield _Found(match.group(), n, line)


_MANNERS = (_headings, _answers, _transcripts, _named, _any)


def told_in_prose(text: str, own: Collection[str]) -> list[Told]:
    """What is told of each recipient; `own` are sender's and reporter's addresses, lower-case."""
    lines = text.split("\n")
    written = [
        (n, line)
        for n, line in enumerate(lines)
        if "@" in line and not _ASIDE.search("\n".join(lines[max(0, n - 3) : n]))
    ]
    for manner in _MANNERS:
        found = _without_inner(list(manner(written, own))[:_MOST_FOUND])
        if found:
            return _with_words(found, lines, above=manner is _answers)
    return []


def _without_inner(found: list[_Found]) -> list[_Found]:
    """Names inside a system, as in reader@daemon, stand beside the address they were reached by."""
    outer = [item for item in found if "." in item.address.rpartition("@")[2]]
    return outer or found


def _is_recipient(address: str, own: Collection[str]) -> bool:
    known = address.lower().rstrip(".")
    return (
        len(known) <= LONGEST_ADDRESS
        and known not in own
        and not known.startswith(_SERVICE)
        and known.isprintable()
    )


def _with_words(found: list[_Found], lines: list[str], *, above: bool) -> list[Told]:
    """Give each recipient what stands beside and below his address, the same one once."""
    starts = {item.line: item.address for item in found}
    told: dict[str, Told] = {}
    for item in found:
        words = (_words_above if above else _words_below)(item, lines, starts)
        address = item.address.rstrip(".")
        known = told.get(address.lower())
        if known is None or _telling(known.words) < _telling(words):
            told[address.lower()] = Told((address,), words=words)
    return list(told.values())


def _telling(words: str) -> tuple[bool, int]:
    """What of two words about the same reader says more: a code first, then the longer one."""
    return bool(reply_code(words) or enhanced_code(words)), len(words)


def _words_below(item: _Found, lines: list[str], starts: Mapping[int, str]) -> str:
    said = [item.rest.strip(" \t>:;,.")]
    for n in range(item.line + 1, min(item.line + _MOST_LINES, len(lines))):
        other = starts.get(n, item.address) != item.address
        if other or (_STOP.match(lines[n]) and any(said)):
            break
        said.append(lines[n])
    return one_line("\n".join(said), _MOST_WORDS)


def _words_above(item: _Found, lines: list[str], starts: Mapping[int, str]) -> str:
    """A transcript first says what was exchanged, then for whom it failed."""
    said = [item.rest]
    for n in range(item.line - 1, max(item.line - _MOST_LINES, -1), -1):
        if n in starts or _STOP.match(lines[n]) or _NEXT_HOST.match(lines[n]):
            break
        said.insert(0, lines[n])
    return one_line("\n".join(said), _MOST_WORDS)

"""One reader's mail from a sheet: finished pieces put together, addresses filled in."""

import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from distribution.digests.cutting import Piece, Pieces
from distribution.digests.selecting import OWN, Choice
from distribution.digests.sheet import ArticleFacts, Sheet
from distribution.digests.wording import group_label, reason_label
from distribution.digests.wrapping import COLUMNS, wrap
from distribution.words import Reason

HTML_BYTES = 69 * 1024
"""Of the HTML part as a browser gets it; Gmail cuts a message at 102 KB."""
HTML_ENCODED_BYTES = 95 * 1024
"""Of the HTML part in base64, with its line ends."""

_TITLES_IN_PREVIEW = 3


@dataclass(frozen=True, slots=True)
class Personal:
    """What differs between two readers of the same selection."""

    click_url: str
    """Followed by /position: leads to the full text."""
    read_url: str
    """The whole mail in a browser."""
    unsubscribe_url: str
    preferences_url: str
    open_url: str | None = None
    """The pixel; None: no pixel."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A mail before it becomes a message: line ends are bare line feeds."""

    subject: str
    html: str
    text: str


class _Entry(NamedTuple):
    """One article's place in a mail."""

    contents: str
    """The piece for the list at the top."""
    article: str
    """The piece for the article itself."""
    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """The names of the pieces around the articles of one mail."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def join(sheet: Sheet, choices: Sequence[Choice], personal: Personal) -> Digest:
    """Make one reader's mail; costs microseconds and is the same for the same input."""
    facts = [sheet.by_id[choice.article] for choice in choices]
    whole = _is_whole(sheet, choices)
    entries = [
        _entry(sheet, choice, fact, whole=whole)
        for choice, fact in zip(choices, facts, strict=True)
    ]
    values = {
        "click_url": personal.click_url,
        "read_url": personal.read_url,
        "unsubscribe_url": personal.unsubscribe_url,
        "preferences_url": personal.preferences_url,
        "open_url": personal.open_url or "",
        "count": str(len(choices)),
        "preview": "；".join(fact.title for fact in facts[:_TITLES_IN_PREVIEW]),
    }
    intro = f"intro-{_intro(choices, whole=whole)}"
    frame = _Frame(
        before=("top", intro, "contents"),
        after=("foot", "to-personal" if whole else "to-standard", "leave")
        + (("pixel", "end") if personal.open_url is not None else ("end",)),
    )
    subject: list[str] = []
    _pour(subject, sheet.subject["whole" if whole else "own"], values)
    escaped = {name: escape(value) for name, value in values.items()}
    return Digest(
        subject="".join(subject),
        html=_assemble(sheet.html, frame, entries, escaped, escape),
        text=_assemble(sheet.text, frame, entries, values, _plain),
    )


def too_large(digest: Digest) -> bool:
    """Whether a mailbox provider may cut the mail short."""
    html = digest.html.encode()
    if len(html) > HTML_BYTES:
        return True
    encoded = len(binascii.b2a_base64(html, newline=False))
    return encoded + 2 * (encoded // 76 + 1) > HTML_ENCODED_BYTES


def _is_whole(sheet: Sheet, choices: Sequence[Choice]) -> bool:
    return len(choices) == len(sheet.articles) and all(
        choice.reason in (Reason.MUST_CARRY, Reason.CONTENTS) for choice in choices
    )


def _intro(choices: Sequence[Choice], *, whole: bool) -> str:
    if whole:
        return "whole"
    reasons = {choice.reason for choice in choices}
    for reason in (Reason.ENTERPRISE, Reason.DEFAULT):
        if reason in reasons:
            return reason.value
    return "none" if reasons.isdisjoint(OWN) else "own"


def _entry(sheet: Sheet, choice: Choice, fact: ArticleFacts, *, whole: bool) -> _Entry:
    return _Entry(
        contents=f"contents-{fact.id}",
        article=f"article-{fact.id}",
        # The whole contents stand under the magazine's own sections.
        group=group_label(choice, sheet.topics, fact.section if whole else ""),
        reason=reason_label(choice, sheet.topics),
    )


def _assemble(
    pieces: Pieces,
    frame: _Frame,
    entries: Sequence[_Entry],
    values: Mapping[str, str],
    spell: Callable[[str], str],
) -> str:
    """Put one body together; `spell` makes words fit for it."""
    out: list[str] = []
    filled = dict(values)
    groups = [(spell(name), list(run)) for name, run in groupby(entries, attrgetter("group"))]
    for name in frame.before:
        _pour(out, pieces[name], filled)
    for filled["group"], run in groups:
        _pour(out, pieces["contents-group"], filled)
        for entry in run:
            _pour(out, pieces[entry.contents], filled)
        _pour(out, pieces["contents-group-end"], filled)
    _pour(out, pieces["contents-end"], filled)
    for filled["group"], run in groups:
        _pour(out, pieces["heading"], filled)
        for entry in run:
            filled["reason"] = spell(entry.reason)
            _pour(out, pieces[entry.article], filled)
    for name in frame.after:
        _pour(out, pieces[name], filled)
    return "".join(out)


def _pour(out: list[str], piece: Piece, values: Mapping[str, str]) -> None:
    out.append(piece[0])
    for slot, text in zip(piece[1::2], piece[2::2], strict=True):
        out.append(values[slot])
        out.append(text)


def _plain(label: str) -> str:
    # Most labels are short, and measuring them would cost more than all the rest of a mail.
    return label if 2 * len(label) < COLUMNS else wrap(label)

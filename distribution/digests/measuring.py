"""How long mails are, reckoned from the lengths of their pieces instead of making them."""

from collections.abc import Mapping, Sequence
from html import escape

from distribution.digests.encoding import Encoder, lines_in
from distribution.digests.layout import (
    ADDRESSES,
    Heading,
    Layout,
    Personal,
    Step,
    heading_of,
    heading_steps,
    is_whole,
    lay_out,
)
from distribution.digests.selecting import Choice
from distribution.digests.sheet import Sheet
from distribution.digests.wording import reason_label
from distribution.words import Reason

_IN_PREVIEW = 3
_OF_CONTENTS = ("contents-group", "contents-group-end")
_OF_A_MAIL = ("count", "preview")
_REMEMBERED = 50_000
"""Lengths kept of each kind: watch words make new ones for ever."""

_Frame = tuple[int, tuple[int, ...], bool, bool, frozenset[Reason]]


class Scale:
    """Tells what the HTML part of a mail takes at most, in lines of base64.

    Nothing is made for it: pieces are measured once and then only added, which takes a twentieth
    of the time. With the bundled templates the sum is exact; where templates name the count or
    the preview's titles among the articles, it may be a few lines too much.
    """

    def __init__(self, sheet: Sheet, personal: Personal) -> None:
        """`personal` may be any reader's: all addresses of a kind are of one length."""
        self._sheet, self._urls = sheet, personal.urls()
        self._encoder = Encoder(sheet.html, sheet.sha256)
        titles = [fact.title for fact in sheet.articles]
        titles.sort(key=lambda title: len(escape(title).encode()), reverse=True)
        self._longest = {
            "count": str(len(sheet.articles)),
            "preview": "；".join(titles[:_IN_PREVIEW]),
        }
        self._frames: dict[_Frame, int] = {}
        self._entries: dict[tuple[int, str, str, str], tuple[Heading, int]] = {}
        self._groups: dict[Heading, int] = {}
        self.pixel = self._lines(("pixel", "", ""), self._longest)
        """What a reader's mail takes more whose opens are counted."""
        trap = ("trap", "", "")
        self.trap = self._lines(trap, self._longest) if sheet.has("trap") else 0
        """What it takes more where clicks are."""

    def at_most(self, choices: Sequence[Choice]) -> int:
        """No mail with these articles is longer; pixel and trap are not counted."""
        whole = is_whole(self._sheet, choices)
        total, group = self._frame(choices, whole=whole), ("", "", "")
        for choice in choices:
            section = self._sheet.by_id[choice.article].section if whole else ""
            key = (choice.article, choice.reason, choice.detail, section)
            entry = self._entries.get(key)
            if entry is None:
                if len(self._entries) >= _REMEMBERED:
                    self._entries.clear()
                entry = self._entries[key] = self._entry(choice, section)
            total += entry[1]
            if entry[0] != group:
                group = entry[0]
                total += self._group(group)
        return total

    def _frame(self, choices: Sequence[Choice], *, whole: bool) -> int:
        """All that stands around the articles, known by what its words are chosen by."""
        first = tuple(choice.article for choice in choices[:_IN_PREVIEW])
        own = any(choice.own for choice in choices)
        key = (len(choices), first, whole, own, frozenset(choice.reason for choice in choices))
        if key not in self._frames:
            if len(self._frames) >= _REMEMBERED:
                self._frames.clear()
            layout = lay_out(self._sheet, choices, pixel=False)
            around = (step for step in layout.steps if not step[1])  # under no heading
            self._frames[key] = sum(self._lines(step, layout.values) for step in around)
        return self._frames[key]

    def _entry(self, choice: Choice, section: str) -> tuple[Heading, int]:
        """The heading an article stands under, and what it takes itself."""
        group = heading_of(self._sheet, choice, section)
        reason = reason_label(choice, self._sheet.topics)
        entry = self._worst((f"contents-{choice.article}", group[0], ""))
        return group, entry + self._worst((f"article-{choice.article}", group[0], reason))

    def _group(self, group: Heading) -> int:
        if group not in self._groups:
            steps = [(piece, group[0], "") for piece in _OF_CONTENTS]
            steps += heading_steps(self._sheet, group)
            self._groups[group] = sum(map(self._worst, steps))
        return self._groups[group]

    def _worst(self, step: Step) -> int:
        """Of a piece that is measured once for all mails, with the longest values of any.

        A shorter value may move an address behind it to where it needs more blanks before it, a
        line at most.
        """
        slots = self._sheet.html[step[0]][1::2]
        varies = any(slot in _OF_A_MAIL for slot in slots)
        blanks = sum(slot in ADDRESSES for slot in slots) if varies else 0
        return self._lines(step, self._longest) + blanks

    def _lines(self, step: Step, values: Mapping[str, str]) -> int:
        return lines_in(self._encoder.html(Layout("", (step,), values), self._urls))

"""What a mail is made of: the pieces of its sheet in their order, and what is filled into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from distribution.digests.selecting import Choice
from distribution.digests.sheet import Sheet
from distribution.digests.wording import group_label, group_way, reason_label
from distribution.words import Reason

_REMEMBERED = 4_096
_TITLES_IN_PREVIEW = 3
_MARK = "AD "
"""What an advertising mail's subject begins with: by law 广告 or AD; NetEase wants the letters."""

ADDRESSES = ("click_url", "read_url", "unsubscribe_url", "preferences_url", "open_url")
"""What templates call them. Each ends with a token of 30 characters, see `links`."""


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
    counted: bool = False
    """Whether a click is counted, for him or for his run."""

    def urls(self) -> dict[str, str]:
        """By the names that templates use; empty where there is none."""
        return {slot: getattr(self, slot) or "" for slot in ADDRESSES}


Step = tuple[str, str, str]
"""A piece of a body, the group it stands in, the reason of its article; empty where it has none.
Of `less` and `more` the last is the code of a topic.

No class of its own: a mail has a hundred of them, and millions of mails are made.
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """A mail before its addresses are filled in: the same for all readers of a selection."""

    subject: str
    steps: Sequence[Step]
    values: Mapping[str, str]
    """What any piece may say: how many articles, the titles for the inbox's preview."""


Heading = tuple[str, str, str]
"""Its words, `less` or `more` where readers can say so of its topic, and the topic's code."""
_Group = tuple[Heading, list[tuple[int, str]]]
"""A heading, and the id and reason of each article under it."""


def lay_out(
    sheet: Sheet, choices: Sequence[Choice], *, pixel: bool, counted: bool = False
) -> Layout:
    """Order the pieces of a mail with these articles; `counted`: its clicks are."""
    facts = [sheet.by_id[choice.article] for choice in choices]
    whole = is_whole(sheet, choices)
    groups = _groups(sheet, choices, whole=whole)
    values = {
        "count": str(len(choices)),
        "preview": "；".join(fact.title for fact in facts[:_TITLES_IN_PREVIEW]),
    }
    subject = sheet.subject["whole" if whole else "own"]
    filled = [subject[0]]
    for slot, text in zip(subject[1::2], subject[2::2], strict=True):
        filled += (values[slot], text)
    intro = f"intro-{_intro(choices, whole=whole)}"
    return Layout(
        subject=(_MARK if sheet.commercial else "") + "".join(filled),
        steps=_steps(sheet, intro, groups, whole=whole, last=_last(sheet, pixel, counted)),
        values=values,
    )


def is_whole(sheet: Sheet, choices: Sequence[Choice]) -> bool:
    """Whether a mail is the standard edition: all there is, for nobody in particular."""
    return len(choices) == len(sheet.articles) and all(
        choice.reason in (Reason.LEAD, Reason.MUST_CARRY, Reason.CONTENTS) and not choice.detail
        for choice in choices
    )


def _groups(sheet: Sheet, choices: Sequence[Choice], *, whole: bool) -> list[_Group]:
    """The headings of a mail, each with what stands under it, in the order of the choices."""
    groups: list[_Group] = []
    for choice in choices:
        # The whole contents stand under the magazine's own sections.
        section = sheet.by_id[choice.article].section if whole else ""
        group, reason = _labels(sheet, choice, section)
        if not groups or groups[-1][0] != group:
            groups.append((group, []))
        groups[-1][1].append((choice.article, reason))
    return groups


def _labels(sheet: Sheet, choice: Choice, section: str) -> tuple[Heading, str]:
    """The heading of an article and its reason, in words; remembered, as most share theirs."""
    key = (choice.reason, choice.detail, section)
    known = sheet.labels.get(key)
    if known is None:
        if len(sheet.labels) >= _REMEMBERED:
            sheet.labels.clear()
        heading = heading_of(sheet, choice, section)
        known = sheet.labels[key] = (heading, reason_label(choice, sheet.topics))
    return known


def heading_of(sheet: Sheet, choice: Choice, section: str) -> Heading:
    """What an article stands under."""
    return (group_label(choice, sheet.topics, section), *group_way(choice))


def heading_steps(sheet: Sheet, heading: Heading) -> list[Step]:
    """The pieces of a heading above its articles."""
    name, way, topic = heading
    said = [(way, name, topic)] if way and sheet.has(way) else []
    return [("heading", name, ""), *said]


def _last(sheet: Sheet, pixel: bool, counted: bool) -> tuple[str, ...]:  # noqa: FBT001 - two of a kind
    """What no reader sees: how opens are counted, and a link that only programmes follow."""
    return (*(["pixel"] if pixel else ()), *(["trap"] if counted and sheet.has("trap") else ()))


def _steps(
    sheet: Sheet, intro: str, groups: Sequence[_Group], *, whole: bool, last: Sequence[str]
) -> list[Step]:
    steps = [("top", "", ""), (intro, "", ""), ("contents", "", "")]
    for (name, _, _), articles in groups:
        steps.append(("contents-group", name, ""))
        steps += [(f"contents-{article}", name, "") for article, _ in articles]
        steps.append(("contents-group-end", name, ""))
    steps.append(("contents-end", "", ""))
    for heading, articles in groups:
        steps += heading_steps(sheet, heading)
        steps += [(f"article-{article}", heading[0], reason) for article, reason in articles]
    edition = "to-personal" if whole else "to-standard"
    ending = ("foot", edition, "leave", *last, "end")
    return steps + [(piece, "", "") for piece in ending]


def _intro(choices: Sequence[Choice], *, whole: bool) -> str:
    if whole:
        return "whole"
    reasons = {choice.reason for choice in choices}
    for reason in (Reason.ENTERPRISE, Reason.DEFAULT):
        if reason in reasons:
            return reason.value
    return "own" if any(choice.own for choice in choices) else "none"

"""A gallery: of all the digests that an issue becomes, those that differ most."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from distribution.digests.layout import lay_out
from distribution.digests.selecting import Interests, Selector
from distribution.digests.sheet import Sheet
from distribution.fingerprint import fingerprint

_INTRO = "intro-"
_WHOLE = "whole"
_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_LIGHT = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)")
_ALWAYS, _NEVER = "(min-width:0px)", "(max-width:0px)"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One digest, and how many readers get exactly this."""

    kind: str
    """Which introduction it has: own, enterprise, default, none, whole."""
    articles: frozenset[int]
    readers: int
    wishes: Interests
    """Of one of them."""
    others: int
    """Other wishes that lead to the same."""
    signature: str
    """Of its articles, their order and reasons."""


@dataclass(frozen=True, slots=True)
class Hung:
    """A digest of a gallery, and what it is there for: its kind, its size, its difference."""

    exhibit: Exhibit
    roles: tuple[str, ...]
    """A kind, largest, smallest, different."""


def exhibits(
    sheet: Sheet, selector: Selector, wishes: Iterable[tuple[Interests, int]]
) -> list[Exhibit]:
    """Every different digest; each of the wishes comes with how many readers have it.

    The standard edition is among them, has it readers or not; who gets no mail is not.
    """
    found: dict[str, Exhibit] = {}
    for wish, readers in (*wishes, (Interests((), standard=True), 0)):
        choices = selector.select(wish).choices
        if not choices:
            continue
        facts = [[choice.article, choice.reason.value, choice.detail] for choice in choices]
        signature = fingerprint({"choices": facts})
        if known := found.get(signature):
            others = known.others + (1 if readers else 0)
            found[signature] = replace(known, readers=known.readers + readers, others=others)
            continue
        pieces = (step[0] for step in lay_out(sheet, choices, pixel=False).steps)
        kind = next(piece for piece in pieces if piece.startswith(_INTRO)).removeprefix(_INTRO)
        articles = frozenset(choice.article for choice in choices)
        found[signature] = Exhibit(kind, articles, readers, wish, 0, signature)
    return list(found.values())


def hang(all_of_them: Iterable[Exhibit], count: int) -> list[Hung]:
    """One of each kind, the largest and the smallest, then `count` that differ most.

    Greedy: each is as far as can be from the nearest that hangs already, by the share of articles
    that two do not have in common. The same for the same exhibits in any order.
    """
    ordered = sorted(all_of_them, key=lambda one: (-one.readers, one.signature))
    if not ordered:
        return []
    roles: dict[str, list[str]] = {}
    for exhibit in sorted(ordered, key=lambda one: one.kind != _WHOLE):
        if all(exhibit.kind not in said for said in roles.values()):
            roles[exhibit.signature] = [exhibit.kind]
    personal = [one for one in ordered if one.kind != _WHOLE] or ordered
    for role, sign in (("largest", 1), ("smallest", -1)):
        extreme = max(personal, key=lambda one: sign * len(one.articles))
        roles.setdefault(extreme.signature, []).append(role)
    by_signature = {one.signature: one for one in ordered}
    hanging = [Hung(by_signature[signature], tuple(said)) for signature, said in roles.items()]
    return hanging + [Hung(one, ("different",)) for one in _farthest(ordered, set(roles), count)]


def _farthest(ordered: Sequence[Exhibit], hung: Collection[str], count: int) -> list[Exhibit]:
    """So many that differ from those that hang and from each other; fewer where all is shown."""
    ids = sorted(frozenset().union(*(one.articles for one in ordered)))
    bits = {article: 1 << place for place, article in enumerate(ids)}
    masks = [sum(bits[article] for article in one.articles) for one in ordered]
    alike = dict(zip(reversed(masks), reversed(ordered), strict=True))  # the most read of each
    nearest = dict.fromkeys(masks, 1.0)
    latest = [mask for mask, one in zip(masks, ordered, strict=True) if one.signature in hung]
    chosen: list[Exhibit] = []
    while True:
        for mask in nearest:
            nearest[mask] = min([nearest[mask], *(_distance(mask, new) for new in latest)])
        farthest = max(nearest, key=nearest.__getitem__)
        if len(chosen) == count or not nearest[farthest]:
            return chosen
        chosen.append(alike[farthest])
        latest = [farthest]


def _distance(mask: int, other: int) -> float:
    """The share of articles of either that are not in both.

    >>> _distance(0b0111, 0b1110), _distance(0b11, 0b11)
    (0.5, 0.0)
    """
    return 1 - (mask & other).bit_count() / (mask | other).bit_count()


def in_scheme(html: str, *, dark: bool) -> str:
    """A mail that looks dark, or light, whatever the machine prefers."""
    head, end, rest = html.partition("</head>")
    head = _DARK.sub(_ALWAYS if dark else _NEVER, head)
    head = _LIGHT.sub(_NEVER if dark else _ALWAYS, head)
    return head.replace("light dark", "dark" if dark else "light") + end + rest

"""What readers took up and gave up: their topics when a run was planned, and each change since."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LINK, PAGE, OFFICE = "link", "page", "office"
CHANNELS = {LINK: "邮件里的“少看”“多看”", PAGE: "设置网页", OFFICE: "编辑部代改"}
"""How readers change their topics."""
_LESS, _MORE = "less", "more"
_READERS_OWN = "reader.preferences"


@dataclass(frozen=True, slots=True)
class Change:
    """The topics of a reader from one moment on."""

    subscriber_id: int
    at: datetime
    channel: str
    topics: tuple[str, ...]
    less: str = ""
    """The topic of the link he followed."""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all changes."""

    readers: int
    channels: dict[str, int]
    gained: Counter[str]
    lost: Counter[str]


def change_of(
    action: str, subscriber_id: int, detail: Mapping[str, Any], at: datetime
) -> Change | None:
    """What an audit row says about topics; None where it says nothing.

    A reader's own rows name the topics from then on, the office's those before them, too.
    """
    topics = detail.get("topics")
    if topics is None:
        return None
    if topics and isinstance(topics[-1], list):
        topics = topics[-1]
    less, more = str(detail.get(_LESS, "")), str(detail.get(_MORE, ""))
    channel = OFFICE if action != _READERS_OWN else LINK if less or more else PAGE
    return Change(subscriber_id, at, channel, tuple(topics), less, more)


def tally(
    changes: Sequence[Change],
    before: Mapping[int, Sequence[str]],
    successors: Mapping[str, str],
    since: datetime,
) -> Tally:
    """Count what was changed from `since` on by the readers whose topics `before` names.

    Who had chosen none gains what he chooses, and loses what he turns down over a link.
    """
    held = {who: _living(codes, successors) for who, codes in before.items()}
    net: dict[int, Counter[str]] = {who: Counter() for who in held}
    ways: dict[int, set[str]] = {who: set() for who in held}
    for change in changes:
        who = change.subscriber_id
        if who not in held:
            continue
        topics = _living(change.topics, successors)
        if change.at >= since:
            gained, lost = _difference(change, held[who], topics, successors)
            net[who].update(gained)
            net[who].subtract(lost)
            ways[who].add(change.channel)
        held[who] = topics
    lasting = {who: counts for who, counts in net.items() if any(counts.values())}
    return Tally(
        readers=len(lasting),
        channels={way: sum(way in ways[who] for who in lasting) for way in CHANNELS},
        gained=Counter(code for one in lasting.values() for code, n in one.items() if n > 0),
        lost=Counter(code for one in lasting.values() for code, n in one.items() if n < 0),
    )


def _difference(
    change: Change, held: frozenset[str], topics: frozenset[str], successors: Mapping[str, str]
) -> tuple[frozenset[str], frozenset[str]]:
    if change.channel == LINK:
        return (
            _living([change.more] if change.more else [], successors),
            _living([change.less] if change.less else [], successors),
        )
    return topics - held, held - topics


def _living(codes: Iterable[str], successors: Mapping[str, str]) -> frozenset[str]:
    return frozenset(successors.get(code, code) for code in codes)

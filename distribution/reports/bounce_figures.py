"""The figures of what came back: by class, provider, enterprise and consequence."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar

from distribution.words import Consequence, Meaning

NOTES = {
    "units": (
        "每封投递只计一次，按最后一次说法归类：退信在先，其次投递时被拒；"
        "只收到延迟通知的另列，它们还可能送达。"
    ),
    "returned": "退信：已交中继、其后退回的投递；与 report run 的退信同数。",
    "refused": "投递时被拒：对方当场拒收、不再重试的投递，以及重试到过期仍被拒的。",
    "lanes": "服务商：收件邮箱的服务商；自设邮箱的单位按域名。",
    "enterprises": "单位：按联系人现在所属的单位，合计多的在前。",
    "consequences": "后果：一封投递引起过几种后果时，只计最重的一种。",
    "mails": "投诉按投递与信计，自动回复、要求验证与未找到对应邮件的按来信封数计。",
    "unmatched": "未找到对应邮件：退信、延迟通知与投诉中，看不出是哪一封投递或信的。",
}
"""What each figure means, in the words of those who read it."""

NO_CLASS = "未分类"
"""Judged before classes were kept."""
GRAVEST = (
    Consequence.NONE,
    Consequence.COUNTED,
    Consequence.SLOWED,
    Consequence.STOPPED,
    Consequence.SUPPRESSED,
)
"""What can follow from a bounce or a refusal, from the lightest on."""

Key = TypeVar("Key")


class Way(Enum):
    """How a delivery did not arrive."""

    RETURNED = "returned"
    REFUSED = "refused"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True)
class Group:
    """Deliveries of which all this is the same."""

    way: Way
    meaning: Meaning | None
    lane: str
    enterprise_id: int | None
    enterprise: str
    consequence: Consequence
    deliveries: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Deliveries that did not arrive, each in one of the three."""

    returned: int = 0
    refused: int = 0
    delayed: int = 0
    """They may arrive yet."""

    @property
    def total(self) -> int:
        """Deliveries that will not arrive."""
        return self.returned + self.refused


@dataclass(frozen=True, slots=True)
class Mails:
    """What else came back."""

    complaints: int
    """Deliveries and letters somebody complained about."""
    letters: int
    """Letters that came back, in no other figure."""
    auto_replies: int
    challenges: int
    unmatched: int | None
    """None for a single run: of these nobody knows the run."""


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What came back of a run, or in a time."""

    run_id: int | None
    since: datetime | None
    before: datetime | None
    groups: tuple[Group, ...]
    mails: Mails

    @property
    def total(self) -> Counts:
        """Of all."""
        return tally(self.groups, lambda _: None).get(None, Counts())

    @property
    def meanings(self) -> dict[Meaning | None, Counts]:
        """By class, most first; None for what was judged before classes were kept."""
        return meanings_of(self.groups)

    @property
    def lanes(self) -> dict[str, Counts]:
        """By lane, most first."""
        return tally(self.groups, lambda group: group.lane)

    @property
    def enterprises(self) -> dict[tuple[int | None, str], Counts]:
        """By id and name, most first."""
        return tally(self.groups, lambda group: (group.enterprise_id, group.enterprise))

    @property
    def consequences(self) -> dict[Consequence, Counts]:
        """By what followed, the gravest first."""
        found = tally(self.groups, lambda group: group.consequence)
        return {one: found[one] for one in reversed(GRAVEST) if one in found}


def meaning_label(meaning: Meaning | None) -> str:
    """A class in Chinese."""
    return meaning.label if meaning else NO_CLASS


def meanings_of(groups: Iterable[Group]) -> dict[Meaning | None, Counts]:
    """By class, most first."""
    return tally(groups, lambda group: group.meaning)


def tally(groups: Iterable[Group], key: Callable[[Group], Key]) -> dict[Key, Counts]:
    """Sums by a key, most first; of as many, in the order of their names."""
    sums: defaultdict[Key, dict[Way, int]] = defaultdict(lambda: dict.fromkeys(Way, 0))
    for group in groups:
        sums[key(group)][group.way] += group.deliveries
    found = {
        one: Counts(ways[Way.RETURNED], ways[Way.REFUSED], ways[Way.DELAYED])
        for one, ways in sums.items()
    }
    ranked = sorted(found.items(), key=lambda one: (-one[1].total, -one[1].delayed, str(one[0])))
    return dict(ranked)

"""What a reader sets on his page: read from the form, saved as far as it differs."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from distribution import audience, audit, topics
from distribution.audience import Statement
from distribution.web.addressees import Addressee
from distribution.web.forms import Fields
from distribution.words import Decision, Edition, Frequency, MailFormat, Purpose

_Choice = TypeVar("_Choice")

TRACKING = {
    said: audience.text_of(Purpose.TRACKING, said).words
    for said in (Decision.GRANTED, Decision.WITHDRAWN)
}
"""The exact words each answer is given to; they are kept with it."""
PLACE = "place-"
"""How the fields begin that say where a topic stands."""
SHOWN = "shown-"
"""How the hidden fields begin that say what the page showed: what he left as it was may have been
changed since, in another tab, and then the newer one stays."""
_SEPARATORS = re.compile(r"[\r\n,，、;；]+")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader sent, or what his page showed; None leaves a thing as it is."""

    topics: tuple[str, ...]
    edition: Edition | None
    places: Mapping[str, int] = field(default_factory=dict)
    """From 1, of the topics he gave one."""
    watch_words: tuple[str, ...] | None = None
    frequency: Frequency | None = None
    format: MailFormat | None = None
    tracking: Decision | None = None


def read(fields: Fields, prefix: str = "") -> Wishes | None:
    """Read the form; None for what is none of ours, which must not pass for "no topics".

    With the prefix SHOWN, what the page showed: its topics in their order.

    >>> read({"topic": ["policy"], "edition": ["standard"], "place-policy": ["2"]}).places
    {'policy': 2}
    >>> read({"shown-topic": ["b", "a"], "shown-edition": ["standard"]}, SHOWN).topics
    ('b', 'a')
    >>> read({}) is read({"edition": ["golden"]}) is None
    True
    """
    own = {name.removeprefix(prefix): fields[name] for name in fields if name.startswith(prefix)}
    last = {name: values[-1] for name, values in own.items()}
    words = last.get("words")
    try:
        return Wishes(
            topics=tuple(own.get("topic", ())),
            edition=Edition(last["edition"]),
            places={
                name.removeprefix(PLACE): int(place)
                for name, place in last.items()
                if name.startswith(PLACE) and place
            },
            watch_words=None if words is None else tuple(_words(words)),
            frequency=Frequency(last["frequency"]) if "frequency" in last else None,
            format=MailFormat(last["format"]) if "format" in last else None,
            tracking=_answer(last["tracking"]) if "tracking" in last else None,
        )
    except (ValueError, KeyError):
        return None


def _words(text: str) -> list[str]:
    r"""Watch words as people divide them.

    >>> _words("液压、 数控机床\n\n大同")
    ['液压', '数控机床', '大同']
    """
    return [word.strip() for word in _SEPARATORS.split(text) if word.strip()]


def _answer(given: str) -> Decision:
    """One of the answers the page offers; KeyError for any other word."""
    return {said.value: said for said in TRACKING}[given]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be set."""

    interests: audience.Wishes
    tracking: Decision | None
    """None: he does not answer anew."""


def wanted(session: Session, reader: Addressee, sent: Wishes, shown: Wishes | None) -> Wanted:
    """What he changed on his page; all else stays as it is set by now.

    Of a page that does not say what it showed, all that was sent counts.
    """
    old = shown or Wishes((), None)
    words = sent.watch_words
    if words is not None and old.watch_words is not None:
        held = _words("\n".join(reader.profile.watch_words))
        words = with_his_words(held, old.watch_words, words)
    interests = audience.Wishes(
        topics=_topics(session, reader, sent, shown),
        watch_words=words,
        edition=_new(sent.edition, old.edition),
        frequency=_new(sent.frequency, old.frequency),
        format=_new(sent.format, old.format),
    )
    last = reader.last_word(Purpose.TRACKING)
    own = last is not None and last.by == "reader"  # what others said for him he may say himself
    return Wanted(interests, _new(sent.tracking, old.tracking) if own else sent.tracking)


def _new(sent: _Choice, shown: _Choice) -> _Choice | None:
    return None if sent == shown else sent


def with_his_words(
    now: Sequence[str], shown: Sequence[str], sent: Sequence[str]
) -> tuple[str, ...] | None:
    """Watch words with those he added and without those he took out; None where he did neither.

    >>> with_his_words(["液压", "大同"], ["液压", "阀门"], ["阀门", "轴承"])
    ('大同', '轴承')
    >>> with_his_words(["液压"], ["液压"], ["液压"]) is None
    True
    """
    if list(sent) == list(shown):
        return None
    if list(now) == list(shown):
        return tuple(sent)
    gone = set(shown) - set(sent)
    added = [word for word in sent if word not in shown]
    return tuple(dict.fromkeys([*(word for word in now if word not in gone), *added]))


def save(session: Session, reader: Addressee, new: Wanted, at: datetime) -> Mapping[str, object]:
    """Change what differs, and write down who did it; the same again leaves no trace.

    Gives what has changed, by its name. Raises InvalidText for watch words that cannot be kept.
    """
    row = reader.profile.subscriber
    differing = audience.set_interests(session, row, new.interests, by="reader")
    changed: dict[str, object] = {name: pair[1] for name, pair in differing.items()}
    if new.tracking is not None:
        said = Statement(
            new.tracking,
            wording=TRACKING[new.tracking],
            channel="web",
            purpose=Purpose.TRACKING,
            delivery_id=reader.origin.delivery_id,
        )
        if audience.record_consent(session, row.id, said, by="reader", at=at):
            changed["tracking"] = new.tracking.value
    if changed:
        audit.record(session, "reader.preferences", str(row.id), by="reader", at=at, **changed)
    return changed


def _topics(
    session: Session, reader: Addressee, sent: Wishes, shown: Wishes | None
) -> Sequence[str]:
    now = topics.successors(session)  # his page may be older than a merge
    known = [topic.code for topic in topics.all_topics(session)]
    ticked = frozenset(now.get(code, code) for code in sent.topics)
    if ticked and ticked.isdisjoint(known):  # none of our forms; it must not pass for "no topics"
        raise HTTPException(400)
    held = [topic.code for topic in reader.profile.topics]
    places = {now.get(code, code): place for code, place in sent.places.items()}
    if shown is None:
        return in_his_order(held, known, ticked, places)
    before = [now.get(code, code) for code in shown.topics]
    chosen = with_his_ticks(held, before, ticked)
    if _reordered(sent, shown):
        return in_his_order(list(dict.fromkeys([*before, *held])), known, chosen, places)
    new = {code: place for code, place in places.items() if code not in before}
    return in_his_order(held, known, chosen, new)


def _reordered(sent: Wishes, shown: Wishes) -> bool:
    """Whether he put one of the topics he keeps to another place."""
    stood = {code: place for place, code in enumerate(shown.topics, 1) if code in sent.topics}
    return any(sent.places.get(code, place) != place for code, place in stood.items())


def with_his_ticks(
    now: Sequence[str], shown: Sequence[str], ticked: AbstractSet[str]
) -> frozenset[str]:
    """Topics with those he ticked and without those he unticked on a page that showed some.

    >>> sorted(with_his_ticks(["a", "b"], ["a", "c"], {"c", "d"}))
    ['b', 'd']
    """
    return (frozenset(now) | ticked - set(shown)) - (set(shown) - ticked)


def in_his_order(
    before: Sequence[str], known: Sequence[str], wanted: frozenset[str], places: Mapping[str, int]
) -> list[str]:
    """Topics where he put them; without a place they stay, new ones follow in the editors' order.

    What was moved to a place that is taken comes before what stands there, or behind it where it
    was moved down. Unknown topics are ignored.

    >>> in_his_order(["c", "a"], ["a", "b", "c", "d"], frozenset("dcbx"), {})
    ['c', 'b', 'd']
    >>> in_his_order(["a", "b", "c"], ["a", "b", "c"], frozenset("abc"), {"a": 1, "b": 2, "c": 1})
    ['c', 'a', 'b']
    >>> in_his_order(["a", "b", "c"], ["a", "b", "c"], frozenset("abc"), {"a": 3, "b": 2, "c": 3})
    ['b', 'c', 'a']
    """
    stood = {code: place for place, code in enumerate([*before, *known], 1) if code in known}
    stood |= {code: place for place, code in enumerate(before, 1)}

    def rank(code: str) -> tuple[int, int]:
        place, old = places.get(code, stood[code]), stood[code]
        return place, (place > old) - (place < old)

    chosen = dict.fromkeys(code for code in (*before, *known) if code in wanted and code in known)
    return sorted(chosen, key=rank)

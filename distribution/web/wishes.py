"""What a reader sets on his page: read from the form, saved as far as it differs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from distribution import audience, audit, topics
from distribution.audience import Statement
from distribution.web.addressees import Addressee
from distribution.web.forms import Fields
from distribution.words import Decision, Edition, Frequency, MailFormat, Purpose

TRACKING = {
    said: audience.text_of(Purpose.TRACKING, said).words
    for said in (Decision.GRANTED, Decision.WITHDRAWN)
}
"""The exact words each answer is given to; they are kept with it."""
PLACE = "place-"
"""How the fields begin that say where a topic stands."""
_SEPARATORS = re.compile(r"[\r\n,，、;；]+")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader sent; None leaves a thing as it is."""

    topics: frozenset[str]
    edition: Edition
    places: Mapping[str, int] = field(default_factory=dict)
    """From 1, of the topics he gave one."""
    watch_words: tuple[str, ...] | None = None
    frequency: Frequency | None = None
    format: MailFormat | None = None
    tracking: Decision | None = None


def read(fields: Fields) -> Wishes | None:
    """Read the form; None for what is none of ours, which must not pass for "no topics".

    >>> read({"topic": ["policy"], "edition": ["standard"], "place-policy": ["2"]}).places
    {'policy': 2}
    >>> read({}) is read({"edition": ["golden"]}) is None
    True
    """
    last = {name: values[-1] for name, values in fields.items()}
    words = last.get("words")
    try:
        return Wishes(
            topics=frozenset(fields.get("topic", ())),
            edition=Edition(last["edition"]),
            places={
                name.removeprefix(PLACE): int(place)
                for name, place in last.items()
                if name.startswith(PLACE) and place
            },
            watch_words=None if words is None else tuple(_words(words)),
            frequency=Frequency(last["frequency"]) if "frequency" in last else None,
            format=MailFormat(last["format"]) if "format" in last else None,
            tracking=_answer(last["tracking"]) if _is_said(last) else None,
        )
    except (ValueError, KeyError):
        return None


def _words(text: str) -> list[str]:
    r"""Watch words as people divide them.

    >>> _words("液压、 数控机床\n\n大同")
    ['液压', '数控机床', '大同']
    """
    return [word.strip() for word in _SEPARATORS.split(text) if word.strip()]


def _is_said(last: Mapping[str, str]) -> bool:
    """Whether he answers anew: a page left open must not take back what he has said since.

    >>> _is_said({"tracking": "granted", "shown": "granted"}), _is_said({"tracking": "granted"})
    (False, True)
    """
    return "tracking" in last and last["tracking"] != last.get("shown")


def _answer(given: str) -> Decision:
    """One of the answers the page offers; KeyError for any other word."""
    return {said.value: said for said in TRACKING}[given]


def save(session: Session, reader: Addressee, wishes: Wishes, at: datetime) -> None:
    """Change what differs, and write down who did it; the same again leaves no trace.

    Raises InvalidText for watch words that cannot be kept.
    """
    wanted = audience.Wishes(
        topics=_topics(session, reader, wishes),
        watch_words=wishes.watch_words,
        edition=wishes.edition,
        frequency=wishes.frequency,
        format=wishes.format,
    )
    row = reader.profile.subscriber
    differing = audience.set_interests(session, row, wanted, by="reader")
    changed: dict[str, object] = {name: pair[1] for name, pair in differing.items()}
    if wishes.tracking is not None:
        said = Statement(
            wishes.tracking,
            wording=TRACKING[wishes.tracking],
            channel="web",
            purpose=Purpose.TRACKING,
            delivery_id=reader.origin.delivery_id,
        )
        if audience.record_consent(session, row.id, said, by="reader", at=at):
            changed["tracking"] = wishes.tracking.value
    if changed:
        audit.record(session, "reader.preferences", str(row.id), by="reader", at=at, **changed)


def _topics(session: Session, reader: Addressee, wishes: Wishes) -> list[str]:
    now = topics.successors(session)  # his page may be older than a merge
    known = [topic.code for topic in topics.all_topics(session)]
    wanted = frozenset(now.get(code, code) for code in wishes.topics)
    if wanted and wanted.isdisjoint(known):  # none of our forms; it must not pass for "no topics"
        raise HTTPException(400)
    return in_his_order(
        [topic.code for topic in reader.profile.topics],
        known,
        wanted,
        {now.get(code, code): place for code, place in wishes.places.items()},
    )


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

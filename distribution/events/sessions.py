"""Judges acts by what else happened: what one client did in one mail, and one network in many."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from math import ceil
from typing import TypeVar

from distribution.events.classes import HIDDEN_LINK
from distribution.events.verdicts import Act, Judged, by_itself, machine_by_itself
from distribution.words import Signal, Verdict

BURST, WITHIN = 3, timedelta(seconds=2)
"""So many links of a mail in so short a time: nobody reads like that."""
MOST_LINKS, FEWEST, PACE = 0.8, 4, timedelta(seconds=3)
"""So much of a mail, and at least so many of its links, each faster than a page is looked at."""
PAUSE, PAUSE_OF_UNKNOWN = timedelta(seconds=30), timedelta(seconds=5)
"""How long a session may rest; where the mail is not known, other people may be in between."""
AHEAD = timedelta(seconds=1)
"""So shortly before a click, a gateway looks at the same link from a network of its own."""
MANY_READERS, MINUTE = 20, timedelta(minutes=1)
"""One kind of program in one network with so many readers' mails."""
VOUCHED = timedelta(minutes=2)
"""So long, a form that a person sent speaks for what the same client does."""
SPAN = timedelta(minutes=5)
"""Nothing that lies further apart than this changes a verdict."""

CROWD, VOUCHED_FOR = "many-readers", "after-a-form"
"""Rules that look beyond one mail, or are stronger than those that do."""

Found = dict[int, Judged]
"""Verdicts that override an act's own, by its place."""


def judge(acts: Sequence[Act], links: Mapping[int, int]) -> list[Judged]:
    """Judge acts together; `links` says how many articles a mail has, by delivery.

    Whatever gives itself away stays a machine; a form, and what it vouches for, is a person's.
    """
    found: Found = {}
    for rule in (_many_readers(acts), _mails(acts, links), _vouched(acts)):
        found |= rule
    return [
        by_itself(act)
        if act.signal is Signal.ACT or machine_by_itself(act)
        else found.get(place, by_itself(act))
        for place, act in enumerate(acts)
    ]


# -- one mail, one client ------------------------------------------------------------------------


def _mails(acts: Sequence[Act], links: Mapping[int, int]) -> Found:
    """What was done in too great a hurry, or beside a link that no reader sees."""
    found: Found = {}
    for mail, places in _by(acts, lambda act: act.mail).items():
        clicks = [place for place in places if acts[place].signal is Signal.CLICK]
        needed = max(ceil(MOST_LINKS * links.get(mail, 0)), FEWEST)
        if mail in links:
            found |= _all(_crammed(acts, clicks, _link, needed, PACE * needed), "all-links")
        found |= _all(_crammed(acts, clicks, _link, BURST, WITHIN), "burst")
        found |= _all(_ahead(acts, clicks), "ahead-of-click")
        for of_client in _by(acts, lambda act: act.client, places).values():
            for session in _sessions(acts, of_client, PAUSE):
                found |= _session(acts, session)
    nameless = [place for place, act in enumerate(acts) if act.mail is None and act.network]
    for of_client in _by(acts, lambda act: (act.run, act.client), nameless).values():
        for session in _sessions(acts, of_client, PAUSE_OF_UNKNOWN):
            found |= _session(acts, session)
    return found


def _session(acts: Sequence[Act], session: Sequence[int]) -> Found:
    """One client's acts without a pause: where one of them was no person's, none was."""
    clicks = [place for place in session if acts[place].signal is Signal.CLICK]
    if any(acts[place].hidden for place in session):
        return _all(session, "with-hidden-link")
    if _crammed(acts, clicks, _link, BURST, WITHIN):
        return _all(session, "burst")
    if any(acts[place].too_soon for place in clicks):
        return _all(clicks, "too-soon")  # a mail program may fetch the pixel as it comes
    return {}


def _ahead(acts: Sequence[Act], clicks: Sequence[int]) -> Iterator[int]:
    """Of two clicks on one link, from two networks, the first: nobody is in two places."""
    for of_link in _by(acts, lambda act: act.link, clicks).values():
        for first, second in pairwise(of_link):
            one, other = acts[first], acts[second]
            apart = one.network and other.network and one.network != other.network
            if apart and other.at - one.at <= AHEAD and machine_by_itself(other) is None:
                yield first


def _sessions(
    acts: Sequence[Act], places: Sequence[int], pause: timedelta
) -> Iterator[Sequence[int]]:
    start = 0
    for end in range(1, len(places) + 1):
        if end == len(places) or acts[places[end]].at - acts[places[end - 1]].at > pause:
            yield places[start:end]
            start = end


# -- one network, many readers; and who is vouched for -------------------------------------------


def _many_readers(acts: Sequence[Act]) -> Found:
    found: Found = {}
    networked = [place for place, act in enumerate(acts) if act.network]
    for places in _by(acts, lambda act: act.client, networked).values():
        crowd = _crammed(acts, places, lambda act: act.mail, MANY_READERS, MINUTE)
        found |= _all(crowd, CROWD)
    return found


def _vouched(acts: Sequence[Act]) -> Found:
    """What the client of an accepted form does in the same mail shortly after."""
    found: Found = {}
    named = [place for place, act in enumerate(acts) if act.mail is not None and act.network]
    for places in _by(acts, lambda act: (act.mail, act.client), named).values():
        last = None
        for place in places:
            act = acts[place]
            if act.signal is Signal.ACT and machine_by_itself(act) is None:
                last = act.at
            elif last is not None and act.at - last <= VOUCHED:
                found[place] = Verdict.HUMAN, VOUCHED_FOR
    return found


# -- counting ------------------------------------------------------------------------------------


def _all(places: Iterable[int], rule: str) -> Found:
    return dict.fromkeys(places, (Verdict.MACHINE, rule))


def _link(act: Act) -> Hashable:
    """The link that no reader sees is one of them."""
    return HIDDEN_LINK if act.hidden else act.link


_Key = TypeVar("_Key", bound=Hashable)


def _by(
    acts: Sequence[Act], key: Callable[[Act], _Key | None], places: Iterable[int] | None = None
) -> dict[_Key, list[int]]:
    """Places by a key, each list in the order of time; those whose key is None are left out."""
    groups: defaultdict[_Key, list[int]] = defaultdict(list)
    for place in range(len(acts)) if places is None else places:
        if (of := key(acts[place])) is not None:
            groups[of].append(place)
    for group in groups.values():
        group.sort(key=lambda place: acts[place].at)
    return groups


def _crammed(
    acts: Sequence[Act],
    places: Sequence[int],
    key: Callable[[Act], Hashable],
    needed: int,
    within: timedelta,
) -> set[int]:
    """Of places in the order of time, those in any stretch with so many different keys."""
    crammed: set[int] = set()
    seen: Counter[Hashable] = Counter()
    start = marked = 0
    for end, place in enumerate(places):
        seen[key(acts[place])] += 1
        while acts[place].at - acts[places[start]].at > within:
            first = key(acts[places[start]])
            seen[first] -= 1
            if not seen[first]:
                del seen[first]
            start += 1
        if len(seen) - (None in seen) >= needed:  # None: nobody knows which
            crammed.update(places[max(start, marked) : end + 1])
            marked = end + 1
    return crammed

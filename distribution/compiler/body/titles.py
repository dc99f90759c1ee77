"""The titles of the contents, found in the body."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter

from rapidfuzz import fuzz, process

from distribution.compiler.article.datelines import read_dateline
from distribution.compiler.body.looks import Looks, learn
from distribution.compiler.content import Complaint
from distribution.compiler.doubts import Doubt
from distribution.compiler.front.contents import Entry
from distribution.compiler.lines import Line, compact, complain, excerpt, key, runs
from distribution.compiler.sentences import is_finished, without_number

_ALIKE = 86
"""Of 100: a title with two or three characters changed, but no other title."""
_LENGTHS = 0.75, 1.34
_WIDEST_WINDOW = 2000
"""Candidates; an issue has some hundreds. Comparing every title with more would take too long."""
_MOST_PLACES = 4
"""Of one title, beyond those that share it; more are a running head nobody recognised."""
_FOUND = 1.0
_LOOK, _SPELLING, _TEXT_FOLLOWS, _DATELINE_FOLLOWS = 0.2, 0.05, 0.1, 0.1
"""What speaks for one of several places, together less than a title found."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a title stands: `count` lines from index `start`."""

    start: int
    count: int

    @property
    def end(self) -> int:
        """The index behind it."""
        return self.start + self.count


def find_titles(
    entries: Sequence[Entry], lines: Sequence[Line], month: date
) -> tuple[list[Place | None], Looks, list[Complaint]]:
    """Look for the titles in their order, then anywhere, then for lines like them."""
    exact = _exact_places(entries, lines)
    sure = [places[0] for places in exact.values() if len(places) == 1]
    looks = _looks(lines, sure)
    places = _in_order(entries, exact, _Judge(lines, exact, looks, month))
    taken = {index for place in places if place for index in range(place.start, place.end)}
    complaints = _find_out_of_order(entries, places, exact, taken)
    looks = _looks(lines, [place for place in places if place])
    complaints += _find_alike(entries, places, lines, taken)
    return places, looks, complaints


def _exact_places(entries: Sequence[Entry], lines: Sequence[Line]) -> dict[str, list[Place]]:
    wanted = Counter(key(entry.title) for entry in entries)
    exact: dict[str, list[Place]] = defaultdict(list)
    for one, start, count in runs(list(lines)):
        if one in wanted and len(exact[one]) < _MOST_PLACES + wanted[one]:
            exact[one].append(Place(start, count))
    if all(exact[one] for one in wanted):
        return exact
    bare = [replace(line, text=without_number(line.text)) for line in lines]
    for one, start, count in runs(bare):  # 一、标题, where the contents number nothing
        if one in wanted and not exact[one] and bare[start].text != lines[start].text:
            exact[one].append(Place(start, count))
    return exact


def _looks(lines: Sequence[Line], places: Iterable[Place]) -> Looks:
    within = {index for place in places for index in range(place.start, place.end)}
    titles = [line for index, line in enumerate(lines) if index in within]
    return learn(titles, [line for index, line in enumerate(lines) if index not in within])


class _Judge:
    """Says how good a place is for a title; only the better of two places is ever asked for."""

    def __init__(
        self, lines: Sequence[Line], exact: dict[str, list[Place]], looks: Looks, month: date
    ) -> None:
        self._lines, self._looks, self._month = lines, looks, month
        self._starts = {place.start for places in exact.values() for place in places}

    def worth(self, title: str, place: Place) -> float:
        first = self._lines[place.start]
        printed = "".join(line.text for line in self._lines[place.start : place.end])
        worth = _FOUND + _LOOK * self._looks.is_title(first)
        worth += _SPELLING * (compact(printed) == compact(title))
        if place.end >= len(self._lines) or place.end in self._starts:
            return worth
        following = self._lines[place.end].text
        worth += _TEXT_FOLLOWS * is_finished(following)
        return worth + _DATELINE_FOLLOWS * (read_dateline(following, self._month).length > 0)


def _in_order(
    entries: Sequence[Entry], exact: dict[str, list[Place]], judge: _Judge
) -> list[Place | None]:
    """The best chain of places that follows the contents: most titles, each at its best place."""
    steps = [
        (index, place, judge.worth(entry.title, place))
        for index, entry in enumerate(entries)
        for place in exact[key(entry.title)]
    ]
    best: list[tuple[float, int]] = []  # of the chain that ends here: its worth, the step before
    for at, (index, place, worth) in enumerate(steps):
        before = -1
        for earlier in range(at):
            other, ahead, _ = steps[earlier]
            better = before < 0 or best[earlier][0] > best[before][0]
            if other < index and ahead.end <= place.start and better:
                before = earlier
        best.append((worth + (best[before][0] if before >= 0 else 0), before))
    places: list[Place | None] = [None] * len(entries)
    at = max(range(len(steps)), key=lambda step: best[step][0], default=-1)
    while at >= 0:
        places[steps[at][0]] = steps[at][1]
        at = best[at][1]
    return places


def _first_free(places: Iterable[Place], taken: set[int]) -> Place | None:
    for place in places:
        if taken.isdisjoint(range(place.start, place.end)):
            return place
    return None


def _find_out_of_order(
    entries: Sequence[Entry],
    places: list[Place | None],
    exact: dict[str, list[Place]],
    taken: set[int],
) -> list[Complaint]:
    complaints = []
    for index, entry in enumerate(entries):
        place = None if places[index] else _first_free(exact[key(entry.title)], taken)
        if place:
            places[index] = place
            taken.update(range(place.start, place.end))
            problem = "这篇文章在正文中的先后与目录不一致"
            complaints.append(complain(Doubt.OUT_OF_ORDER, entry.line, problem, entry.title))
    return complaints


def _find_alike(
    entries: Sequence[Entry],
    places: list[Place | None],
    lines: Sequence[Line],
    taken: set[int],
) -> list[Complaint]:
    """Accept a title with a misprint if it stands between its neighbours."""
    complaints = []
    candidates = list(runs(list(lines), longest=2))
    for index, entry in enumerate(entries):
        if places[index]:
            continue
        after, before = _neighbours(places, index, len(lines))
        first, last = (bisect_left(candidates, at, key=itemgetter(1)) for at in (after, before))
        place = _most_alike(entry.title, candidates[first:last], taken)
        if place is None:
            problem = "正文中没有找到目录里的这个标题，其正文可能并入了前一篇，请核对"
            complaints.append(complain(Doubt.TITLE_MISSING, entry.line, problem, entry.title))
            continue
        places[index] = place
        taken.update(range(place.start, place.end))
        text = "".join(line.text for line in lines[place.start : place.end])
        problem = f"标题仅近似匹配，目录为「{excerpt(entry.title)}」，请核对"
        complaints.append(complain(Doubt.TITLE_ALIKE, lines[place.start], problem, text))
    return complaints


def _neighbours(places: Sequence[Place | None], index: int, end: int) -> tuple[int, int]:
    before = [place.end for place in places[:index] if place]
    after = [place.start for place in places[index + 1 :] if place]
    first = max(before, default=0)
    return first, min((start for start in after if start >= first), default=end)


def _most_alike(
    title: str, candidates: Sequence[tuple[str, int, int]], taken: set[int]
) -> Place | None:
    if len(candidates) > _WIDEST_WINDOW:
        return None
    wanted = key(title)
    shortest, longest = (len(wanted) * factor for factor in _LENGTHS)
    places = {
        one: Place(start, count)
        for one, start, count in reversed(candidates)
        if shortest <= len(one) <= longest and taken.isdisjoint(range(start, start + count))
    }
    best = process.extractOne(wanted, list(places), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return places[best[0]] if best else None

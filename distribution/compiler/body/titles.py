"""The body, cut into articles where the titles of the contents stand in it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from rapidfuzz import fuzz, process

from distribution.compiler.content import Complaint
from distribution.compiler.doubts import Doubt
from distribution.compiler.front.contents import Contents, Entry
from distribution.compiler.lines import Line, excerpt, key, runs

_ALIKE = 86
"""Of 100: a title with two or three characters changed, but no other title."""
_LENGTHS = 0.75, 1.34
_WIDEST_WINDOW = 2000
"""Candidates; an issue has some hundreds. Comparing every title with more would take too long."""

_LONGEST_HEADING = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Where a title stands: `count` lines from index `start`."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class Portion:
    """An entry of the contents with its lines; `number` is 0 if the title was not found."""

    entry: Entry
    number: int
    lines: tuple[Line, ...]


def split_body(lines: Sequence[Line], contents: Contents) -> tuple[list[Portion], list[Complaint]]:
    """The portions in the order of the contents, and what could not be placed."""
    titles = {key(entry.title) for entry in contents.entries}
    sections = {key(section) for section in contents.sections} - titles
    text = [line for line in lines if not _is_one_of(sections, line)]
    places, complaints = find_titles(contents.entries, text)
    complaints += _homeless(text, places)
    complaints += _stray_headings(lines, text, contents, places)
    return _portions(contents.entries, text, places), complaints


def _is_one_of(sections: AbstractSet[str], line: Line) -> bool:
    return len(line.text) <= _LONGEST_HEADING and key(line.text) in sections


def find_titles(
    entries: Sequence[Entry], lines: Sequence[Line]
) -> tuple[list[Place | None], list[Complaint]]:
    """Look for every title behind the one before it, then anywhere, then for one like it."""
    wanted = {key(entry.title) for entry in entries}
    exact: dict[str, list[Place]] = defaultdict(list)
    for one, start, count in runs(list(lines)):
        if one in wanted:
            exact[one].append(Place(start, count))
    places: list[Place | None] = []
    taken: set[int] = set()
    position = 0
    for entry in entries:
        place = _first_free(exact[key(entry.title)], position, taken)
        places.append(place)
        if place:
            position = place.start + place.count
            taken.update(range(place.start, position))
    complaints = _find_out_of_order(entries, places, exact, taken)
    complaints += _find_alike(entries, places, lines, taken)
    return places, complaints


def _first_free(places: Iterable[Place], position: int, taken: set[int]) -> Place | None:
    for place in places:
        if place.start >= position and place.start not in taken:
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
        place = None if places[index] else _first_free(exact[key(entry.title)], 0, taken)
        if place:
            places[index] = place
            taken.update(range(place.start, place.start + place.count))
            problem = "这篇文章在正文中的先后与目录不一致"
            complaints.append(
                Complaint(Doubt.OUT_OF_ORDER, entry.number, problem, excerpt(entry.title))
            )
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
            complaints.append(
                Complaint(Doubt.TITLE_MISSING, entry.number, problem, excerpt(entry.title))
            )
            continue
        places[index] = place
        taken.update(range(place.start, place.start + place.count))
        text = "".join(line.text for line in lines[place.start : place.start + place.count])
        problem = f"标题仅近似匹配，目录为「{excerpt(entry.title)}」，请核对"
        complaints.append(
            Complaint(Doubt.TITLE_ALIKE, lines[place.start].number, problem, excerpt(text))
        )
    return complaints


def _neighbours(places: Sequence[Place | None], index: int, end: int) -> tuple[int, int]:
    before = [place.start + place.count for place in places[:index] if place]
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


def _portions(
    entries: Sequence[Entry], lines: Sequence[Line], places: Sequence[Place | None]
) -> list[Portion]:
    starts = [*sorted(place.start for place in places if place), len(lines)]
    following = dict(pairwise(starts))
    portions = []
    for entry, place in zip(entries, places, strict=True):
        if place is None:
            portions.append(Portion(entry, 0, ()))
            continue
        text = tuple(lines[place.start + place.count : following[place.start]])
        portions.append(Portion(entry, lines[place.start].number, text))
    return portions


def _homeless(lines: Sequence[Line], places: Sequence[Place | None]) -> list[Complaint]:
    """What stands between the contents and the first title belongs to no article."""
    first = min((place.start for place in places if place), default=len(lines))
    if not first:
        return []
    problem = f"第一篇文章的标题之前有 {first} 行文字不属于任何文章，已略去"
    return [Complaint(Doubt.ORPHAN, lines[0].number, problem, excerpt(lines[0].text))]


def _stray_headings(
    lines: Sequence[Line], text: Sequence[Line], contents: Contents, places: Sequence[Place | None]
) -> list[Complaint]:
    """A section's name far from its section may have been a heading inside an article."""
    remaining = {line.number for line in text}
    sections = [entry.section for entry in contents.entries]
    numbers = [text[place.start].number if place else 0 for place in places]
    complaints = []
    for line in lines:
        if line.number in remaining:
            continue
        before = [index for index, number in enumerate(numbers) if 0 < number < line.number]
        around = sections[before[-1] : before[-1] + 2] if before else sections[:1]
        if key(line.text) not in map(key, around):
            problem = "栏目名出现在别处，已当作版面文字略去，请核对"
            complaints.append(
                Complaint(Doubt.SECTION_STRAY, line.number, problem, excerpt(line.text))
            )
    return complaints

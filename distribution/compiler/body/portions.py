"""The body, cut into articles: at the titles of the contents, and where the contents lack one."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, zip_longest
from operator import attrgetter

from distribution.compiler.account import Homes
from distribution.compiler.body import unlisted
from distribution.compiler.body.looks import Looks, learn
from distribution.compiler.body.paragraphs import NEVER_A_BEGINNING
from distribution.compiler.body.titles import Place, find_titles
from distribution.compiler.content import Complaint
from distribution.compiler.doubts import Doubt, Furniture
from distribution.compiler.front.contents import Contents
from distribution.compiler.front.sections import new_section, section_name
from distribution.compiler.lines import Line, complain, key

_LONGEST_HEADING = 40
_LONGEST_TITLE = 120
_NUMBER = attrgetter("number")
_NO_HEADINGS_END = ("。", "！", "？", "；", "，", "：")


@dataclass(frozen=True, slots=True)
class Portion:
    """An article before it is read; without `heading` its title was not found."""

    section: str
    page: int | None
    title: str
    heading: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    listed: Line | None = None
    """The line of the contents that names it."""


def split_by_contents(
    lines: Sequence[Line], contents: Contents, known: frozenset[str], month: date, homes: Homes
) -> tuple[list[Portion], Looks, list[Complaint]]:
    """The portions in the order of the contents, and what could not be placed."""
    titles = {key(entry.title) for entry in contents.entries}
    names = ({key(section) for section in contents.sections} | known) - titles
    headings = _headings(names, titles, lines)
    homes.furnish(headings, Furniture.SECTION_HEADING)
    numbers = {line.number for line in headings}
    text = [line for line in lines if line.block is None and line.number not in numbers]
    places, looks, complaints = find_titles(contents.entries, text, month)
    found = [line for line in lines if line.number not in numbers]
    portions = _portions(contents, text, found, places)
    complaints += _stray_headings(headings, portions)
    divided: list[Portion] = []
    for portion in portions:
        several, doubts = _divided(portion, headings, looks, month)
        divided += several
        complaints += doubts
    return divided, looks, complaints


def split_by_looks(
    lines: Sequence[Line], known: frozenset[str], month: date, homes: Homes
) -> tuple[list[Portion], Looks, list[Complaint]]:
    """The portions of a body that no contents describe; none where nothing tells them apart."""
    text = [line for line in lines if line.block is None]
    guesses, headings = unlisted.throughout(text, known, month)
    homes.furnish((text[index] for index in headings), Furniture.SECTION_HEADING)
    heads = sorted(headings)
    numbers = {text[index].number for index in heads}
    starts = [text[guess.start].number for guess in guesses]
    stops = [*starts[1:], lines[-1].number + 1] if starts else []
    portions, complaints = [], []
    for guess, stop in zip(guesses, stops, strict=True):
        at = bisect_right(heads, guess.start) - 1
        section = section_name(text[heads[at]].text) if at >= 0 else ""
        heading = tuple(text[guess.start : guess.start + guess.count])
        between = _between(lines, heading[-1].number, stop)
        inside = tuple(line for line in between if line.number not in numbers)
        portions.append(Portion(section, None, guess.title, heading, inside))
        if not guess.sure:
            problem = "没有目录，这一行按版面推断为标题，请核对"
            complaints.append(complain(Doubt.TITLE_GUESSED, heading[0], problem))
        if not section:
            problem = "这篇文章之前没有栏目名"
            complaints.append(complain(Doubt.NO_SECTION, heading[0], problem))
        elif key(section) not in known:
            complaints.append(complain(Doubt.SECTION_NEW, heading[0], new_section(section)))
    titles = [line for portion in portions for line in portion.heading]
    taken = {line.number for line in titles}
    return portions, learn(titles, [one for one in text if one.number not in taken]), complaints


def _headings(names: set[str], titles: set[str], lines: Sequence[Line]) -> list[Line]:
    """The lines that are sections' names; a sentence that says the same words ends in a stop.

    A numbered name may be a subheading (一、质量管理), unless a title stands directly below it; and
    no heading stands above a comma, which goes on with the line above.
    """
    found = []
    for line, below in zip_longest(lines, lines[1:]):
        if line.block is not None or len(line.text) > _LONGEST_HEADING:
            continue
        if below is not None and below.text.startswith(NEVER_A_BEGINNING):
            continue
        plain = key(line.text) in names and not line.text.endswith(_NO_HEADINGS_END)
        beginning = key(below.text[:_LONGEST_TITLE]) if below is not None else ""
        above_title = any(title.startswith(beginning) for title in titles if beginning)
        if plain or (above_title and key(section_name(line.text)) in names):
            found.append(line)
    return found


def _portions(
    contents: Contents,
    text: Sequence[Line],
    lines: Sequence[Line],
    places: Sequence[Place | None],
) -> list[Portion]:
    starts = sorted(text[place.start].number for place in places if place)
    following = dict(pairwise([*starts, lines[-1].number + 1 if lines else 0]))
    portions = []
    for entry, place in zip(contents.entries, places, strict=True):
        portion = Portion(entry.section, entry.page, entry.title, listed=entry.line)
        if place is not None:
            heading = tuple(text[place.start : place.end])
            stop = following[heading[0].number]
            inside = _between(lines, heading[-1].number, stop)
            portion = replace(portion, heading=heading, lines=inside)
        portions.append(portion)
    return portions


def _between(lines: Sequence[Line], begin: int, end: int) -> tuple[Line, ...]:
    """The lines, in the order of their numbers, behind one number and before another."""
    first = bisect_right(lines, begin, key=_NUMBER)
    return tuple(lines[first : bisect_left(lines, end, key=_NUMBER)])


def _divided(
    portion: Portion, headings: Sequence[Line], looks: Looks, month: date
) -> tuple[list[Portion], list[Complaint]]:
    """The portion, cut where an article begins that the contents do not name."""
    text = [line for line in portion.lines if line.block is None]
    guesses = unlisted.within(text, looks, month)
    doubts = [_about_echo(line) for line in unlisted.echoing(text, guesses)]
    if not guesses:
        return [portion], doubts
    stops = [*(text[guess.start].number for guess in guesses), portion.lines[-1].number + 1]
    first = [line for line in portion.lines if line.number < stops[0]]
    portions, complaints = [replace(portion, lines=tuple(first))], doubts
    section = portion.section
    for guess, stop in zip(guesses, stops[1:], strict=True):
        heading = tuple(text[guess.start : guess.start + guess.count])
        above = _between(headings, portion.heading[-1].number, heading[0].number)
        if above:
            section = section_name(above[-1].text)
        inside = _between(portion.lines, heading[-1].number, stop)
        portions.append(Portion(section, None, guess.title, heading, inside))
        problem = "目录中没有这一篇，已按标题的样子单列，请核对"
        complaints.append(complain(Doubt.NOT_LISTED, heading[0], problem, guess.title))
        if not above:
            problem = f"这一篇之前没有栏目名，暂归入「{section}」，请核对"
            complaints.append(complain(Doubt.SECTION_GUESSED, heading[0], problem, guess.title))
    return portions, complaints


def _about_echo(line: Line) -> Complaint:
    problem = "这一行像是目录没有列出的一篇的标题，现与下文接成一段，请核对"
    return complain(Doubt.NOT_LISTED, line, problem)


def _stray_headings(headings: Sequence[Line], portions: Sequence[Portion]) -> list[Complaint]:
    """A section's name far from its section may have been a heading inside an article."""
    placed = sorted(
        (portion.heading[0].number, key(portion.section)) for portion in portions if portion.heading
    )
    complaints = []
    for line in headings:
        before = bisect_right(placed, (line.number, ""))
        around = [section for _, section in placed[max(0, before - 1) : before + 1]]
        if not {key(line.text), key(section_name(line.text))} & set(around):
            problem = "栏目名出现在别处，已当作版面文字略去，请核对"
            complaints.append(complain(Doubt.SECTION_STRAY, line, problem))
    return complaints

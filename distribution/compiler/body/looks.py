"""How titles look in this file: learnt from those the contents name, never presumed.

Text files have no looks, and a Word file may have none; then nothing is learnt and nothing said.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from distribution.compiler.lines import PLAIN, Line, Look, weight

_RARE = 0.2
"""Of the lines that are no titles, so many at most may share the look of titles."""
_SHARE = 0.6
"""Of the titles, so many at least must share one look."""
_LARGER = 1.15
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Looks:
    """What was learnt."""

    title: Look | None
    """None where titles do not differ from text."""
    body_size: float
    """The usual size of running text in points; 0 where the format does not say."""

    def is_title(self, line: Line) -> bool:
        """Whether the line looks as titles do here."""
        return self.title is not None and rounded(line.look, self.body_size) == self.title

    def is_heading(self, line: Line) -> bool:
        """Whether it stands out from running text at all."""
        return stands_out(line.look, self.body_size)


def rounded(look: Look, body_size: float) -> Look:
    """Sizes to half a point: layouts round them differently from page to page.

    A large title need not be centred: a long one fills its line, and nobody sees it.
    """
    centred = look.centred and not (look.level or _is_larger(look, body_size))
    return Look(look.level, look.bold, centred, round(2 * look.size) / 2)


def stands_out(look: Look, body_size: float) -> bool:
    """A heading style, bold print, or a larger size."""
    return look.level > 0 or look.bold or _is_larger(look, body_size)


def _is_larger(look: Look, body_size: float) -> bool:
    return body_size > 0 and look.size > _LARGER * body_size


def usual_size(lines: Iterable[Line]) -> float:
    """The size in which most characters are set."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(2 * line.look.size) / 2] += weight(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def learn(titles: Sequence[Line], others: Sequence[Line]) -> Looks:
    """Look at the titles found and at all other lines."""
    body_size = usual_size([*titles, *others])
    looks = Counter(rounded(line.look, body_size) for line in titles)
    if not looks:
        return Looks(None, body_size)
    (look, count), *_ = looks.most_common(1)
    alike = sum(rounded(line.look, body_size) == look for line in others)
    common = count < max(_FEWEST, _SHARE * len(titles)) or alike > max(count, _RARE * len(others))
    if look == PLAIN or common or not (stands_out(look, body_size) or look.centred):
        return Looks(None, body_size)
    return Looks(look, body_size)

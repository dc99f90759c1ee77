"""Where every line of a file went: to an article, to a kind of furniture, or nowhere."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from distribution.compiler.content import Account, Complaint
from distribution.compiler.doubts import Doubt, Furniture
from distribution.compiler.lines import Line, complain, weight


class Homes:
    """Notes the home of each line while an issue is compiled; a line without one is an orphan."""

    def __init__(self) -> None:
        self._furniture: dict[int, Furniture] = {}
        self._articles: dict[int, int] = {}
        self._doubled: Counter[int] = Counter()

    def furnish(self, lines: Iterable[Line], kind: Furniture) -> None:
        """These lines are furniture."""
        self._furniture.update((line.number, kind) for line in lines)

    def settle(self, lines: Iterable[Line], position: int) -> None:
        """These lines are the article's at this position."""
        self._articles.update((line.number, position) for line in lines)

    def double(self, line: Line, characters: int) -> None:
        """So many characters at the end of this line were printed twice and left out once."""
        self._doubled[line.number] += characters

    def article_of(self, number: int) -> int:
        """The position of the article a line belongs to, or 0."""
        return self._articles.get(number, 0)

    def account(self, lines: Sequence[Line], *, listed: int, found: int) -> Account:
        """The balance over all lines of the file."""
        furniture: Counter[str] = Counter()
        articles = orphans = homeless = 0
        for line in lines:
            characters = weight(line.text)
            kind = self._furniture.get(line.number)
            if kind is not None:
                furniture[kind.value] += characters
            elif line.number in self._articles:
                furniture[Furniture.DOUBLED.value] += self._doubled[line.number]
                articles += characters - self._doubled[line.number]
            else:
                orphans += characters
                homeless += 1
        return Account(
            characters=sum(weight(line.text) for line in lines),
            articles=articles,
            furniture={kind: count for kind, count in furniture.items() if count},
            orphans=orphans,
            listed=listed,
            found=found,
            homeless=homeless,
        )

    def orphans(self, lines: Sequence[Line]) -> list[Complaint]:
        """One complaint for each run of lines that have no home."""
        complaints = []
        for homeless, run in groupby(lines, key=self._is_homeless):
            if not homeless:
                continue
            several = list(run)
            problem = f"这里有 {len(several)} 行文字不属于任何文章，没有收入"
            complaints.append(complain(Doubt.ORPHAN, several[0], problem))
        return complaints

    def _is_homeless(self, line: Line) -> bool:
        return line.number not in self._furniture and line.number not in self._articles

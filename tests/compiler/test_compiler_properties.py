"""Whatever a layout does to an issue, the same articles come out and every character has a home."""

from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.compiler.compiling import read_issue
from distribution.compiler.content import Article, ReadIssue
from distribution.compiler.doubts import Doubt
from distribution.compiler.lines import is_han, key

SAMPLE = Path(__file__).parents[2] / "distribution" / "sample" / "issue.txt"
LINES = [line.strip() for line in SAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]
WHOLE = read_issue("\n".join(LINES).encode(), "本期.txt")
TITLES = {key(article.title) for article in WHOLE.articles}
SECTIONS = {article.section for article in WHOLE.articles}
BODY = next(
    n for n, line in enumerate(LINES) if n > 40 and key(line) == key(WHOLE.articles[0].title)
)
END = next(n for n, line in enumerate(LINES) if line.startswith("编辑："))
STOPS = "。！？!?…：:”）》」；.、，"
LEADERS = ["·····\t", "……", "……………", "......", " ·· ·· ", "…… （", "————", "\t"]
FURNITURE = [
    "三晋装备通讯", "三晋装备通讯 2026年第11期", "2026年第11期 总第447期",
    "装备制造 三晋装备通讯 7",
    "— 7 —", "· 12 ·", "第 9 页", "8/20", "16",
]  # fmt: skip

quick = settings(max_examples=25, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Facts:
    """What must stay the same of an article."""

    section: str
    page: int | None
    title: str
    source: str | None
    date: object
    text: str

    @classmethod
    def of(cls, article: Article) -> "Facts":
        text = "".join("".join(article.paragraphs).split())
        return cls(
            article.section, article.page, key(article.title), article.source, article.date, text
        )


def facts(issue: ReadIssue) -> list[Facts]:
    return [Facts.of(article) for article in issue.articles]


def compiled(lines: list[str]) -> ReadIssue:
    """The issue of these lines; its account must balance with a count of our own."""
    text = "\n".join(lines)
    issue = read_issue(text.encode(), "本期.txt")
    account = issue.account
    placed = account.articles + sum(account.furniture.values()) + account.orphans
    assert placed == account.characters == len("".join(text.split()))
    return issue


def is_text(index: int) -> bool:
    """Whether the line is running text of the body."""
    line = LINES[index]
    named = key(line) in TITLES or line in SECTIONS
    return BODY <= index < END and not named and len(line) > 30


@st.composite
def cuts(draw: st.DrawFn, most: int = 40) -> dict[int, int]:
    """Where lines of the body are cut, in the middle of a sentence: index to position."""
    some = draw(st.lists(st.sampled_from(range(BODY, END)), max_size=most, unique=True))
    found = {}
    for index in filter(is_text, some):
        line = LINES[index]
        places = [at for at in range(8, len(line) - 3) if _may_be_cut(line, at)]
        if places:
            found[index] = draw(st.sampled_from(places))
    return found


def _may_be_cut(line: str, at: int) -> bool:
    """Between two Chinese characters that differ: no end of a sentence, and no doubled word."""
    before, after = line[at - 1], line[at]
    return (
        before != after
        and is_han(before)
        and is_han(after)
        and line[at - 2 : at] != line[at : at + 2]
    )


def torn(places: dict[int, int], between: dict[int, list[str]] | None = None) -> list[str]:
    """The sample, cut at these places, with something printed in the cuts."""
    lines = []
    for index, line in enumerate(LINES):
        if index in places:
            at = places[index]
            lines += [line[:at], *(between or {}).get(index, []), line[at:]]
        else:
            lines.append(line)
    return lines


@quick
@given(cuts())
def test_cuts_anywhere_in_a_sentence_change_nothing(places: dict[int, int]) -> None:
    issue = compiled(torn(places))

    assert facts(issue) == facts(WHOLE)
    assert [len(one.paragraphs) for one in issue.articles] == [
        len(one.paragraphs) for one in WHOLE.articles
    ]


@quick
@given(cuts(), st.data())
def test_heads_and_page_numbers_in_the_cuts_change_nothing(
    places: dict[int, int], data: st.DataObject
) -> None:
    some = st.lists(st.sampled_from(FURNITURE), min_size=1, max_size=2)
    between = {index: data.draw(some) for index in places}

    issue = compiled(torn(places, between))

    assert facts(issue) == facts(WHOLE)
    printed = sum(len("".join(head.split())) for heads in between.values() for head in heads)
    assert sum(issue.account.furniture.values()) == printed + sum(WHOLE.account.furniture.values())


@quick
@given(cuts(most=12))
def test_two_characters_doubled_at_a_cut_are_dropped_once_and_told(places: dict[int, int]) -> None:
    lines = []
    doubled = 0
    for index, line in enumerate(LINES):
        at = places.get(index, 0)
        repeat = line[at - 2 : at]
        if at and all(map(is_han, repeat)):
            lines += [line[:at], repeat + line[at:]]
            doubled += 1
        else:
            lines.append(line)

    issue = compiled(lines)

    assert facts(issue) == facts(WHOLE)
    told = [one for one in issue.complaints if one.kind is Doubt.DOUBLED]
    assert len(told) == doubled + 1  # one is printed in the sample itself


@quick
@given(st.sets(st.sampled_from(sorted(SECTIONS))), cuts(most=10), st.data())
def test_section_headings_may_be_missing_or_misplaced(
    missing: set[str], places: dict[int, int], data: st.DataObject
) -> None:
    """Sections come from the contents; a name in the midst of a sentence is told."""
    strays = {index: [data.draw(st.sampled_from(sorted(SECTIONS)))] for index in places}
    lines = torn(places, strays)
    front, body = lines[:BODY], lines[BODY - 1 :]
    kept = [line for line in body[1:] if line not in missing]

    assert facts(compiled([*front, *kept])) == facts(WHOLE)


@quick
@given(st.lists(st.sampled_from(LEADERS), min_size=29, max_size=29))
def test_leaders_may_differ_from_line_to_line(leaders: list[str]) -> None:
    entries = iter(zip(WHOLE.articles, leaders, strict=True))
    lines = []
    for line in LINES[:BODY]:
        if "··" not in line and "……" not in line:
            lines.append(line)
            continue
        article, leader = next(entries)
        closing = "）" if leader.endswith("（") else ""
        lines.append(f"{article.title}{leader}{article.page}{closing}")

    assert facts(compiled([*lines, *LINES[BODY:]])) == facts(WHOLE)


@quick
@given(st.data())
def test_white_space_of_any_kind_changes_nothing(data: st.DataObject) -> None:
    """Blanks within titles and at the ends of lines, empty lines, form feeds."""
    blank = st.sampled_from(["", " ", "　", "\t", "\u00a0", "\u200b"])
    lines = []
    for line in LINES:
        at = data.draw(st.integers(1, len(line) - 1)) if key(line) in TITLES else 0
        spaced = line[:at] + data.draw(blank) + line[at:] if at else line
        lines += [data.draw(blank) + spaced + data.draw(blank)]
        lines += [""] * data.draw(st.integers(0, 2))

    text = data.draw(st.sampled_from(["\n", "\r\n", "\r", "\n\f"])).join(lines)
    found = read_issue(text.encode(), "本期.txt")

    assert facts(found) == facts(WHOLE)


@quick
@given(st.sampled_from(WHOLE.articles), st.sampled_from(WHOLE.articles), st.data())
def test_a_sentence_that_names_a_section_or_a_title_does_not_derail_it(
    host: Article, named: Article, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([named.section, named.title, f"《{named.title}》"]))
    form = data.draw(
        st.sampled_from(["{}。", "{}，这是后话。", "会上宣读了“{}”。", "详见{}一文。"])
    )
    sentence = form.format(name)
    title = next(n for n in range(BODY, END) if key(LINES[n]) == key(host.title))

    found = compiled([*LINES[: title + 2], sentence, *LINES[title + 2 :]])

    unchanged = [one for one in facts(WHOLE) if one.title != key(host.title)]
    assert [one for one in facts(found) if one.title != key(host.title)] == unchanged
    (changed,) = [one for one in facts(found) if one.title == key(host.title)]
    assert "".join(sentence.split()) in changed.text


@quick
@given(
    st.lists(st.integers(0, len(LINES) - 1), max_size=30),
    st.lists(st.text(max_size=20), max_size=5),
)
def test_the_account_balances_whatever_is_lost_or_added(lost: list[int], added: list[str]) -> None:
    """Behind the contents; characters nobody sees are no characters."""
    kept = [line for n, line in enumerate(LINES) if n <= BODY or n not in lost]
    noise = ["".join(c for c in text if c.isalnum()) for text in added]
    lines = [*kept[: BODY + 20], *noise, *kept[BODY + 20 :]]

    compiled(lines)

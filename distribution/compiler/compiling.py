"""The whole way of a file: lines, title page, contents, body, articles, account, and complaints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from distribution.compiler.account import Homes
from distribution.compiler.article.facts import text_facts
from distribution.compiler.article.formulas import without_latex
from distribution.compiler.article.spelling import tidy, tidy_title
from distribution.compiler.body.blocks import blocks_of
from distribution.compiler.body.furniture import PageFurniture, repeated_heads
from distribution.compiler.body.looks import Looks
from distribution.compiler.body.portions import Portion, split_by_contents, split_by_looks
from distribution.compiler.complaining import about_masthead, about_text, unprintable
from distribution.compiler.content import (
    Article,
    Asset,
    Block,
    Complaint,
    Masthead,
    Paragraph,
    Picture,
    ReadIssue,
    Table,
)
from distribution.compiler.doubts import Doubt, Furniture
from distribution.compiler.formats import read_document
from distribution.compiler.front.colophon import (
    PUBLISHER_LABELS,
    contact_of,
    facts_of,
    split_colophon,
)
from distribution.compiler.front.contents import Contents, read_contents
from distribution.compiler.front.masthead import (
    LONGEST_FACT,
    TitlePage,
    end_of_title_page,
    find_contents,
    publishers_in,
    read_title_page,
)
from distribution.compiler.lines import Document, Line, Source, complain, key, refuse_endless
from distribution.compiler.unreadable import UnreadableIssue

USUAL_SECTIONS = (
    "政策措施", "装备制造", "产教融合", "行业资讯", "省内信息", "质量管理", "科技前沿",
)  # fmt: skip
"""What the magazine prints every month; a caller that has topics names their sections instead."""

_BEGINNING = "文件应以刊名、期号和单独成行的「目录」开头，然后是目录各条和正文"


def read_issue(data: bytes, name: str, sections: Sequence[str] = USUAL_SECTIONS) -> ReadIssue:
    """Compile one file; `name` is what people call it, with its extension."""
    return compile_issue([Source(name, data)], sections)


def compile_issue(sources: Sequence[Source], sections: Sequence[str] = USUAL_SECTIONS) -> ReadIssue:
    """Compile the files of one issue, in this process; `sections` lead to a topic already.

    Raises `UnreadableIssue` where no issue can be made of them; every smaller doubt is a
    complaint, in the order of the lines.
    """
    known = frozenset(map(key, sections))
    name, document = sources[0].name, read_document(sources)
    refuse_endless(name, len(document.lines))
    return _Compilation(document, name, known).result()


@dataclass(frozen=True, slots=True)
class _Front:
    """What stands before the body."""

    page: TitlePage
    month: date
    contents: Contents
    rest: Sequence[Line]


class _Compilation:
    """One file on its way: each step takes lines and notes where they belong."""

    def __init__(self, document: Document, name: str, known: frozenset[str]) -> None:
        self._document, self._name, self._known = document, name, known
        self._homes = Homes()
        self._complaints: list[Complaint] = list(document.complaints)

    def result(self) -> ReadIssue:
        front = self._front()
        body, colophon = split_colophon(self._without_furniture(front))
        self._homes.furnish(colophon, Furniture.COLOPHON)
        portions, looks = self._portions(front, body)
        masthead = _masthead(front, colophon)
        self._complaints += about_masthead(masthead)
        articles = tuple(
            self._article(position, portion, front.month, looks)
            for position, portion in enumerate(portions, start=1)
        )
        lines = self._document.lines
        self._complaints += self._homes.orphans(lines)
        self._complaints += unprintable(lines)
        account = self._homes.account(
            lines,
            listed=len(front.contents.entries),
            found=sum(bool(portion.heading) for portion in portions if self._is_listed(portion)),
        )
        return ReadIssue(
            masthead, articles, self._placed_complaints(portions), account, self._assets(articles)
        )

    def _is_listed(self, portion: Portion) -> bool:
        return portion.listed is not None

    def _front(self) -> _Front:
        """Title page and contents; a page's furniture may stand among them."""
        lines = [line for line in self._document.lines if line.furniture is None]
        for line in self._document.lines:
            if line.furniture is not None:
                self._homes.furnish([line], line.furniture)
        end, start = find_contents(lines)
        if end is None:
            return self._front_without_contents(lines)
        before = self._body_before_contents(lines[:end])
        contents, behind = read_contents(lines[start:], self._name, self._known, before)
        if not contents.entries:
            return self._front_without_contents(lines, lines[end:start])
        page, month = self._title_page(lines[: end - len(before)])
        self._homes.furnish(lines[end : len(lines) - len(behind)], Furniture.CONTENTS)
        self._complaints += contents.complaints
        return _Front(page, month, contents, [*before, *behind])

    def _body_before_contents(self, lines: Sequence[Line]) -> Sequence[Line]:
        """The articles, where the contents end the file; a title page has no long sentences."""
        if not any(len(line.text) > LONGEST_FACT for line in lines):
            return ()
        return lines[end_of_title_page(lines) :]

    def _front_without_contents(
        self, lines: Sequence[Line], heading: Sequence[Line] = ()
    ) -> _Front:
        """`heading` is a line 目录 below which no entries stand."""
        end = end_of_title_page(lines)
        if not end:
            raise UnreadableIssue(self._name, "没有找到「目录」这一行", _BEGINNING)
        page, month = self._title_page(lines[:end])
        what = "目录没有看懂" if heading else "文件没有目录"
        problem = f"{what}：栏目和标题按正文的版面推断，页码空缺，请核对"
        self._complaints.append(complain(Doubt.NO_CONTENTS, [*heading, lines[0]][0], problem))
        self._homes.furnish(heading, Furniture.CONTENTS)
        return _Front(page, month, Contents(), [one for one in lines[end:] if one not in heading])

    def _title_page(self, lines: Sequence[Line]) -> tuple[TitlePage, date]:
        self._homes.furnish(lines, Furniture.MASTHEAD)
        text = [line for line in lines if not isinstance(line.block, Picture)]
        page, month = read_title_page(text, self._name)
        self._complaints += page.complaints
        return page, month

    def _without_furniture(self, front: _Front) -> list[Line]:
        pages = [entry.page for entry in front.contents.entries if entry.page]
        sections = front.contents.sections or self._known
        furniture = PageFurniture(front.page.publication, sections, pages)
        body = []
        for line in front.rest:
            kind = furniture.kind_of(line)
            if kind is None:
                body.append(line)
            else:
                self._homes.furnish([line], kind)
        heads = repeated_heads(body, (key(entry.title) for entry in front.contents.entries))
        repeated = [line for line in body if line.number in heads]
        self._homes.furnish(repeated, Furniture.RUNNING_HEAD)
        return [line for line in body if line.number not in heads]

    def _portions(self, front: _Front, body: Sequence[Line]) -> tuple[list[Portion], Looks]:
        if front.contents.entries:
            portions, looks, doubts = split_by_contents(
                body, front.contents, self._known, front.month, self._homes
            )
            missing = f"目录所列的 {len(portions)} 篇文章，正文里一篇也没有找到"
            remedy = "正文应在目录之后，每篇以目录中的标题单独成行开头"
        else:
            portions, looks, doubts = split_by_looks(body, self._known, front.month, self._homes)
            missing, remedy = "没有一条带页码的目录，也认不出正文里哪些行是标题", _BEGINNING
        if not any(portion.heading for portion in portions):
            raise UnreadableIssue(self._name, missing, remedy)
        self._complaints += doubts
        return portions, looks

    def _article(self, position: int, portion: Portion, month: date, looks: Looks) -> Article:
        self._homes.settle((*portion.heading, *portion.lines), position)
        placed, doubts = blocks_of(portion.lines, looks, self._homes)
        blocks = tuple(_tidied(one.block) for one in placed)
        paragraphs = tuple(block.text for block in blocks if isinstance(block, Paragraph))
        facts = text_facts(paragraphs, month)
        if portion.heading:
            doubts += about_text(portion, placed, dated=bool(facts.source or facts.date))
        self._complaints += doubts
        return Article(
            position=position,
            section=portion.section,
            page=portion.page,
            title=tidy_title(without_latex(portion.title)),
            source=facts.source,
            date=facts.date,
            summary=facts.summary,
            blocks=blocks,
        )

    def _placed_complaints(self, portions: Sequence[Portion]) -> tuple[Complaint, ...]:
        """In the order of the lines; each with the article it is about."""
        positions = {
            portion.listed.number: position
            for position, portion in enumerate(portions, start=1)
            if portion.listed is not None
        }
        complaints = sorted(self._complaints, key=lambda complaint: complaint.line)
        return tuple(
            replace(one, article=self._homes.article_of(one.line) or positions.get(one.line, 0))
            for one in complaints
        )

    def _assets(self, articles: Iterable[Article]) -> tuple[Asset, ...]:
        used = {
            block.sha256
            for article in articles
            for block in article.blocks
            if isinstance(block, Picture)
        }
        return tuple(asset for asset in self._document.assets if asset.sha256 in used)


def _tidied(block: Block) -> Block:
    match block:
        case Paragraph(text):
            return Paragraph(tidy(without_latex(text)))
        case Table(rows, caption):
            cells = tuple(tuple(tidy(without_latex(cell)) for cell in row) for row in rows)
            return Table(cells, tidy(caption))
        case Picture(sha256, caption):
            return Picture(sha256, tidy(caption))


def _masthead(front: _Front, colophon: Sequence[Line]) -> Masthead:
    page, month = front.page, front.month
    facts = [*page.facts, *facts_of(colophon)]
    publishers = list(page.publishers)
    if not publishers:
        stated = [text for label, text in facts if label in PUBLISHER_LABELS]
        publishers = [one for text in stated for one in publishers_in(text)]
    return Masthead(
        publication=page.publication,
        year=page.year or month.year,
        label=page.label,
        number=page.number,
        total_number=page.total_number,
        month=month,
        publishers=tuple(publishers),
        contact=contact_of(facts),
    )

"""Pages taken apart: what repeats on them, and their columns in the order of reading."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.compiler.content import Picture
from distribution.compiler.doubts import Furniture
from distribution.compiler.formats.pdf.colophon import last_with_text, with_colophon_last
from distribution.compiler.formats.pdf.columns import Column, gutter_of, in_order
from distribution.compiler.formats.pdf.heads import Heads, place_of, stamps_of
from distribution.compiler.formats.pdf.named import names_in
from distribution.compiler.formats.pdf.page import Page
from distribution.compiler.formats.pdf.rows import Row, merged, segments_of
from distribution.compiler.formats.pdf.tables import tables_of

_ABOUT = 6.0
"""Points: gutters this near to each other are one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page in the order of reading."""

    page: Page
    outside: list[tuple[str, Furniture]]
    """Running heads, page numbers, watermarks."""
    columns: list[Column]


def sheets_of(pages: Sequence[Page]) -> list[Sheet]:
    """The pages, told apart by what they have in common."""
    segments = [_segments(page) for page in pages]
    stamps = stamps_of(segments)
    stamped = [[one.text for one in several if place_of(one) in stamps] for several in segments]
    plain = [[one for one in several if place_of(one) not in stamps] for several in segments]
    rows = [merged(several) for several in plain]
    found = Heads(pages, rows, names_in(rows).titles).of_pages()
    bodies = []
    for page_rows, heads, several in zip(rows, found, plain, strict=True):
        outer = [page_rows[index] for index in heads]
        bodies.append([one for one in several if not any(_within(one, row) for row in outer)])
    usual = _usual_gutters(bodies)
    last = pages[last_with_text(bodies)] if pages else None
    sheets = []
    for page, page_rows, heads, stamp, body in zip(
        pages, rows, found, stamped, bodies, strict=True
    ):
        outside = [(page_rows[index].text, kind) for index, kind in heads.items()]
        outside += [(text, Furniture.RUNNING_HEAD) for text in (*stamp, _leaning(page)) if text]
        columns = in_order(_paper(page, body), usual)
        for column in columns:
            column.rows = merged(column.rows)
        if page is last:
            columns = with_colophon_last(columns)
        sheets.append(Sheet(page, outside, columns))
    return sheets


def _paper(page: Page, body: Sequence[Row]) -> Column:
    """The whole page; its right margin is as wide as its left one, as far as nobody shows it."""
    left = min((one.left for one in body), default=0.0)
    right = max((one.right for one in body), default=0.0)
    return Column(list(body), left, max(right, page.width - left))


def _segments(page: Page) -> list[Row]:
    """Text, tables and pictures of a page, each with its place on it."""
    tables, rest = tables_of(page)
    upright = [glyph for glyph in rest if glyph.style.upright]
    pictures = [
        Row(
            "", box.left, box.top, box.right, box.bottom, 10.0, bold=False,
            block=Picture(asset.sha256),
        )
        for box, asset in page.pictures
    ]  # fmt: skip
    return [*segments_of(upright), *tables, *pictures]


def _leaning(page: Page) -> str:
    """A watermark belongs to no line, but nothing is dropped in silence."""
    return "".join(glyph.text for glyph in page.glyphs if not glyph.style.upright)


def _within(segment: Row, row: Row) -> bool:
    middle = (segment.top + segment.bottom) / 2
    return not segment.block and row.top <= middle <= row.bottom


def _usual_gutters(bodies: Sequence[Sequence[Row]]) -> list[float]:
    """Where several pages have it, the commonest first; left and right pages may differ."""
    gutters = [gutter for body in bodies if (gutter := gutter_of(body)) is not None]
    common = Counter(round(gutter / _ABOUT) for gutter in gutters).most_common()
    return [place * _ABOUT for place, count in common if count > 1]

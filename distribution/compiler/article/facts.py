"""What an article's own text says about it: who reports, when, and in short what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from distribution.compiler.article.credits import (
    MOST_ABOVE,
    credited,
    is_author,
    is_credit,
    is_subtitle,
    source_at_end,
)
from distribution.compiler.article.datelines import read_dateline
from distribution.compiler.article.summaries import summary

_LAST = 2
"""A source may stand above the name of the editor who closes the article."""


@dataclass(frozen=True, slots=True)
class TextFacts:
    """As the compiler reads them; an editor may know better."""

    source: str | None
    date: date | None
    summary: str


def text_facts(paragraphs: Sequence[str], month: date) -> TextFacts:
    """Source, day and summary of an article; `month` is the issue's and dates "11月3日".

    >>> text_facts(["晋工社2026年11月3日电：试点启动。"], date(2026, 11, 1))
    TextFacts(source='晋工社', date=datetime.date(2026, 11, 3), summary='试点启动。')
    """
    above = credits_above(paragraphs)
    text = paragraphs[above:]
    if not text:
        return TextFacts(None, None, summary(paragraphs, 0))
    dateline = read_dateline(text[0], month)
    source, day = dateline.source, dateline.date
    for paragraph in paragraphs[:above]:
        named, dated = credited(paragraph, month)
        source, day = source or named, day or dated
    for paragraph in text[: -_LAST - 1 : -1]:
        source = source or source_at_end(paragraph)
    return TextFacts(source, day, summary(text, dateline.length))


def credits_above(paragraphs: Sequence[str]) -> int:
    """How many of the first paragraphs are a subtitle, an author or a source."""
    count = 0
    while count < min(MOST_ABOVE, len(paragraphs) - 1) and (
        is_credit(paragraphs[count])
        or is_subtitle(paragraphs[count])
        or is_author(paragraphs[count])
    ):
        count += 1
    return count

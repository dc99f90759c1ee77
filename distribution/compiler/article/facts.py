"""What an article's own text says about it: who reports, when, and in short what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from distribution.compiler.article.datelines import read_dateline, source_at_end
from distribution.compiler.article.summaries import summary


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
    dateline = read_dateline(paragraphs[0] if paragraphs else "", month)
    source = dateline.source or (source_at_end(paragraphs[-1]) if paragraphs else None)
    return TextFacts(source, dateline.date, summary(paragraphs, dateline.length))

"""Coverage as a picture: topics down, articles across, in each cell how many get it of the topic.

One SVG without script, font or address; it reads in light and in dark.
"""

from collections.abc import Iterator
from html import escape

from distribution.digests import ArticleCoverage, Coverage, TopicCoverage, clean, shortened

_CELL, _ROW, _GAP = 36, 30, 2
_LEFT, _TOP, _MARGIN = 214, 96, 20
_LINE = 21
"""Of the legend. All in pixels."""
_CLASSES = 5
"""Steps of the scale besides nothing at all."""
_TITLE = 34
"""Characters of a title in the legend."""
_NAME = 9
"""Characters of a topic's name; the whole stands in its tooltip."""
_TEN_THOUSAND = 10_000

_FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif'
_STYLE = """
svg.coverage{--ground:#fff;--ink:#1b2733;--faint:#5b6875;--alarm:#b3261e;--edge:#1b2733;
--c0:#f0f3f6;--c1:#d9e6f5;--c2:#aecbea;--c3:#79a9da;--c4:#3470b2;--c5:#174a84;
--low:#1b2733;--high:#fff;font-size:13px}
@media (prefers-color-scheme:dark){svg.coverage{--ground:#14191f;--ink:#e6ebf0;--faint:#9aa7b4;
--alarm:#ff8a80;--edge:#e6ebf0;--c0:#1f262e;--c1:#1b3550;--c2:#22507d;--c3:#2f6cab;--c4:#86b8ea;
--c5:#cfe4fa;--low:#f4f8fc;--high:#0d1a28}}
svg.coverage .ground{fill:var(--ground)}
svg.coverage text{fill:var(--ink)}
svg.coverage .faint{fill:var(--faint)}
svg.coverage .alarm{fill:var(--alarm);font-weight:bold}
svg.coverage .head{font-size:17px;font-weight:bold}
svg.coverage .n{font-size:11px;text-anchor:middle}
svg.coverage .end{text-anchor:end}
svg.coverage .own{stroke:var(--edge);stroke-width:1.5}
svg.coverage .low{fill:var(--low)}
svg.coverage .high{fill:var(--high)}
"""
_PAGE_STYLE = """
:root{color-scheme:light dark}
body{margin:0 auto;padding:16px;max-width:1320px;background:#fff;color:#1b2733;font-size:14px;
line-height:1.6}
.map{overflow-x:auto}
.map svg{display:block;min-width:900px;max-width:100%;height:auto}
table{border-collapse:collapse;margin-top:16px}
th,td{padding:3px 10px;text-align:left;vertical-align:top}
th{border-bottom:1px solid #9aa7b4}
th,td.s{white-space:nowrap}
td.r,th.r{text-align:right;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:bold;padding:4px 10px}
@media (max-width:700px){th,td{padding:3px 5px}td.s,th.s{display:none}}
@media (prefers-color-scheme:dark){body{background:#14191f;color:#e6ebf0}}
"""
_SHARES = ("读者", "关注", "必发", "试读", "要闻", "目录")


def heat_map(coverage: Coverage, name: str) -> str:
    """The picture with the titles of the articles below it, as an SVG file."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_svg(coverage, name, legend=True)}'


def heat_map_page(coverage: Coverage, name: str) -> str:
    """The picture, and the articles as a table, as one HTML file."""
    heads = "".join(f'<th class="r" scope="col">{word}</th>' for word in _SHARES)
    rows = "\n".join(_table_row(article) for article in coverage.articles)
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">'
        f"<title>{_text(name)} 读者覆盖</title>"
        f"<style>body{{font-family:{_FONTS}}}{_PAGE_STYLE}</style></head><body>\n"
        f'<div class="map" tabindex="0" role="region" aria-label="热力图">'
        f"{_svg(coverage, name, legend=False)}</div>\n"
        f"<table><caption>各篇文章的读者</caption>"
        f'<thead><tr><th class="r" scope="col">序</th><th scope="col">标题</th>'
        f'<th class="s" scope="col">栏目</th>{heads}</tr></thead>\n<tbody>{rows}</tbody></table>\n'
        f"</body></html>\n"
    )


def _svg(coverage: Coverage, name: str, *, legend: bool) -> str:
    articles, topics = coverage.articles, coverage.topics
    columns = 3 if len(articles) > _CLASSES * 4 else 2
    lines = -(-len(articles) // columns) if legend else 0
    grid = _TOP + (len(topics) + 1) * _ROW
    width = max(_LEFT + len(articles) * _CELL + _MARGIN, 900)
    height = grid + 52 + (lines * _LINE + 16 if legend else 0)
    size = f'width="{width}" height="{height}"'
    fills = "".join(f"svg.coverage .c{step}{{fill:var(--c{step})}}" for step in range(_CLASSES + 1))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="coverage" lang="zh-CN" {size}',
        f' viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d">',
        f'<title id="t">{_text(name)} 读者覆盖</title>',
        f'<desc id="d">{_text(_summary(coverage))}</desc>',
        f"<style>svg.coverage{{font-family:{_FONTS}}}{_STYLE}{fills}</style>",
        f'<rect class="ground" {size}/>',
        _words(_MARGIN, 34, f"{name} · 读者覆盖", "head"),
        _words(_MARGIN, 58, _summary(coverage), "faint"),
        *_numbers(articles),
        *_grid(coverage),
        *_readers(coverage, _TOP + len(topics) * _ROW),
        *_scale(_highest(coverage), grid + 18),
        *(_legend(articles, grid + 62, width, columns) if legend else ()),
        "</svg>",
    ]
    return "\n".join(parts)


def _numbers(articles: tuple[ArticleCoverage, ...]) -> Iterator[str]:
    yield _words(_MARGIN, _TOP - 10, "主题", "faint")
    yield _words(_LEFT - 12, _TOP - 10, "关注者", "faint end")
    for place, article in enumerate(articles):
        tip = f"<title>{_text(_named(article))}</title>"
        x = _LEFT + place * _CELL + _CELL // 2
        yield f'<text class="n" x="{x}" y="{_TOP - 10}">{tip}{article.number}</text>'


def _grid(coverage: Coverage) -> Iterator[str]:
    highest = _highest(coverage)
    for row, topic in enumerate(coverage.topics):
        y = _TOP + row * _ROW
        yield (
            f'<text x="{_MARGIN}" y="{y + 20}"><title>{_text(topic.name)}</title>'
            f"{_text(shortened(clean(topic.name), _NAME))}</text>"
        )
        tone = "faint" if topic.followers else "alarm"
        yield _words(_LEFT - 12, y + 20, f"{topic.followers:,}", f"{tone} end")
        for place, article in enumerate(coverage.articles):
            yield _cell(topic, article, (_LEFT + place * _CELL, y), topic.cells[place], highest)


def _cell(
    topic: TopicCoverage, article: ArticleCoverage, at: tuple[int, int], readers: int, highest: int
) -> str:
    x, y = at
    step = _step(readers, highest)
    own = " own" if topic.code in article.topics else ""
    tip = f"{topic.name} × {_named(article)}：{readers:,} 位（关注者 {topic.followers:,} 位）"
    number = ""
    if readers:
        tone = "high" if step > _CLASSES - 2 else "low"
        number = (
            f'<text class="n {tone}" x="{x + (_CELL - _GAP) / 2:g}" y="{y + 18}">'
            f"{_short(readers)}</text>"
        )
    return (
        f"<g><title>{_text(tip)}</title>"
        f'<rect class="c{step}{own}" x="{x}" y="{y}" width="{_CELL - _GAP - 1}" '
        f'height="{_ROW - _GAP - 1}" rx="3"/>{number}</g>'
    )


def _readers(coverage: Coverage, y: int) -> Iterator[str]:
    """The last row: all readers of each article."""
    yield _words(_MARGIN, y + 22, "全部收件人")
    yield _words(_LEFT - 12, y + 22, f"{coverage.mailed:,}", "faint end")
    for place, article in enumerate(coverage.articles):
        x = _LEFT + place * _CELL + (_CELL - _GAP) / 2
        tone = "" if article.readers else " alarm"
        yield f'<text class="n{tone}" x="{x:g}" y="{y + 22}">{_short(article.readers)}</text>'


def _scale(highest: int, y: int) -> Iterator[str]:
    """What the colours mean; a step no number falls into is left out."""
    marks = [("c0", "0 位")]
    for step in range(1, _CLASSES + 1):
        first, last = (step - 1) * highest // _CLASSES + 1, step * highest // _CLASSES
        if first <= last:
            words = _short(first) if first == last else f"{_short(first)}–{_short(last)}"
            marks.append((f"c{step}", words))
    marks.append(("c0 own", "文章属于这个主题"))
    for place, (kind, words) in enumerate(marks):
        x = _LEFT + place * 110
        yield f'<rect class="{kind}" x="{x}" y="{y}" width="18" height="14" rx="3"/>'
        yield _words(x + 24, y + 12, words, "faint")


def _legend(
    articles: tuple[ArticleCoverage, ...], y: int, width: int, columns: int
) -> Iterator[str]:
    lines, step = -(-len(articles) // columns), (width - 2 * _MARGIN) // columns
    length = min(_TITLE, step // 13 - 3)
    for place, article in enumerate(articles):
        x, line = _MARGIN + place // lines * step, y + place % lines * _LINE
        yield _words(x + 20, line, str(article.number), "faint end")
        yield _words(x + 28, line, shortened(clean(article.title), length))


def _table_row(article: ArticleCoverage) -> str:
    figures = "".join(f'<td class="r">{n:,}</td>' for n in (article.readers, *article.shares))
    return (
        f'<tr><td class="r">{article.number}</td><td>{_text(article.title)}</td>'
        f'<td class="s">{_text(article.section)}</td>{figures}</tr>'
    )


def _summary(coverage: Coverage) -> str:
    unread = sum(not article.readers for article in coverage.articles)
    nobody = f"{unread} 篇没有人收到" if unread else "每篇都有人收到"
    return (
        f"{coverage.mailed:,} 位读者将收到邮件，{nobody}。"
        "每列一篇；格中是关注这个主题、又收到这一篇的读者数。"
    )


def _highest(coverage: Coverage) -> int:
    return max((cell for topic in coverage.topics for cell in topic.cells), default=0)


def _step(readers: int, highest: int) -> int:
    """The class of a number: 0 for nobody, else 1 to _CLASSES by its part of the highest."""
    return -(-readers * _CLASSES // highest) if readers else 0


def _short(number: int) -> str:
    """A number in at most five characters or so.

    >>> _short(8204), _short(12345), _short(123456)
    ('8204', '1.2万', '12万')
    """
    if number < _TEN_THOUSAND:
        return str(number)
    tens = number / _TEN_THOUSAND
    return f"{tens:.1f}万" if tens < 10 else f"{tens:.0f}万"  # noqa: PLR2004 - two digits


def _named(article: ArticleCoverage) -> str:
    return f"第 {article.number} 篇 {article.title}"


def _words(x: float, y: float, words: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{_text(words)}</text>'


def _text(words: str) -> str:
    return escape(clean(words))

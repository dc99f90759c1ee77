"""A folder with one file per article and a contents file, read as one document."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from distribution.compiler.front.colophon import split_colophon
from distribution.compiler.front.contents import begins_contents, heads_contents, split_entry
from distribution.compiler.front.numerals import value
from distribution.compiler.lines import PLAIN, Document, Line, Look, key

_FRONT = ("目录", "目次", "封面", "刊头", "contents")
_NUMBER = re.compile(r"[0-9]+|[〇零一二三四五六七八九十百]+(?=[、.．_ -])")
_COUNTED = r"(?:[0-9]+|[〇零一二三四五六七八九十百]+(?=[、.．_ -]))"
_LEADING_NUMBER = re.compile(rf"^[第（(]?{_COUNTED}[篇）)、.．_ -]*")


def one_document(named: Sequence[tuple[str, Document]]) -> Document:
    """All files of a folder by their names: contents first, articles in order, colophon last."""
    front = [one for one in named if _is_front(*one)]
    colophon = [one for one in named if one not in front and _is_colophon(one[1])]
    articles = [one for one in named if one not in front and one not in colophon]
    titles = {
        key(entry[0])
        for _, document in front
        for line in document.lines
        if (entry := split_entry(line.text, dotted=False) or split_entry(line.text))
    }
    lines: list[Line] = []
    for name, document in sorted(front, key=_order):
        lines += _placed(name, document.lines)
    for name, document in sorted(articles, key=_order):
        lines += _placed(name, _with_title(name, document.lines, titles))
    for name, document in colophon:
        lines += _placed(name, document.lines)
    assets = {asset.sha256: asset for _, document in named for asset in document.assets}
    return Document(
        tuple(replace(line, number=number) for number, line in enumerate(lines, start=1)),
        tuple(assets.values()),
        tuple(
            replace(complaint, place=f"{name} {complaint.place}")
            for name, document in named
            for complaint in document.complaints
        ),
    )


def _is_front(name: str, document: Document) -> bool:
    stem = key(_stem(name))
    return (
        any(heads_contents(line) for line in document.lines)
        or stem in map(key, _FRONT)
        or begins_contents(document.lines)
    )


def _is_colophon(document: Document) -> bool:
    return not split_colophon(document.lines)[0]


def _order(named: tuple[str, Document]) -> tuple[int, list[object], str]:
    """第 2 篇 before 第 10 篇; a name without a number behind all others."""
    name = named[0]
    numbers: list[object] = [value(one) for one in _NUMBER.findall(_stem(name))[:1]]
    return (0 if numbers else 1, numbers, name)


def _with_title(name: str, lines: Sequence[Line], titles: set[str]) -> Iterable[Line]:
    """A file that does not begin with its title is called by it; else its first line is one."""
    if not lines:
        return lines
    title = _LEADING_NUMBER.sub("", _stem(name)).strip()
    begins = [key("".join(line.text for line in lines[:count])) for count in (1, 2, 3)]
    if key(title) in titles and key(title) not in begins:
        return [Line(0, title, "文件名", Look(level=1)), *lines]
    if all(line.look.level == 0 for line in lines) and lines[0].look == PLAIN:
        return [replace(lines[0], look=Look(level=1)), *lines[1:]]
    return lines


def _placed(name: str, lines: Iterable[Line]) -> list[Line]:
    return [replace(line, place=f"{name} {line.place}") for line in lines]


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name

"""A folder with one file per article and a contents file, read as one document."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from distribution.compiler.content import Complaint
from distribution.compiler.doubts import Doubt
from distribution.compiler.formats.folder.naming import is_named_front, order, titles_of
from distribution.compiler.formats.folder.titling import title_key, titled
from distribution.compiler.front.colophon import split_colophon
from distribution.compiler.front.contents import heads_contents, read_contents, split_entry
from distribution.compiler.front.masthead import end_of_title_page, find_contents
from distribution.compiler.lines import Document, Line, compact, key
from distribution.compiler.unreadable import UnreadableIssue

_ISSUE = re.compile("第[0-9〇零○一二三四五六七八九十百]+.{0,6}期|增刊")
_LOOK_AHEAD = 60
_FEWEST_ENTRIES = 2
_SHARE = 1 / 3
"""Of the first lines of a contents file, so many at least are entries."""
_LONGEST_ENTRY = 80

Named = tuple[str, Document]


def one_document(named: Sequence[Named]) -> Document:
    """All files of a folder: title page, contents, the articles as these list them, colophon."""
    named = sorted(named, key=lambda one: order(one[0]))
    front = [one for one in named if _is_front(*one)]
    colophon = [one for one in named if one not in front and _is_colophon(one[1])]
    articles = [one for one in named if one not in front and one not in colophon]
    front.sort(key=lambda one: _lists(one[1]))
    *front, moved = _without_colophon(front)
    *articles, last = _without_colophon(articles)
    listed = _listed(front, articles)
    articles = [(name, titled(name, document, listed)) for name, document in articles]
    articles = _as_listed(articles, listed)
    return _joined([*front, *articles, *colophon, moved, last])


def _is_front(name: str, document: Document) -> bool:
    if is_named_front(name) or _lists(document):
        return True
    lines = document.lines
    whole = 0 < len(lines) == end_of_title_page(lines)
    return whole and any(_ISSUE.search(compact(line.text)) for line in lines)


def _lists(document: Document) -> bool:
    """Whether it holds contents: the line that says so, or entries with pages."""
    lines = [line for line in document.lines if line.furniture is None][:_LOOK_AHEAD]
    entries = [split_entry(line.text) for line in lines if len(line.text) <= _LONGEST_ENTRY]
    paged = [entry for entry in entries if entry and entry[1] is not None]
    return any(map(heads_contents, lines)) or (
        len(paged) >= max(_FEWEST_ENTRIES, _SHARE * len(lines))
    )


def _is_colophon(document: Document) -> bool:
    return bool(document.lines) and not split_colophon(document.lines)[0]


def _without_colophon(files: Sequence[Named]) -> Iterator[Named]:
    """The files, the last of them without the colophon at its end; then this colophon."""
    name, document = files[-1] if files else ("", Document(()))
    body, colophon = split_colophon(document.lines)
    lists = _lists(document) or not is_named_front(name)
    if not (body and colophon and lists):
        body, colophon = document.lines, ()
    yield from files[:-1]
    if files:
        yield name, replace(document, lines=tuple(body))
    yield name, Document(tuple(colophon))


def _listed(front: Sequence[Named], articles: Sequence[Named]) -> dict[str, int]:
    """The keys of the titles in the contents, and the place of each; names of files help."""
    lines = [line for _, document in front for line in document.lines if line.furniture is None]
    end, start = find_contents(lines)
    if end is None:
        return {}
    body = [
        line
        for name, document in articles
        for line in (*(Line(0, title) for title in titles_of(name)[-1:]), *document.lines)
    ]
    try:
        contents, _ = read_contents([*lines[start:], *body], "", frozenset())
    except UnreadableIssue:
        return {}
    return {key(entry.title): at for at, entry in enumerate(contents.entries)}


def _as_listed(articles: Sequence[Named], listed: dict[str, int]) -> list[Named]:
    """Names without numbers say nothing about the order; what is not listed keeps its place."""
    places = [listed.get(title_key(document)) for _, document in articles]
    known = iter(
        sorted(
            (one for one in zip(places, articles, strict=True) if one[0] is not None),
            key=lambda one: one[0] or 0,
        )
    )
    return [
        article if place is None else next(known)[1]
        for place, article in zip(places, articles, strict=True)
    ]


def _joined(files: Sequence[Named]) -> Document:
    """The lines of all files, counted through; each says in which file it stands."""
    lines: list[Line] = []
    complaints: list[Complaint] = []
    for name, document in files:
        first = len(lines) + 1
        numbers = {line.number: first + at for at, line in enumerate(document.lines)}
        lines += [
            replace(line, number=first + at, place=f"{name} {line.place}")
            for at, line in enumerate(document.lines)
        ]
        complaints += [
            replace(one, line=numbers.get(one.line, first), place=f"{name} {one.place}")
            for one in document.complaints
        ]
    complaints += _about_empty(files)
    assets = {asset.sha256: asset for _, document in files for asset in document.assets}
    return Document(tuple(lines), tuple(assets.values()), tuple(complaints))


def _about_empty(files: Iterable[Named]) -> Iterator[Complaint]:
    written = {name for name, document in files if document.lines}
    for name, _ in files:
        if name and name not in written:
            yield Complaint(Doubt.NO_TEXT, 0, f"文件 {name} 里没有文字", place=name)

"""A line or two that says what an article reports: its first sentences, without the dateline."""

import re
from collections.abc import Iterator, Sequence

from distribution.compiler.sentences import begins_item, is_heading

LONGEST = 120
"""Characters, beyond which a sentence is cut at a clause."""

_LONGEST_SENTENCE = 145
"""A single sentence that is only a little longer reads better whole than cut."""

_LONGEST_QUOTED = 200
"""Characters up to the end of a quotation that begins early: it is kept whole."""

_LEAST = 12
"""Characters before a quotation that is too long to be kept whole."""

_ENOUGH = 60
"""Characters after which no second sentence is added."""

_SENTENCE_END = re.compile(r"[。！？!?…]+[”’」』）》)]*")
_ITEM_NUMBER = re.compile(
    r"(?:[（(]?[0-9]{1,2}[、）)]|[0-9]{1,2}\.(?![0-9])|[（(]?[一二三四五六七八九十]{1,3}[、）)])\s*"
)
_OPENING, _CLOSING = "（(《“‘「【[", "）)》”’」】]"
_PAUSES = "，；,;"


def summary(paragraphs: Sequence[str], dateline_length: int) -> str:
    """The summary; empty only where there are no paragraphs.

    >>> summary(["本报讯：试点启动。首批二十家企业参加。"], 4)
    '试点启动。首批二十家企业参加。'
    """
    if not paragraphs:
        return ""
    text = _report(paragraphs, dateline_length) or " ".join(paragraphs).strip()
    taken = ""
    for sentence in sentences(text):
        if taken and (len(taken) >= _ENOUGH or len(taken) + len(sentence) > LONGEST):
            break
        taken += sentence
    return _cut(taken.strip())


def sentences(text: str) -> list[str]:
    """The text at its full stops; an end inside quotes or brackets is none.

    >>> sentences("他说：“好。行。”大家同意。散会")
    ['他说：“好。行。”', '大家同意。', '散会']
    """
    found, start, depth, scanned = [], 0, 0, 0
    for match in _SENTENCE_END.finditer(text):
        depth = max(0, depth + _depth(text[scanned : match.end()]))
        scanned = match.end()
        if depth == 0:
            found.append(text[start : match.end()])
            start = match.end()
    return [*found, text[start:]] if start < len(text) else found


def _depth(text: str) -> int:
    """How many brackets and quotes it opens and does not close."""
    opened = sum(character in _OPENING for character in text)
    return opened - sum(character in _CLOSING for character in text)


def _report(paragraphs: Sequence[str], dateline_length: int) -> str:
    """As many paragraphs as make a statement: headings, questions and 如下： alone do not."""
    text = paragraphs[0][dateline_length:].strip()
    if is_heading(text):
        text = ""
    for paragraph in paragraphs[1:]:
        if text and not text.endswith(("：", ":")):
            break
        if not _is_heading_or_question(paragraph):
            text += _without_number(paragraph)
    return text.strip()


def _is_heading_or_question(paragraph: str) -> bool:
    question = begins_item(paragraph) and paragraph.endswith(("？", "?"))
    return question or is_heading(paragraph)


def _without_number(paragraph: str) -> str:
    match = _ITEM_NUMBER.match(paragraph)
    return paragraph[match.end() :] if match else paragraph


def _cut(text: str) -> str:
    """The text, ended at a clause outside all brackets if it is too long; else between words."""
    if len(text) <= LONGEST or (len(text) <= _LONGEST_SENTENCE and len(sentences(text)) == 1):
        return text
    last = LONGEST - 2
    between = [at for at in range(last + 1) if not _is_inside_word(text, at)]
    outside = sorted(set(between) & set(_outside_brackets(text[:LONGEST])))
    pauses = [at for at in outside if text[at] in _PAUSES and text[at - 1] != "的"]
    for places, least in ((pauses, LONGEST // 3), (outside, _LEAST)):
        if places and places[-1] >= least:
            return _ended(text[: places[-1]])
    whole = next((at for at in _outside_brackets(text) if at > last), len(text))
    if whole <= _LONGEST_QUOTED:
        return text if whole == len(text) else _ended(text[:whole])
    return _closed(text[: between[-1]])


def _closed(text: str) -> str:
    """Text that ends in a quotation nobody could keep whole, with the marks that close it."""
    open_marks: list[str] = []
    for character in text:
        if character in _OPENING:
            open_marks.append(_CLOSING[_OPENING.index(character)])
        elif open_marks and character == open_marks[-1]:
            open_marks.pop()
    return _ended(text) + "".join(reversed(open_marks))


def _ended(text: str) -> str:
    return text.rstrip("，；：、,; ") + "……"


def _outside_brackets(text: str) -> Iterator[int]:
    """The places before which no bracket or quotation is open."""
    depth = 0
    for at, character in enumerate(text):
        if not depth:
            yield at
        depth = max(0, depth + (character in _OPENING) - (character in _CLOSING))


def _is_inside_word(text: str, at: int) -> bool:
    """Whether a number, a word in Latin letters or an address goes on here."""
    before, after = text[at - 1 : at], text[at : at + 1]
    glued = before.isascii() and after.isascii()
    amount = before.isdecimal() and after in "%％℃万亿千百多余个年月日元倍"
    ends = text[at + 1 : at + 2] in ("", " ") or not text[at + 1 : at + 2].isascii()
    return (
        bool(before and after)
        and " " not in before + after
        and (amount or (glued and not (after in ",;" and ends)))
    )

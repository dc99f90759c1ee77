"""Markdown as people write it, brought to what the standard means; lines stay where they are."""

import base64
import binascii
import re

BREAK, CENTRE = "\x1e", "\x1f"
"""Marks that no text holds: a line ends here, this line is centred. Both count as blanks."""

_SOFT_END = re.compile("[\v\f\x85\u2028\u2029]")
_FACT = re.compile(r"[\w .-]{1,40}:(?:\s.*)?|\s+.*|- .*|#.*|")
_LONGEST_FRONT = 60
_RULES = ("---", "...")
_IMAGE_LINE = re.compile(
    r"^\[([^\]\n]{1,60})\]:[ \t]*<?(data:image/[^>\s]+)>?[ \t]*$", re.MULTILINE
)
_IMAGE_CALL = re.compile(r"!\[([^\]\n]{0,200})\]\[([^\]\n]{1,60})\]")
_DATA = re.compile(r"data:image/[a-z.+-]{1,20};base64,([A-Za-z0-9+/=]+)")
_HEADING = re.compile(
    r"^[ \t]{0,3}<h([1-6])\b[^<>\n]*>([^\n]*?)</h\1>[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_TIGHT_HEADING = re.compile(r"^(#{1,6})(?=[^#\s\\])(?![^#\n]*#[^\n])", re.MULTILINE)
_CENTRED = re.compile(
    r"<center\b[^<>\n]*>|<[a-z0-9]+\b[^<>\n]*(?:align=[\"']?center|text-align: ?center)[^<>\n]*>",
    re.IGNORECASE,
)
_LINE_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]>[ \t]*<t[dh]\b[^<>\n]*>", re.IGNORECASE)
_IMAGE_TAG = re.compile(r"<img\b[^<>\n]*?\bsrc=[\"']([^\"'<>\n]*)[\"'][^<>\n]*>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|big|blockquote|center|caption|div|em|figcaption|figure|font|h[1-6]|hr|i|img|li|mark|ol"
    r"|p|s|section|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul)\b[^<>\n]*>",
    re.IGNORECASE,
)  # fmt: skip
_MOST_BRACKETS = 2000
"""No magazine has so many links; the parser tries every bracket with every other one."""
_FORMULA = re.compile(r"\$[^$\n]{1,200}\$")
_MARKED = re.compile(r"([\\*_`\[\]<>|])")
_TIMES = re.compile(r"(?<=[0-9A-Za-z)）])\*(?=[0-9A-Za-z(（])")


def prepared(text: str) -> tuple[str, dict[str, bytes]]:
    """The text for the parser, and the images written inside it by the address they get."""
    text = _SOFT_END.sub("\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _without_comments(_without_facts(text))
    text, images = _without_data(text)
    text = _HEADING.sub(lambda one: f"{'#' * int(one[1])} {one[2]}", text)
    text = _TIGHT_HEADING.sub(r"\1 ", text)
    text = _CENTRED.sub(CENTRE, _CELL.sub("\t", _LINE_BREAK.sub(BREAK, text)))
    text = _TAG.sub("", _IMAGE_TAG.sub(r"![](\1)", text))
    if text.count("[") > _MOST_BRACKETS:
        text = text.replace("[", "\\[")
    text = _FORMULA.sub(lambda one: _MARKED.sub(r"\\\1", one[0]), text)
    return _TIMES.sub(r"\\*", text), images


def _without_facts(text: str) -> str:
    """Facts about the file between two rules at its beginning are no text of it."""
    rows = text.split("\n")
    if rows[0].rstrip() != _RULES[0]:
        return text
    for at, row in enumerate(rows[1:_LONGEST_FRONT], start=1):
        if row.rstrip() in _RULES:
            return "\n" * at + "\n".join(["", *rows[at + 1 :]])
        if not _FACT.fullmatch(row):
            break
    return text


def _without_comments(text: str) -> str:
    pieces, at = [], 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        pieces += [text[at:begin], "\n" * text.count("\n", begin, end)]
        at = end + len("-->")
    return "".join([*pieces, text[at:]])


def _without_data(text: str) -> tuple[str, dict[str, bytes]]:
    """Images in base64 are taken out: a parser would go through them letter by letter."""
    named = dict(_IMAGE_LINE.findall(text))
    if named:
        text = _IMAGE_LINE.sub("", text)
        text = _IMAGE_CALL.sub(lambda one: f"![{one[1]}]({named.get(one[2], one[2])})", text)
    images: dict[str, bytes] = {}

    def take(match: re.Match[str]) -> str:
        address = f"data:{len(images)}"
        try:
            images[address] = base64.b64decode(match[1])
        except binascii.Error:
            images[address] = b""
        return address

    return _DATA.sub(take, text), images

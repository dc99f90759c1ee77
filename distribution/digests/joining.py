"""One reader's mail from a sheet as text: finished pieces put together, addresses filled in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from distribution.digests.layout import Layout, Personal, lay_out
from distribution.digests.selecting import Choice
from distribution.digests.sheet import Sheet
from distribution.templates import COLUMNS, Pieces, wrap


@dataclass(frozen=True, slots=True)
class Digest:
    """A mail before it becomes a message: line ends are bare line feeds."""

    subject: str
    html: str
    text: str


def join(sheet: Sheet, choices: Sequence[Choice], personal: Personal) -> Digest:
    """Make one reader's mail, as a browser and the eye want it; the same for the same input."""
    pixel = personal.open_url is not None
    layout = lay_out(sheet, choices, pixel=pixel, counted=personal.counted)
    values = {**layout.values, **personal.urls()}
    escaped = {name: escape(value) for name, value in values.items()}
    return Digest(
        subject=layout.subject,
        html="".join(_poured(sheet.html, layout, escaped, escape)),
        text=join_text(sheet, layout, personal.urls()),
    )


def join_text(sheet: Sheet, layout: Layout, urls: Mapping[str, str]) -> str:
    """The plain text part."""
    values = {**layout.values, **urls}
    return "".join(_poured(sheet.text, layout, values, plain))


def plain(label: str) -> str:
    """Fit words into the text part."""
    # Most labels are short, and measuring them would cost more than all the rest of a mail.
    return label if 2 * len(label) < COLUMNS else wrap(label)


def _poured(
    pieces: Pieces, layout: Layout, values: Mapping[str, str], spell: Callable[[str], str]
) -> list[str]:
    """The parts of one body; `spell` makes words fit for it."""
    out: list[str] = []
    filled = dict(values)
    for name, group, reason in layout.steps:
        piece = pieces[name]
        if len(piece) == 1:
            out.append(piece[0])
            continue
        filled["group"], filled["reason"], filled["topic"] = spell(group), spell(reason), reason
        parts = list(piece)
        parts[1::2] = [filled[slot] for slot in piece[1::2]]
        out += parts
    return out

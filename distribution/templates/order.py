"""What goes to whoever renders, here or in a process apart, and what comes back: plain values."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple

from markupsafe import Markup

from distribution.templates.broken import BrokenTemplate
from distribution.templates.files import Source


class RenderedMail(NamedTuple):
    """The three files of a mail's folder, rendered; the CSS of the HTML is inlined."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """One mail to render: its folder, all sources, and values of which nothing can be called."""

    mail: str
    sources: Mapping[str, Source]
    values: Mapping[str, Any]
    """As `plain` makes them."""
    marks: str | None
    """The number of the sheet's marks; None: the mail is not cut, and has no `piece`."""

    def to_bytes(self) -> bytes:
        """Plain JSON: whoever takes over the renderer must not take over who called it."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Order":
        """The order again."""
        found = json.loads(data)
        sources = {name: Source(**source) for name, source in found["sources"].items()}
        return cls(found["mail"], sources, found["values"], found["marks"])


def answer_to_bytes(answer: RenderedMail | BrokenTemplate) -> bytes:
    """Encode a mail, or why there is none."""
    if isinstance(answer, BrokenTemplate):
        return json.dumps({"broken": [answer.file, answer.line, answer.reason]}).encode()
    return json.dumps({"mail": answer}).encode()


def answer_from_bytes(data: bytes) -> RenderedMail | BrokenTemplate:
    """The answer again; ValueError where it is none."""
    match json.loads(data):
        case {"mail": [str(subject), str(html), str(text)]}:
            return RenderedMail(subject, html, text)
        case {"broken": [str(file), int() | None as line, str(reason)]}:
            return BrokenTemplate(file, line, reason)
    raise ValueError("no answer of the renderer")


def plain(value: object) -> Any:  # noqa: ANN401 - JSON has no type of its own
    """Spell a value as JSON that `revived` understands; TypeError for what cannot travel.

    Of an object its fields and properties travel, of an enum its code.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return {"markup": str(value)} if isinstance(value, Markup) else str(value)
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Mapping):
        return {"mapping": [[plain(key), plain(entry)] for key, entry in value.items()]}
    return {"record": {name: plain(getattr(value, name)) for name in _names(value)}}


def revived(value: Any) -> Any:  # noqa: ANN401 - JSON has no type of its own
    """The value again, as templates see it."""
    if isinstance(value, list):
        return [revived(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    [(kind, content)] = value.items()
    return _REVIVE[kind](content)


def _names(value: object) -> list[str]:
    kind = type(value)
    if is_dataclass(kind):
        properties = [name for name in dir(kind) if isinstance(getattr(kind, name), property)]
        return [one.name for one in fields(kind)] + properties
    if isinstance(value, SimpleNamespace):
        return list(vars(value))
    raise TypeError(f"no template can get a {kind.__name__}")


_REVIVE: Mapping[str, Callable[[Any], object]] = {
    "markup": Markup,
    "date": date.fromisoformat,
    "mapping": lambda pairs: {revived(key): revived(entry) for key, entry in pairs},
    "record": lambda named: SimpleNamespace(
        **{name: revived(entry) for name, entry in named.items()}
    ),
}

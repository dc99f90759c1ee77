"""A dossier as one page that needs nothing else: for its person, on any screen and on paper."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from distribution import clock

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def moment(text: str | None) -> str:
    """An instant of the document as people in Shanxi read it.

    >>> moment("2026-12-01T01:00:00+00:00"), moment(None)
    ('2026-12-01 09:00', '')
    """
    return clock.for_people(datetime.fromisoformat(text)) if text else ""


_NAMES = {
    "reader": "本人",
    "web": "网页",
    "one-click": "一键退订",
    "mail": "来信",
    "complaint": "投诉",
}


def named(code: str | None) -> str:
    """Who did something, or by which way, as its person calls it; names of the office stay.

    >>> named("reader"), named("liu")
    ('本人', 'liu')
    """
    return _NAMES.get(code, code) if code else ""


_environment.filters.update(moment=moment, named=named)


def page(document: Mapping[str, Any], *, download_url: str = "") -> str:
    """The page of a dossier; it may say where the document itself can be had."""
    template = _environment.get_template("dossier.html")
    return template.render(document, download_url=download_url)

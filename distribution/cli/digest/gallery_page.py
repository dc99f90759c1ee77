"""The gallery as one page that needs nothing else: no script, nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from distribution import clock
from distribution.digests import Digest, in_scheme

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
DESKTOP, PHONE = 720, 390
"""Widths in pixels."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One look at a mail."""

    name: str
    width: int
    height: int
    html: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One digest of the gallery, with all that is said of it."""

    title: str
    wanted: str
    """Topics and watch words."""
    readers: int
    others: int
    articles: int
    kib: int
    preheader: str
    digest: Digest

    @property
    def frames(self) -> tuple[Frame, ...]:
        """On a desk, on a phone, on a dark phone; each looks the same on any machine."""
        light = in_scheme(self.digest.html, dark=False)
        dark = in_scheme(self.digest.html, dark=True)
        return (
            Frame("电脑", DESKTOP, _height(self.digest, DESKTOP), light),
            Frame("手机", PHONE, _height(self.digest, PHONE), light),
            Frame("手机，深色", PHONE, _height(self.digest, PHONE), dark),
        )


def page(issue_name: str, pictures: Sequence[Picture], *, different: int, at: datetime) -> str:
    """The page; `different` is how many different digests there are in all."""
    return _environment.get_template("gallery.html").render(
        issue_name=issue_name,
        pictures=pictures,
        different=different,
        audience=any(picture.readers for picture in pictures),
        made_at=clock.for_people(at),
    )


def _height(digest: Digest, width: int) -> int:
    """A little more than the mail needs there: a frame does not grow, and no script measures it."""
    lines = digest.text.count("\n")
    return 300 + lines * (21 if width > PHONE else 27)

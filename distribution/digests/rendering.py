"""From an issue and templates to a sheet: the dear work, done once per issue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from markupsafe import Markup

from distribution.compiler import Contact, Masthead
from distribution.digests.cutting import CutFailed, Marks, Pieces
from distribution.digests.fingerprint import fingerprint
from distribution.digests.inlining import InliningFailed, inline
from distribution.digests.joining import HTML_BYTES, Personal, join
from distribution.digests.selecting import Choice
from distribution.digests.sheet import ArticleFacts, Publication, Sheet
from distribution.digests.templates import BrokenTemplate, Templates
from distribution.digests.wording import clean, day, issue_name, shortened
from distribution.issues import StoredArticle, StoredIssue
from distribution.words import Reason

_FRAME = (
    "top",
    *(
        "intro-own",
        "intro-enterprise",
        "intro-default",
        "intro-none",
        "intro-whole",
    ),  # one of them is used
    *("contents", "contents-group", "contents-group-end", "contents-end"),
    *("heading", "foot", "to-standard", "to-personal", "leave", "pixel", "end"),
)
"""The pieces of a body besides `contents-<id>` and `article-<id>` for every article."""
_SUBJECTS = ("own", "whole")
_SLOTS = (
    *("click_url", "read_url", "unsubscribe_url", "preferences_url", "open_url"),
    *("count", "preview", "group", "reason"),
)
"""What templates may write as `reader.<name>`; filled in per reader."""
_ONLY_IN = {"group": ("contents-", "heading", "article-"), "reason": ("article-",)}
"""Slots that mean something in some pieces only."""
_SUMMARY_LENGTHS = (10_000, 80, 40, 0)
"""In characters. An issue too long for one mail gets shorter summaries, for all its readers."""
_ROOM_FOR_HEADINGS = 6 * 1024
"""A reader with many topics has more headings than the whole contents."""
_LONGEST_URL = 90


@dataclass(frozen=True, slots=True)
class _ArticleView:
    """An article as templates see it; whatever is missing is empty."""

    id: int
    position: int
    section: str
    page: int | None
    title: str
    source: str
    date: str
    summary: str


class _Press:
    """Renders templates with marks and cuts what comes out."""

    def __init__(self, templates: Templates, marks: Marks, publication: Publication) -> None:
        self._templates = templates
        self.marks = marks
        self.publication = publication
        self.values: dict[str, object] = {
            "publication": publication,
            "piece": self._mark,
            "reader": SimpleNamespace(**{name: marks.slot(name) for name in _SLOTS}),
        }

    def _mark(self, name: str, number: int | None = None) -> Markup:
        """What templates call as `piece("top")` or `piece("article", article.id)`."""
        # Safe: built from the mark's digits and a name that `cut` accepts or refuses.
        return Markup(self.marks.piece(name if number is None else f"{name}-{number}"))  # noqa: S704

    def pieces(self, name: str, wanted: Iterable[str]) -> Pieces:
        """Render a template, inline its CSS if it is HTML, and cut it."""
        rendered = self._templates.render(name, self.values)
        try:
            if name.endswith(".html"):
                rendered = inline(rendered)
            pieces = self.marks.cut(rendered)
            _check(pieces, wanted)
        except (InliningFailed, CutFailed) as error:
            raise BrokenTemplate(self._templates.file_of(name), None, str(error)) from error
        return pieces


def _check(pieces: Pieces, wanted: Iterable[str]) -> None:
    if missing := [name for name in wanted if name not in pieces]:
        problem = f"缺少 piece：{'、'.join(missing[:5])}"
        raise CutFailed(problem)
    for name, piece in pieces.items():
        for slot in piece[1::2]:
            if not name.startswith(_ONLY_IN.get(slot, "")):
                problem = f'piece("{name}") 里不能用 reader.{slot}'
                raise CutFailed(problem)


def _in_one_line(pieces: Pieces) -> Pieces:
    """A subject has no line ends, however the template is laid out."""
    return {
        name: tuple("".join(part.splitlines()) for part in piece) for name, piece in pieces.items()
    }


def render_sheet(
    issue: StoredIssue,
    topic_names: Mapping[str, str],
    templates: Sequence[Path],
    publication: Publication | None = None,
) -> Sheet:
    """Render an issue once for all its readers; raises BrokenTemplate.

    `templates` are folders, the installation's own before the bundled one.
    """
    publication = publication or Publication()
    if not publication.sender_name:
        publication = replace(publication, sender_name=clean(issue.masthead.publication))
    topics = {code: clean(name) for code, name in topic_names.items()}
    marks = Marks.absent_from(repr((issue, topics, publication)))
    for length in _SUMMARY_LENGTHS:
        sheet = _render(issue, topics, _Press(Templates(templates), marks, publication), length)
        if _fits(sheet):
            break
    return sheet


def _render(issue: StoredIssue, topics: Mapping[str, str], press: _Press, length: int) -> Sheet:
    views = [_view(stored, issue.masthead.year, length) for stored in issue.articles]
    press.values |= {
        "issue": _clean_masthead(issue.masthead),
        "issue_name": clean(issue_name(issue.masthead)),
        "articles": views,
    }
    body = (*_FRAME, *(f"{kind}-{view.id}" for kind in ("contents", "article") for view in views))
    return Sheet(
        key=issue.masthead.key,
        publication=press.publication,
        boundary=f"=_{fingerprint({'marks': press.marks.number})[:24]}",
        topics=topics,
        articles=tuple(ArticleFacts(view.id, view.title, view.section) for view in views),
        subject=_in_one_line(press.pieces("digest/subject.txt", _SUBJECTS)),
        html=press.pieces("digest/body.html", body),
        text=press.pieces("digest/body.txt", body),
    )


def _fits(sheet: Sheet) -> bool:
    """Whether the longest mail, the whole contents, is well below what mailbox providers cut."""
    url = "x" * _LONGEST_URL
    choices = [Choice(article.id, Reason.CONTENTS, "") for article in sheet.articles]
    html = join(sheet, choices, Personal(url, url, url, url, url)).html
    return len(html.encode()) <= HTML_BYTES - _ROOM_FOR_HEADINGS


def _view(stored: StoredArticle, year: int, length: int) -> _ArticleView:
    article = stored.article
    return _ArticleView(
        id=stored.id,
        position=article.position,
        section=clean(article.section),
        page=article.page,
        title=clean(article.title),
        source=clean(article.source or ""),
        date=day(article.date, year),
        summary=shortened(clean(article.summary), length),
    )


def _clean_masthead(masthead: Masthead) -> Masthead:
    contact = masthead.contact
    return replace(
        masthead,
        publication=clean(masthead.publication),
        publishers=tuple(clean(publisher) for publisher in masthead.publishers),
        contact=Contact(
            email=clean(contact.email),
            phone=clean(contact.phone),
            postcode=clean(contact.postcode),
            address=clean(contact.address),
            website=clean(contact.website),
            editors=tuple((clean(office), clean(names)) for office, names in contact.editors),
        ),
    )

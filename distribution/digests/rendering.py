"""From an issue and templates to a sheet: the dear work, done once per issue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from distribution.compiler import Contact, Masthead
from distribution.digests import prose
from distribution.digests.encoding import LINE, TOKEN, addressable
from distribution.digests.layout import ADDRESSES, Personal
from distribution.digests.message import HTML_LINES, Composer
from distribution.digests.selecting import Choice
from distribution.digests.sheet import ArticleFacts, Publication, Sheet
from distribution.digests.wording import clean, day, issue_name, shortened
from distribution.fingerprint import fingerprint
from distribution.issues import StoredArticle, StoredIssue
from distribution.templates import BrokenTemplate, CutFailed, Marks, Pieces, RenderedMail, Templates
from distribution.words import Reason

FRAME = (
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
EXTRAS = ("less", "more", "trap")
"""Pieces that an installation's own templates may do without: a link below a heading, to get less
of its topic or more; a link that no reader sees, where clicks are counted."""
_SUBJECTS = ("own", "whole")
_SLOTS = (
    *ADDRESSES,
    *("count", "preview", "group", "reason", "topic"),
)
"""What templates may write as `reader.<name>`; filled in per reader."""
_IN_SUBJECTS = {"count", "preview"}
_ONLY_IN = {"group": ("contents-", "heading", "article-"), "reason": ("article-",), "topic": EXTRAS}
"""Slots that mean something in some pieces only."""
_SUMMARY_LENGTHS = (10_000, 80, 40, 24, 0)
"""In characters. An issue too long for one mail gets shorter summaries, for all its readers."""
_ROOM_FOR_HEADINGS = 6 * 1024
"""A reader with many topics has more headings than the whole contents."""
_LONGEST_URL = "x" * 60 + "x" * TOKEN


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
    lead: bool


class _Press:
    """Renders templates with marks and cuts what comes out."""

    def __init__(self, templates: Templates, marks: Marks, publication: Publication) -> None:
        self._templates = templates
        self.marks = marks
        self.publication = publication
        self.values: dict[str, object] = {
            "publication": publication,
            "reader": SimpleNamespace(**{name: marks.slot(name) for name in _SLOTS}),
        }

    def render(self) -> RenderedMail:
        """All three files of the mail, with marks."""
        return self._templates.render("digest", self.values, self.marks)

    def cut(self, name: str, rendered: str, wanted: Sequence[str]) -> Pieces:
        """The pieces of one rendered file."""
        try:
            pieces = self.marks.cut(rendered)
            _check(pieces, wanted)
            if name.endswith(".html"):
                _check_edges(pieces)
            if name.endswith("subject.txt"):
                _check_subject(pieces)
        except CutFailed as error:
            raise BrokenTemplate(self._templates.file_of(name), None, str(error)) from error
        return pieces


def _check(pieces: Pieces, wanted: Sequence[str]) -> None:
    if missing := [name for name in wanted if name not in pieces]:
        problem = f"缺少 piece：{'、'.join(missing[:5])}"
        raise CutFailed(problem)
    if unknown := sorted(pieces.keys() - {*wanted, *EXTRAS, "top"}):
        problem = f'没有 piece("{unknown[0]}") 这个位置，它的内容不会出现在邮件里'
        raise CutFailed(problem)
    for name, piece in pieces.items():
        for slot in piece[1::2]:
            if not name.startswith(_ONLY_IN.get(slot, "")):
                problem = f'piece("{name}") 里不能用 reader.{slot}'
                raise CutFailed(problem)


def _check_edges(pieces: Pieces) -> None:
    """Pieces are padded with blanks when they are encoded: no edge where a blank would do harm."""
    for name, piece in pieces.items():
        text = "".join(piece[::2])
        if text.rfind("<") > text.rfind(">"):
            problem = f'piece("{name}") 在一个标签的中间结束'
            raise CutFailed(problem)
        if not addressable(piece):
            problem = (
                f'piece("{name}") 里的地址应写在属性里，例如 <a href="{{{{ reader.read_url }}}}">'
            )
            raise CutFailed(problem)


def _check_subject(pieces: Pieces) -> None:
    for slot in {slot for piece in pieces.values() for slot in piece[1::2]} - _IN_SUBJECTS:
        problem = f"主题里不能用 reader.{slot}"
        raise CutFailed(problem)
    for name in _SUBJECTS:
        if not "".join(pieces[name]).strip():
            problem = f'piece("{name}") 是空的，邮件会没有主题'
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
    *,
    correction: str = "",
    honeypot: bool = False,
) -> Sheet:
    """Render an issue once for all its readers; raises BrokenTemplate.

    `templates` are folders, the installation's own before the bundled one. `correction` says
    what was wrong in the mails before; it stands above everything else. `honeypot`: mails whose
    clicks are counted hold a link that no reader sees.
    """
    publication = publication or Publication()
    if not publication.sender_name:
        publication = replace(publication, sender_name=clean(issue.masthead.publication))
    topics = {code: clean(name) for code, name in topic_names.items()}
    marks = Marks.absent_from(repr((issue, topics, publication, correction)))
    for length in _SUMMARY_LENGTHS:
        press = _Press(Templates(templates), marks, publication)
        press.values |= {"correction": clean(correction), "honeypot": honeypot}
        sheet = _render(issue, topics, press, length)
        if _fits(sheet):
            break
    return sheet


def _render(issue: StoredIssue, topics: Mapping[str, str], press: _Press, length: int) -> Sheet:
    views = [_view(stored, issue.masthead.year, length) for stored in issue.articles]
    press.values |= {
        "issue": _clean_masthead(issue.masthead),
        "issue_name": clean(issue_name(issue.masthead)),
        "articles": views,
        "note": prose.read(issue.contract.note),
        "notice": prose.read(issue.contract.notice),
        "commercial": issue.contract.commercial,
    }
    body = (*FRAME, *(f"{kind}-{view.id}" for kind in ("contents", "article") for view in views))
    mail = press.render()
    return Sheet(
        key=issue.masthead.key,
        publication=press.publication,
        boundary=f"=_{fingerprint({'marks': press.marks.number})[:24]}",
        topics=topics,
        articles=tuple(
            ArticleFacts(view.id, view.title, view.section, stored.topics)
            for view, stored in zip(views, issue.articles, strict=True)
        ),
        subject=_in_one_line(press.cut("digest/subject.txt", mail.subject, _SUBJECTS)),
        html=press.cut("digest/body.html", mail.html, body),
        text=press.cut("digest/body.txt", mail.text, body),
        commercial=issue.contract.commercial,
    )


def _fits(sheet: Sheet) -> bool:
    """Whether the longest mail, the whole contents, is well below what mailbox providers cut."""
    choices = [Choice(article.id, Reason.CONTENTS, "") for article in sheet.articles]
    urls = dict.fromkeys(ADDRESSES, _LONGEST_URL)
    anybody = Personal(**urls, counted=True)
    longest = Composer(sheet).html_bytes(choices, anybody)
    return longest <= HTML_LINES * LINE - _ROOM_FOR_HEADINGS


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
        lead=stored.lead,
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

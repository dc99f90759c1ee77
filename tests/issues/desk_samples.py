"""Small issues for an editor's desk; every sentence in them is made up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from runs import MASTHEAD

from distribution import issues
from distribution.app import App
from distribution.compiler import Article, Complaint, Doubt, Paragraph, ReadIssue
from distribution.issues import Desk

MORNING = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
TITLES = ("减速机试点启动", "焊接机器人进车间", "铸件质量回访", "省内揭榜名单公布")


def article(title: str, *texts: str, section: str = "政策措施", **facts: object) -> Article:
    """An article of so many paragraphs, two if they are left out."""
    texts = texts or (f"{title}，共有二十家企业参加。", f"下一步，{title}的做法将逐步推广。")
    plain = Article(1, section, 3, title, None, None, f"{title}。", tuple(map(Paragraph, texts)))
    return replace(plain, **facts)  # type: ignore[arg-type]


def read(*articles: Article, complaints: Sequence[Complaint] = ()) -> ReadIssue:
    """What a compiler might have made of a file; the four articles if none are named."""
    several = articles or tuple(map(article, TITLES))
    placed = tuple(replace(one, position=n) for n, one in enumerate(several, start=1))
    return ReadIssue(MASTHEAD, placed, tuple(complaints))


def doubt(kind: Doubt = Doubt.TITLE_ALIKE, about: int = 1, excerpt: str = "试点") -> Complaint:
    """Something the compiler did not understand."""
    return Complaint(kind, 9, "标题对不上，请核对", excerpt, "第 9 行", about)


def save(app: App, what: ReadIssue, data: bytes = b"file", *, version: str | None = None) -> str:
    """Import; gives the issue's key."""
    with app.transaction() as session:
        return issues.save_issue(session, what, data, "a.txt", MORNING, version=version).key


def titles(app: App, key: str) -> list[str]:
    """The contents of an issue as it is stored."""
    return [stored.article.title for stored in stored_articles(app, key)]


def stored_articles(app: App, key: str) -> tuple[issues.StoredArticle, ...]:
    """The articles of an issue as they are stored."""
    with app.reading() as session:
        return issues.load_issue(session, issues.find_issue(session, key).id).articles


class AtDesk:
    """Each verb of the desk in a transaction of its own."""

    def __init__(self, app: App, key: str) -> None:
        self._app, self._key = app, key

    def __call__(self, verb: str, *arguments: object) -> object:
        with self._app.transaction() as session:
            desk = Desk(session, self._key, by="editor", at=MORNING)
            return getattr(desk, verb)(*arguments)


def unplaced(app: App, key: str) -> list[str]:
    """The kinds of corrections that found no place."""
    with app.reading() as session:
        report = issues.report(session, issues.find_issue(session, key))
        return [correction.kind.value for correction in report.unplaced]

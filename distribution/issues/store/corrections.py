"""What an editor does to an issue: each deed is kept, then the issue is made anew of them all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from distribution import topics
from distribution.compiler import article_key
from distribution.errors import NotFound
from distribution.issues import facts as rules
from distribution.issues.anchoring import unused
from distribution.issues.content import StoredArticle
from distribution.issues.correcting import Corrected, Edited, beginning
from distribution.issues.doubting import Told
from distribution.issues.refusals import AlreadyApproved, CorrectedMeanwhile, InvalidFact
from distribution.issues.store import compilations
from distribution.issues.store.articles import load_issue
from distribution.issues.store.issues import find_issue, key_of
from distribution.issues.store.saving import rebuild
from distribution.models import Correction, Issue
from distribution.words import CorrectionKind, TopicOrigin


class Desk:
    """An unapproved issue on an editor's desk, locked; every verb answers with what it changed."""

    def __init__(self, session: Session, key: str, *, by: str, at: datetime) -> None:
        """Raises NotFound, and AlreadyApproved where the issue may not change."""
        self._session, self._by, self._at = session, by, at
        self.row = find_issue(session, key, lock=True)
        self.key = key_of(self.row)
        if self.row.approved_at is not None:
            raise AlreadyApproved(self.key)

    def articles(self) -> Sequence[StoredArticle]:
        """As they now are."""
        return load_issue(self._session, self.row.id).articles

    def expect(self, *articles: StoredArticle) -> None:
        """Raise CorrectedMeanwhile unless these stand where they stood when somebody was asked."""
        now = {one.article.position: one.anchor for one in self.articles()}
        for one in articles:
            if now.get(one.article.position) != one.anchor:
                raise CorrectedMeanwhile(self.key, one.article.position)

    def edit(self, number: int, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Change facts of one article; returns those that are new, as they are kept."""
        edited = self._article(number)
        value = rules.checked(facts)
        if "topics" in value:
            chosen = topics.resolve(self._session, value["topics"])
            if not chosen:
                raise InvalidFact("主题", "不能为空：请至少给出一个，例如 --topics policy")
            value["topics"] = [topic.code for topic in chosen]
        now = self._facts(edited)
        value = {name: fact for name, fact in value.items() if now[name] != fact}
        if value:
            self._do(CorrectionKind.EDIT, edited.anchor, value)
        return value

    def merge(self, number: int, other: int) -> str:
        """Put the blocks of another article at the end of one; returns the other's title."""
        one, two = self._article(number), self._article(other)
        if one.anchor == two.anchor:
            raise InvalidFact("合并", f"需要两篇不同的文章，第 {number} 篇给了两次")
        self._do(CorrectionKind.MERGE, one.anchor, {"takes": two.anchor})
        return two.article.title

    def split(self, number: int, block: int, title: str) -> None:
        """Let the block (from 1, at least the second) begin a new article, placed behind."""
        edited = self._article(number)
        count = len(edited.article.blocks)
        if not 2 <= block <= count:  # noqa: PLR2004 - the first block stays
            expected = f"应在第 2 段至第 {count} 段之间" if count > 1 else "不行：这一篇只有一段"
            raise InvalidFact("拆分处", expected)
        title = rules.text("title", title)
        state = self._state()
        compiled = compilations.compiled(self._session, self.row.id).anchors
        taken = {*compiled, *state.gone, *(one.anchor for one in state.articles)}
        anchor = unused(article_key(title), taken)
        value = {
            "at": block,
            "begins": beginning(edited.article, block),
            "behind": beginning(edited.article, block - 1),
            "title": title,
            "anchor": anchor,
        }
        self._do(CorrectionKind.SPLIT, edited.anchor, value)

    def move(self, number: int, to: int) -> bool:
        """Give an article another place; False where it stands there already."""
        edited = self._article(number)
        self._article(to)
        if number == to:
            return False
        others = [one.anchor for one in self._state().articles if one.anchor != edited.anchor]
        after = others[to - 2] if to > 1 else None
        before = others[to - 1] if to <= len(others) else None
        self._do(CorrectionKind.MOVE, edited.anchor, {"after": after, "before": before})
        return True

    def drop(self, number: int, reason: str) -> str:
        """Leave an article out; returns its title."""
        edited = self._article(number)
        if len(self._state().articles) == 1:
            raise InvalidFact("删去", "不行：这是最后一篇，一期至少要有一篇文章")
        reason = rules.text("reason", reason)
        self._do(CorrectionKind.DROP, edited.anchor, {"reason": reason})
        return edited.article.title

    def edit_masthead(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Change facts of the title page and the colophon; returns those that are new."""
        head = self._state().masthead
        now = {
            "publication": head.publication,
            "number": head.number,
            "total_number": head.total_number,
            "month": head.month.isoformat(),
            "publishers": list(head.publishers),
        }
        value = {
            name: fact
            for name, fact in rules.checked(facts).items()
            if (now[name] if name in now else getattr(head.contact, name)) != fact
        }
        if value:
            self._do(CorrectionKind.MASTHEAD, None, value)
        return value

    def see(self, doubts: Iterable[Told]) -> None:
        """Note that somebody looked at these doubts."""
        for told in doubts:
            complaint = told.complaint
            value = {"doubt": told.fingerprint, "excerpt": complaint.excerpt}
            kind = CorrectionKind.SEEN
            self._add(kind, told.anchor, {**value, "kind": complaint.kind.value})

    def undo(self, correction_id: int) -> Correction:
        """Take one deed back; those that came after it stay."""
        rows = {row.id: row for row in compilations.correction_rows(self._session, self.row.id)}
        row = rows.get(correction_id)
        if row is None:
            hint = f"运行 distribution issue corrections {self.key} 查看编号"
            raise NotFound("更正", str(correction_id), hint)
        self._session.delete(row)
        self._session.flush()
        rebuild(self._session, self.row)
        return row

    def _do(self, kind: CorrectionKind, anchor: str | None, value: dict[str, Any]) -> None:
        self._add(kind, anchor, value)
        rebuild(self._session, self.row)

    def _add(self, kind: CorrectionKind, anchor: str | None, value: dict[str, Any]) -> None:
        self._session.add(
            Correction(
                issue_id=self.row.id,
                kind=kind,
                anchor=anchor,
                value=value,
                by=self._by,
                at=self._at,
            )
        )
        self._session.flush()

    def _state(self) -> Corrected:
        return compilations.state(self._session, self.row)

    def _article(self, number: int) -> Edited:
        articles = self._state().articles
        if not 1 <= number <= len(articles):
            raise no_article(number, len(articles))
        return articles[number - 1]

    def _facts(self, edited: Edited) -> dict[str, Any]:
        article = edited.article
        (stored,) = (one for one in self.articles() if one.anchor == edited.anchor)
        by_hand = all(reason.origin is TopicOrigin.EDITOR for reason in stored.reasons)
        return {
            "title": article.title,
            "section": article.section,
            "source": article.source,
            "date": article.date.isoformat() if article.date else None,
            "page": article.page,
            "summary": article.summary,
            "topics": list(edited.topics) if by_hand and edited.topics else None,
            "must_carry": edited.must_carry,
        }


def no_article(number: int, count: int) -> NotFound:
    """The refusal of a place at which no article stands."""
    return NotFound("文章", str(number), f"这一期有第 1 至 {count} 篇")


def titles_of(session: Session, row: Issue) -> dict[str, str]:
    """Titles by anchor, those of merged and dropped articles too, as their file prints them."""
    read = compilations.compiled(session, row.id).articles
    stored = load_issue(session, row.id).articles
    return {
        **{anchor: article.title for anchor, article in read},
        **{entry.anchor: entry.article.title for entry in stored},
    }


def corrections_of(session: Session, row: Issue) -> Sequence[Correction]:
    """Every deed on an issue, the oldest first."""
    return compilations.correction_rows(session, row.id)

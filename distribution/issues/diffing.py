"""What a file read anew would change in an issue: articles, facts, paragraphs, characters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from distribution.compiler import Block, Masthead, Paragraph, Picture
from distribution.issues.correcting import Corrected, Edited

_ALIKE = 0.4
"""Share of characters from which one paragraph is a new version of another."""
_LONGEST_COMPARED = 4000
"""Characters up to which two paragraphs are compared one by one."""
_ARTICLE_LABELS = {
    "section": "栏目", "page": "页", "title": "标题", "source": "来源", "date": "日期",
    "summary": "摘要",
}  # fmt: skip
_MASTHEAD_LABELS = {
    "publication": "刊名", "number": "期号", "total_number": "总期号", "month": "月份",
    "publishers": "主办",
}  # fmt: skip
_CONTACT_LABELS = {
    "email": "邮箱", "phone": "电话", "postcode": "邮编", "address": "地址", "website": "网址",
    "editors": "编辑",
}  # fmt: skip


class Change(StrEnum):
    """What happened to an article."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a paragraph, old or new."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block that went (`new` is empty), came (`old` is empty), or reads differently."""

    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """One article's part of the difference."""

    change: Change
    number: int
    """Its place: the new one, of a removed article the old one."""
    title: str
    facts: tuple[FactChange, ...] = ()
    blocks: tuple[BlockChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that would change; false where nothing would."""

    masthead: tuple[FactChange, ...]
    articles: tuple[ArticleChange, ...]

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.masthead or self.articles)

    def count(self, change: Change) -> int:
        """How many articles change in this manner."""
        return sum(one.change is change for one in self.articles)


def difference(old: Corrected, new: Corrected) -> Diff:
    """Compare two states of an issue, articles by their anchors."""
    before = {edited.anchor: edited for edited in old.articles}
    after = {edited.anchor for edited in new.articles}
    changes = [
        ArticleChange(Change.REMOVED, edited.article.position, edited.article.title)
        for edited in old.articles
        if edited.anchor not in after
    ]
    moved = _moved(
        [edited.anchor for edited in old.articles if edited.anchor in after],
        [edited.anchor for edited in new.articles if edited.anchor in before],
    )
    for edited in new.articles:
        if edited.anchor not in before:
            changes.append(_added(edited))
        else:
            changes += _changed(before[edited.anchor], edited, moved=edited.anchor in moved)
    return Diff(_masthead(old.masthead, new.masthead), tuple(changes))


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Those that left their place: of all others the order is as it was."""
    blocks = SequenceMatcher(None, old, new, False).get_matching_blocks()
    return set(old).difference(*(old[block.a : block.a + block.size] for block in blocks))


def _added(edited: Edited) -> ArticleChange:
    article = edited.article
    blocks = tuple(BlockChange((), (Piece(_line(block), True),)) for block in article.blocks)
    return ArticleChange(Change.ADDED, article.position, article.title, blocks=blocks)


def _changed(old: Edited, new: Edited, *, moved: bool) -> Iterator[ArticleChange]:
    facts = tuple(_facts(old.article, new.article, _ARTICLE_LABELS))
    if moved:
        facts += (FactChange("次序", str(old.article.position), str(new.article.position)),)
    blocks = tuple(_blocks(old.article.blocks, new.article.blocks))
    if facts or blocks:
        article = new.article
        yield ArticleChange(Change.CHANGED, article.position, article.title, facts, blocks)


def _masthead(old: Masthead, new: Masthead) -> tuple[FactChange, ...]:
    return (
        *_facts(old, new, _MASTHEAD_LABELS),
        *_facts(old.contact, new.contact, _CONTACT_LABELS),
    )


def _facts(old: object, new: object, labels: dict[str, str]) -> Iterator[FactChange]:
    for name, label in labels.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield FactChange(label, _in_words(before), _in_words(after))


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(map(_in_words, value))
    return "" if value is None else str(value)


def _blocks(old: Sequence[Block], new: Sequence[Block]) -> Iterator[BlockChange]:
    before, after = list(map(_line, old)), list(map(_line, new))
    for what, low, high, start, stop in SequenceMatcher(None, before, after, False).get_opcodes():
        if what == "equal":
            continue
        went, came = before[low:high], after[start:stop]
        yield from _replaced(went, came)


def _replaced(went: list[str], came: list[str]) -> Iterator[BlockChange]:
    """New versions of the same paragraphs stand side by side, the rest one after another."""
    for text in went:
        if came and _likeness(text, came[0]) >= _ALIKE:
            yield _versions(text, came.pop(0))
        else:
            yield BlockChange((Piece(text, True),), ())
    for text in came:
        yield BlockChange((), (Piece(text, True),))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, False).quick_ratio()


def _versions(old: str, new: str) -> BlockChange:
    if max(len(old), len(new)) > _LONGEST_COMPARED:
        return BlockChange((Piece(old, True),), (Piece(new, True),))
    went, came = [], []
    for what, low, high, start, stop in SequenceMatcher(None, old, new, False).get_opcodes():
        if high > low:
            went.append(Piece(old[low:high], what != "equal"))
        if stop > start:
            came.append(Piece(new[start:stop], what != "equal"))
    return BlockChange(tuple(went), tuple(came))


def words(block: Block) -> str:
    """A block in one line: a picture is named, a table's cells stand between bars.

    >>> words(Picture("0" * 64, "图 1 试验台"))
    '[图片 图 1 试验台]'
    """
    match block:
        case Paragraph(text):
            return text
        case Picture(sha256, caption):
            return f"[图片 {caption or sha256[:8]}]"
    rows = " / ".join(" | ".join(row) for row in block.rows)
    return f"[表格 {block.caption}] {rows}" if block.caption else f"[表格] {rows}"


def _line(block: Block) -> str:
    """The same, but another picture of the same caption reads differently."""
    if isinstance(block, Picture) and block.caption:
        return f"[图片 {block.caption} {block.sha256[:8]}]"
    return words(block)


def as_facts(diff: Diff) -> dict[str, object]:
    """The difference as JSON shows it: whole texts, without the single characters."""
    return {
        "masthead": [_fact(one) for one in diff.masthead],
        "articles": [
            {
                "change": one.change.value,
                "number": one.number,
                "title": one.title,
                "facts": [_fact(fact) for fact in one.facts],
                "blocks": [{"old": _whole(b.old), "new": _whole(b.new)} for b in one.blocks],
            }
            for one in diff.articles
        ],
    }


def _fact(one: FactChange) -> dict[str, str]:
    return {"label": one.label, "old": one.old, "new": one.new}


def _whole(pieces: tuple[Piece, ...]) -> str | None:
    return "".join(piece.text for piece in pieces) if pieces else None

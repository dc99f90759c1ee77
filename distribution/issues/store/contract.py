"""What an editor adds to an issue on his desk; kept with the issue, whatever its file says later.

Every verb takes the locked desk, which refuses an approved issue, and tells whether it changed
anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple

from distribution.compiler import article_key
from distribution.errors import NotFound
from distribution.issues import facts
from distribution.issues.content import Limit, StoredArticle
from distribution.issues.store.articles import contract_of
from distribution.issues.store.corrections import Desk, no_article


def choose_lead(desk: Desk, number: int) -> bool:
    """Let this article open every mail, in place of the one that did."""
    anchor = _article(desk, number).anchor
    changed = desk.row.lead_anchor != anchor
    desk.row.lead_anchor = anchor
    return changed


def drop_lead(desk: Desk, number: int | None = None) -> bool:
    """Let no article open the mails; with a number, only if it is this one that does."""
    lead = desk.row.lead_anchor
    if number is not None and _article(desk, number).anchor != lead:
        return False
    desk.row.lead_anchor = None
    return lead is not None


def limit_section(desk: Desk, section: str, given: Mapping[str, str]) -> Limit | None:
    """Say how many articles of a section a mail holds, see `facts.limit`; None for nothing new.

    Raises NotFound for a section that no article of the issue is in.
    """
    key, limits = article_key(section), _limits(desk)
    limit = facts.limit(_section(desk, section), given, limits.get(key))
    if limit == limits.get(key):
        return None
    _put(desk, (limits | {key: limit}).values())
    return limit


def lift_limit(desk: Desk, section: str) -> bool:
    """Take a limit away, also that of a section which has gone from the issue."""
    key, limits = article_key(section), _limits(desk)
    if key not in limits:
        _section(desk, section)
        return False
    _put(desk, (limit for one, limit in limits.items() if one != key))
    return True


def write_note(desk: Desk, text: str | None) -> bool:
    """Write the 卷首语, Markdown; None takes it away."""
    before, desk.row.note = desk.row.note, "" if text is None else facts.prose("note", text)
    return before != desk.row.note


def write_notice(desk: Desk, text: str | None) -> bool:
    """Write the federation's notice, Markdown; None takes it away."""
    before, desk.row.notice = desk.row.notice, "" if text is None else facts.prose("notice", text)
    return before != desk.row.notice


def declare_commercial(desk: Desk, commercial: bool) -> bool:  # noqa: FBT001 - it is the matter
    """Say whether the mails of the issue are advertising by law."""
    before, desk.row.commercial = desk.row.commercial, commercial
    return before != commercial


def _article(desk: Desk, number: int) -> StoredArticle:
    articles = desk.articles()
    if not 1 <= number <= len(articles):
        raise no_article(number, len(articles))
    return articles[number - 1]


def _section(desk: Desk, given: str) -> str:
    """The section as the issue spells it."""
    spelt = [one.article.section for one in desk.articles() if one.article.section]
    known = {article_key(section): section for section in reversed(spelt)}
    if article_key(given) not in known:
        names = "、".join(reversed(known.values()))
        hint = f"这一期的栏目有 {names}" if names else "这一期的文章都没有栏目"
        raise NotFound("栏目", repr(given[:40]), hint)
    return known[article_key(given)]


def _limits(desk: Desk) -> dict[str, Limit]:
    return {article_key(limit.section): limit for limit in contract_of(desk.row).limits}


def _put(desk: Desk, limits: Iterable[Limit]) -> None:
    desk.row.limits = [list(astuple(limit)) for limit in limits]

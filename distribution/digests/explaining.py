"""Why each article of an issue is in one reader's mail, or is not, in words for the office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from distribution.compiler import article_key
from distribution.digests.selecting import Interests, Omitted, Selected
from distribution.digests.sheet import ArticleFacts, Sheet
from distribution.digests.wording import reason_label
from distribution.issues import Limit
from distribution.words import MailFormat, Omission, Reason, TopicsFrom, Tracking


@dataclass(frozen=True, slots=True)
class Explained:
    """One article and why it is in the mail or is not."""

    id: int
    number: int
    title: str
    section: str
    topics: tuple[str, ...]
    place: int | None
    """In the mail, from 1; None where it is not there."""
    reason: Reason | Omission
    words: str
    """The reason as people read it."""


def explain(sheet: Sheet, selected: Selected, limits: Sequence[Limit]) -> tuple[Explained, ...]:
    """Every article of a sheet, in the order of the issue."""
    places = {choice.article: place for place, choice in enumerate(selected.choices, start=1)}
    omitted = {entry.article: entry for entry in selected.omitted}
    rows = []
    for number, facts in enumerate(sheet.articles, start=1):
        place = places.get(facts.id)
        reason: Reason | Omission
        if place is not None:
            choice = selected.choices[place - 1]
            reason, words = choice.reason, reason_label(choice, sheet.topics)
        else:
            left_out = omitted.get(facts.id, Omitted(facts.id, Omission.NOT_FOLLOWED))
            reason, words = left_out.reason, _omission_label(left_out, facts, sheet.topics, limits)
        rows.append(
            Explained(
                facts.id,
                number,
                facts.title,
                facts.section,
                facts.topics or (),
                place,
                reason,
                words,
            )
        )
    return tuple(rows)


def interests_of(facts: Mapping[str, Any]) -> Interests:
    """The inverse of `Interests.facts`, as they were stored with a run."""
    if facts.get("from_enterprise"):
        topics_from = TopicsFrom.ENTERPRISE
    elif facts.get("from_default"):
        topics_from = TopicsFrom.DEFAULT
    else:
        topics_from = TopicsFrom.OWN if facts["topics"] else TopicsFrom.NOBODY
    return Interests(
        topics=tuple(facts["topics"]),
        watch_words=tuple(facts["watch_words"]),
        standard=facts["standard"],
        topics_from=topics_from,
        when_matching=facts.get("when_matching", False),
        tracking=Tracking(facts["tracking"]),
        format=MailFormat(facts.get("format", MailFormat.HTML.value)),
    )


def _omission_label(
    left_out: Omitted, facts: ArticleFacts, topics: Mapping[str, str], limits: Sequence[Limit]
) -> str:
    label = left_out.reason.label
    if left_out.reason is Omission.NOT_FOLLOWED and facts.topics is not None:
        names = "、".join(topics.get(code, code) for code in facts.topics)
        return f"{label}（{f'这篇属于：{names}' if names else '这篇没有归入任何主题'}）"
    if left_out.reason is Omission.SECTION_FULL:
        wanted = article_key(left_out.detail)
        limit = next((limit for limit in limits if article_key(limit.section) == wanted), None)
        most = f"（编辑设定至多 {limit.most} 篇）" if limit and limit.most is not None else ""
        return f"{label}：{left_out.detail}{most}"
    return label

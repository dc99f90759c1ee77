"""Values as JSON and back: between processes, and as the database keeps what was read."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from distribution.compiler.content import (
    Account,
    Article,
    Block,
    Complaint,
    Contact,
    Masthead,
    Paragraph,
    Picture,
    Table,
)
from distribution.compiler.doubts import Doubt

Json = dict[str, Any]


def block_to_json(block: Block) -> Json:
    """Encode a block: {"kind": "paragraph", "text": …}, "table" with rows, "picture" with sha256.

    >>> block_to_json(Paragraph("试点启动。"))
    {'kind': 'paragraph', 'text': '试点启动。'}
    """
    match block:
        case Paragraph(text):
            return {"kind": "paragraph", "text": text}
        case Table(rows, caption):
            return {"kind": "table", "rows": [list(row) for row in rows], "caption": caption}
        case Picture(sha256, caption):
            return {"kind": "picture", "sha256": sha256, "caption": caption}


def block_from_json(fact: Mapping[str, Any]) -> Block:
    """The block again; KeyError for a kind nobody wrote."""
    match fact["kind"]:
        case "paragraph":
            return Paragraph(fact["text"])
        case "table":
            return Table(tuple(map(tuple, fact["rows"])), fact["caption"])
        case "picture":
            return Picture(fact["sha256"], fact["caption"])
    raise KeyError(fact["kind"])


def article_to_json(article: Article) -> Json:
    """Every field by its name; the day as 2026-11-03."""
    return {
        "position": article.position,
        "section": article.section,
        "page": article.page,
        "title": article.title,
        "source": article.source,
        "date": article.date.isoformat() if article.date else None,
        "summary": article.summary,
        "blocks": [block_to_json(block) for block in article.blocks],
    }


def article_from_json(fact: Mapping[str, Any]) -> Article:
    """The article again."""
    day = date.fromisoformat(fact["date"]) if fact["date"] else None
    blocks = tuple(map(block_from_json, fact["blocks"]))
    return Article(**{**fact, "date": day, "blocks": blocks})


def masthead_to_json(masthead: Masthead) -> Json:
    """Every field by its name; the month as 2026-11-01."""
    return {**asdict(masthead), "month": masthead.month.isoformat()}


def masthead_from_json(fact: Mapping[str, Any]) -> Masthead:
    """The masthead again."""
    contact = dict(fact["contact"])
    contact["editors"] = tuple(map(tuple, contact.get("editors", ())))
    return Masthead(
        **{
            **fact,
            "month": date.fromisoformat(fact["month"]),
            "publishers": tuple(fact["publishers"]),
            "contact": Contact(**contact),
        }
    )


def complaint_to_json(complaint: Complaint) -> Json:
    """Every field by its name; the kind as its code."""
    return {**asdict(complaint), "kind": complaint.kind.value}


def complaint_from_json(fact: Mapping[str, Any]) -> Complaint:
    """The complaint again; one of an older version, which had no kind, is about the masthead."""
    return Complaint(**{**fact, "kind": Doubt(fact.get("kind", Doubt.MASTHEAD))})


def account_to_json(account: Account) -> Json:
    """Every field by its name."""
    return {**asdict(account), "furniture": dict(account.furniture)}


def account_from_json(fact: Mapping[str, Any]) -> Account:
    """The account again."""
    return Account(**fact)

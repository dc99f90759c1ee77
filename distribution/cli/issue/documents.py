"""Issues, articles and doubts as JSON documents; their keys are promises."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from distribution import issues
from distribution.compiler import block_to_json, complaint_to_json
from distribution.compiler import key_figures as figures_in
from distribution.delivery import Missing
from distribution.issues import Finding, Report, StoredArticle, StoredIssue, Told, Way
from distribution.models import Correction, Issue

Document = dict[str, object]


def issue_facts(row: Issue) -> Document:
    """What is known of an issue, without its articles."""
    return {
        "issue": issues.key_of(row),
        "publication": row.publication,
        "year": row.year,
        "label": row.label,
        "number": row.number,
        "total_number": row.total_number,
        "month": row.month.strftime("%Y-%m"),
        "publishers": row.publishers,
        "contact": row.contact,
        "complaints": row.complaints,
        "imported_at": row.imported_at,
        "approved_at": row.approved_at,
        "approved_by": row.approved_by,
        "approved_despite": row.approved_despite,
    }


def way_facts(way: Way, missing: Sequence[Missing]) -> Document:
    """How far an issue has come, and what is left to do before it can leave."""
    return {
        "stage": way.stage.value,
        "importers": way.importers,
        "missing": [{"problem": one.sentence, "command": one.command} for one in missing],
    }


def contract_facts(stored: StoredIssue) -> Document:
    """What the editor adds to the articles; the lead and the pinned ones by their numbers."""
    contract = stored.contract
    lead = [entry.article.position for entry in stored.articles if entry.lead]
    return {
        "lead": lead[0] if lead else None,
        "pinned": [entry.article.position for entry in stored.articles if entry.must_carry],
        "limits": [asdict(limit) for limit in contract.limits],
        "note": contract.note,
        "notice": contract.notice,
        "commercial": contract.commercial,
    }


def article_facts(stored: StoredArticle, report: Report) -> Document:
    """An article with its whole text and why it is under its topics."""
    article = stored.article
    text = "\n".join(article.paragraphs)
    return {
        "number": article.position,
        "section": article.section,
        "page": article.page,
        "title": article.title,
        "source": article.source,
        "date": article.date,
        "summary": article.summary,
        "topics": list(stored.topics),
        "topic_reasons": [
            {"topic": one.code, "origin": one.origin.value, "evidence": list(one.evidence)}
            for one in stored.reasons
        ],
        "must_carry": stored.must_carry,
        "lead": stored.lead,
        "confidence": issues.trust(about(report, stored.article.position)),
        "figures": [{"kind": one.kind, "text": one.text} for one in figures_in(text)],
        "paragraphs": list(article.paragraphs),
        "blocks": [block_to_json(block) for block in article.blocks],
    }


def report_facts(report: Report, titles: Mapping[int, str]) -> Document:
    """The compiler's report; `titles` are those of the articles by their places."""
    account = report.account
    return {
        "listed": account.listed,
        "found": account.found,
        "homeless": account.homeless,
        "account": {
            "characters": account.characters,
            "articles": account.articles,
            "furniture": dict(account.furniture),
            "orphans": account.orphans,
        },
        "articles": [
            {
                "number": number,
                "title": title,
                "confidence": issues.trust(about(report, number)),
                "doubts": [doubt_facts(told) for told in about(report, number)],
            }
            for number, title in titles.items()
        ],
        "issue": [doubt_facts(told) for told in about(report, 0)],
    }


def about(report: Report, position: int) -> list[Told]:
    """The doubts about one article, or with 0 those about the issue."""
    return [told for told in report.doubts if told.position == position]


def doubt_facts(told: Told) -> Document:
    """A doubt with what became of it."""
    return {
        "number": told.number,
        **complaint_to_json(told.complaint),
        "article": told.position,
        "grave": told.complaint.kind.grave,
        "seen": told.seen,
        "settled": told.settled,
    }


def finding_facts(finding: Finding) -> Document:
    """One thing that `issue check` found."""
    return {
        "number": finding.number,
        "kind": finding.kind.value,
        "error": finding.error,
        "article": finding.position or None,
        "problem": finding.sentence,
        "excerpt": finding.excerpt,
        "remedy": finding.remedy,
    }


def correction_facts(
    row: Correction, numbers: Mapping[str, int], unplaced: Iterable[int]
) -> Document:
    """One deed of an editor."""
    return {
        "id": row.id,
        "kind": row.kind.value,
        "article": numbers.get(row.anchor or ""),
        "anchor": row.anchor,
        "value": row.value,
        "by": row.by,
        "at": row.at,
        "applied": row.id not in unplaced,
    }

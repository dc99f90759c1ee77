"""A run's report as one document for programmes."""

from dataclasses import asdict

from distribution import reports
from distribution.reports import RunReport


def document(found: RunReport) -> dict[str, object]:
    books, left = found.books, found.left
    return {
        "run": found.run_id,
        "issue": found.issue_key,
        "publication": found.publication,
        "state": found.state.value,
        "created_at": found.created_at,
        "sealed_at": found.sealed_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
        "excluded": found.excluded,
        "books": {
            "planned": books.planned,
            "total": books.total,
            "agree": books.agree,
            "states": books.states,
        },
        "bounced": {"total": found.bounced.total} | asdict(found.bounced),
        "meanings": [
            {"meaning": one.value if one else None, "label": reports.meaning_label(one)}
            | asdict(counts)
            for one, counts in found.meanings.items()
        ],
        "complaints": found.complaints,
        "left": {"total": left.total, "channels": left.channels},
        "agreed": found.agreed,
        "clicked": asdict(found.clicked),
        "opened": asdict(found.opened) | {"at_most": found.opened.most, "of": found.agreed},
        "rules": found.rules,
        "topics": [asdict(topic) for topic in found.topics],
        "articles": [asdict(article) for article in found.articles],
        "enterprises": [asdict(one) for one in found.enterprises],
        "kind": found.kind.value,
        "unasked": found.unasked,
        "enterprises_too_few": asdict(found.rest) if found.rest else None,
        "pace": {
            "minutes": int(found.pace.width.total_seconds()) // 60,
            "buckets": [asdict(bucket) for bucket in found.pace.buckets],
        },
        "lanes": [asdict(lane) for lane in found.lanes],
        "interests": asdict(found.interests),
        "earlier": [asdict(one) for one in found.earlier],
        "few": reports.FEW,
        "notes": reports.NOTES,
    }

"""A person's dossier: all that is held about him, as one JSON document with stable keys."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from distribution import audience, events, replies, reports, topics
from distribution.audience import Profile
from distribution.models import Article, DeliveryEvent, Leaving, Subscriber
from distribution.privacy.erasing import traces_of
from distribution.words import Reason, Word

VERSION = 1
"""Of the document's form."""


def dossier(session: Session, row: Subscriber, *, at: datetime) -> dict[str, Any]:
    """Gather all that is held about a subscriber; codes come with their Chinese labels."""
    found = audience.profile(session, row, at=at)
    names = topics.names(session)
    why = {one.consent_event_id: one for one in audience.leavings(session, row.id)}
    tracking = audience.tracking_answers(session, [row.id])[row.id].tracking
    deliveries = _deliveries(session, row, names)
    mails = events.mails_about(
        session, row.id, [mail["id"] for mail in deliveries], traces_of(session, row)
    )
    return {
        "version": VERSION,
        "made_at": _plain(at),
        "person": _person(row),
        "enterprise": _enterprise(session, found),
        "interests": _interests(found),
        "standing": {
            "mailable": not found.facts,
            "barred_by": [
                {**_word("cause", fact.cause), **_said(fact, ("since", "until", "detail"))}
                for fact in found.facts
            ],
            **_word("tracking", tracking),
        },
        "consents": [
            {
                **_word("purpose", said.purpose),
                **_word("decision", said.decision),
                **_said(said, ("at", "channel", "wording", "wording_version", "wording_sha256")),
                **_said(said, ("by", "delivery_id")),
                "why": _leaving(why.get(said.id)),
            }
            for said in found.consents
        ],
        "suppression": _suppression(session, row),
        "sign_up": _sign_up(session, row),
        "imports": _imports(session, row, names),
        "deliveries": deliveries,
        "letters": _letters(session, row),
        "readings": _readings(session, row),
        "returned": _returned(session, row),
        "mails": [
            {
                "id": inbox_id,
                "at": _plain(came),
                "text": replies.readable(raw),
                "raw": raw.decode("utf-8", "replace"),
            }
            for inbox_id, (came, raw) in mails.items()
        ],
        "audit": [
            {**_said(deed, ("at", "by", "action", "detail")), "label": reports.deed_of(deed, names)}
            for deed in reports.deeds_about(session, row)
        ],
        "requests": [
            {
                **_said(asked, ("id", "asked_at", "due_at", "done_at", "note", "answer", "by")),
                **_word("kind", asked.kind),
            }
            for asked in reports.requests_of(session, row)
        ],
    }


def _person(row: Subscriber) -> dict[str, Any]:
    return {
        **_said(row, ("id", "name", "email", "email_key", "phone")),
        **_word("role", row.role),
        **_word("edition", row.edition),
        **_word("frequency", row.frequency),
        **_word("format", row.format),
        **_said(row, ("created_at", "paused_until", "departed_at", "erased_at")),
    }


def _enterprise(session: Session, found: Profile) -> dict[str, Any] | None:
    if found.enterprise is None:
        return None
    claim = audience.claim_of(session, found.subscriber)
    return {
        **_said(found.enterprise, ("name", "short_name", "credit_code", "region", "industry")),
        "unchecked_since": _plain(claim.at) if claim else None,
    }


def _sign_up(session: Session, row: Subscriber) -> dict[str, Any] | None:
    """What was typed on the web for his address and waits for his yes."""
    waits = audience.find_sign_up(session, row.address_hash)
    return _said(waits, ("email", "wishes", "asked_at", "answered_at")) if waits else None


def _interests(found: Profile) -> dict[str, Any]:
    return {
        "topics": [{"code": topic.code, "name": topic.name} for topic in found.topics],
        "default_topics": [
            {"code": topic.code, "name": topic.name} for topic in found.default_topics
        ],
        **_word("topics_from", found.topics_from),
        "watch_words": list(found.watch_words),
        "chosen_by": found.subscriber.interests_by,
    }


def _leaving(told: Leaving | None) -> dict[str, Any] | None:
    """Why he left, where he told."""
    return (
        None if told is None else {**_word("reason", told.reason), **_said(told, ("words", "at"))}
    )


def _suppression(session: Session, row: Subscriber) -> dict[str, Any] | None:
    found = reports.suppression_of(session, row)
    if found is None:
        return None
    return {**_word("reason", found.reason), **_said(found, ("since", "evidence"))}


def _imports(
    session: Session, row: Subscriber, topic_names: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            **_said(file, ("file_name", "at", "by", "basis", "undone_at")),
            **_word("outcome", line.outcome),
            **_said(line, ("line", "reason", "before", "after")),
            "before_label": reports.in_words(line.before, topic_names),
            "after_label": reports.in_words(line.after, topic_names),
        }
        for line, file in reports.imports_of(session, row.id)
    ]


def _deliveries(
    session: Session, row: Subscriber, topic_names: Mapping[str, str]
) -> list[dict[str, Any]]:
    mails = reports.deliveries_of(session, row.id)
    articles = reports.articles_of(session, sorted({issue.id for _, _, issue, _ in mails}))
    happened: defaultdict[int, list[DeliveryEvent]] = defaultdict(list)
    for event in reports.delivery_events_of(session, row.id):
        happened[event.delivery_id].append(event)
    return [
        {
            "id": mail.id,
            "issue": f"{issue.year}-{issue.label}",
            "publication": issue.publication,
            "run": run.id,
            **_said(mail, ("recipient", "handed_at", "accepted_at", "attempts")),
            **_word("state", mail.state),
            **_word("cause", mail.cause),
            "events": [_event(event) for event in happened[mail.id]],
            "articles": list(_choices(selection.choices, articles, topic_names)),
        }
        for mail, run, issue, selection in mails
    ]


def _letters(session: Session, row: Subscriber) -> list[dict[str, Any]]:
    return [
        {
            **_word("purpose", letter.purpose),
            **_word("state", letter.state),
            **_said(letter, ("id", "recipient", "created_at", "handed_at", "settled_at")),
            **_said(letter, ("reply", "subject", "text")),
        }
        for letter in reports.letters_of(session, row)
    ]


def _event(event: DeliveryEvent) -> dict[str, Any]:
    return {
        **_said(event, ("at", "reply", "by")),
        **_word("state", event.state),
        **_word("cause", event.cause),
    }


def _choices(
    choices: Iterable[Any], articles: Mapping[int, Article], topic_names: Mapping[str, str]
) -> Iterable[dict[str, Any]]:
    """The articles of a mail in its order; one that was read anew since is passed over."""
    for article_id, reason, detail in choices:
        article = articles.get(article_id)
        if article is not None:
            yield {
                **_said(article, ("position", "section", "title")),
                **_word("reason", Reason(reason)),
                "because_of": topic_names.get(detail, detail),
            }


def _readings(session: Session, row: Subscriber) -> list[dict[str, Any]]:
    keys = {
        run.id: f"{issue.year}-{issue.label}"
        for _, run, issue, _ in reports.deliveries_of(session, row.id)
    }
    return [
        {
            **_said(event, ("at", "rule", "agent", "network_class", "network")),
            "issue": keys[event.run_id],
            **_word("signal", event.signal),
            **_word("verdict", event.verdict),
            "article": title,
        }
        for event, title in reports.readings_of(session, row.id)
    ]


def _returned(session: Session, row: Subscriber) -> list[dict[str, Any]]:
    return [
        {
            "mail": inbox.id,
            **_word("kind", mail.kind),
            **_word("found_by", mail.found_by),
            **_word("meaning", mail.meaning),
            **_word("consequence", mail.consequence),
            **_said(mail, ("at", "status", "diagnostic", "delivery_id", "letter_id")),
        }
        for mail, inbox, _ in reports.returned_of(session, row.id)
    ]


def _said(row: object, fields: Iterable[str]) -> dict[str, Any]:
    return {field: _plain(getattr(row, field)) for field in fields}


def _word(field: str, word: Word | None) -> dict[str, str | None]:
    """A code and, beside it, what it says to people."""
    return {
        field: word.value if word is not None else None,
        f"{field}_label": word.label if word is not None else None,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - any column
    return value.isoformat() if isinstance(value, datetime | date) else value

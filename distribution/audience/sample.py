"""The made-up audience of a trial installation."""

import tomllib
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from distribution.audience.address import read_address
from distribution.audience.industries import read_industry
from distribution.audience.store.consent import Statement, record_consent
from distribution.audience.store.contacts import (
    AddressHasher,
    NewSubscriber,
    add_subscriber,
    count_subscribers,
)
from distribution.audience.store.enterprises import ensure_enterprise, set_enterprise_topics
from distribution.bundle import sample
from distribution.words import Decision, Edition, Purpose, Role

CONSENT = "示例数据：虚构的联系人，同意接收摘要邮件"
TRACKING = Statement(
    Decision.GRANTED, "示例数据：虚构的联系人，答复了阅读统计", "cli", Purpose.TRACKING
)


def load_sample(session: Session, hasher: AddressHasher, *, at: datetime) -> tuple[int, int]:
    """Load the sample enterprises and contacts; returns how many of each were added.

    Where there are subscribers already, nothing is added: made-up people must not mix with real.
    """
    if count_subscribers(session):
        return 0, 0
    content = tomllib.loads(sample("audience.toml").read_text(encoding="utf-8"))
    contacts = 0
    for entry in content["enterprises"]:
        enterprise = ensure_enterprise(
            session,
            entry["name"],
            region=entry["region"],
            industry=read_industry(entry["industry"]),
            at=at,
        )
        set_enterprise_topics(session, enterprise, entry.get("topics", ()))
        for contact in entry["contacts"]:
            new = NewSubscriber(
                address=read_address(f"{contact['mailbox']}@{entry['domain']}"),
                name=contact["name"],
                enterprise=entry["name"],
                role=Role(contact.get("role", "other")),
                edition=Edition(contact.get("edition", "personalised")),
                topics=tuple(contact.get("topics", ())),
                watch_words=tuple(contact.get("words", ())),
                consent=CONSENT if contact.get("consent", True) else "",
            )
            row = add_subscriber(session, new, hasher, by="sample", at=at)
            if "tracking" in contact:
                said = Decision.GRANTED if contact["tracking"] else Decision.WITHDRAWN
                record_consent(
                    session, row.id, replace(TRACKING, decision=said), by="sample", at=at
                )
            contacts += 1
    return len(content["enterprises"]), contacts

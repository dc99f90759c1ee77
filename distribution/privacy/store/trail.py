"""SQL of the audit's and the requests' traces of a person."""

from collections.abc import Collection, Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from distribution import audience, reports
from distribution.audience import Traces
from distribution.models import Audit, PrivacyRequest, Subscriber

_NAMED = {"name": "name", "phone": "phone", "email": "email", "address": "email"}
"""Fields of an audit's detail that hold what names a person, and what it is."""
_NO_NAMES = (audience.BLANK, "changed")
"""What stands there where it was left out from the first."""


def named_by(session: Session, row: Subscriber) -> Iterator[tuple[str, str]]:
    """What audit rows about him call him, former names included: what it is, and the text."""
    for deed in reports.deeds_about(session, row):
        for field, value in deed.detail.items():
            if field in _NAMED:
                said = value if isinstance(value, list) else [value]
                texts = (text for text in said if isinstance(text, str))
                yield from ((_NAMED[field], text) for text in texts if text not in _NO_NAMES)


def scrub_audit(session: Session, row: Subscriber, hashes: Collection[str], traces: Traces) -> int:
    """Leave him out of all audit rows; by name only out of his own and his enterprise's."""
    others = traces.without_names()
    about = {str(row.id), str(row.enterprise_id), *hashes}
    his = or_(Audit.subject.in_(about), audience.shows(others, Audit.subject, Audit.detail))
    changed = 0
    for deed in session.scalars(select(Audit).where(his)):
        of = traces if deed.subject in about else others
        scrubbed = of.scrub_all([deed.subject, deed.detail])
        if scrubbed != [deed.subject, deed.detail]:
            deed.subject, deed.detail = scrubbed
            changed += 1
    session.flush()
    return changed


def scrub_requests(
    session: Session, subscriber_id: int, hashes: Collection[str], traces: Traces
) -> int:
    """Leave him out of what was written about requests; by name only out of his own."""
    his = or_(
        PrivacyRequest.subscriber_id == subscriber_id, PrivacyRequest.address_hash.in_(hashes)
    )
    others = traces.without_names()
    shown = audience.shows(others, PrivacyRequest.note, PrivacyRequest.answer)
    changed = 0
    for request in session.scalars(select(PrivacyRequest).where(or_(his, shown))):
        own = request.subscriber_id == subscriber_id or request.address_hash in hashes
        of = traces if own else others
        scrubbed = [of.scrub(request.note), of.scrub(request.answer)]
        if scrubbed != [request.note, request.answer]:
            request.note, request.answer = scrubbed
            changed += 1
    session.flush()
    return changed

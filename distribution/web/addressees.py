"""The reader a link was sent to, as he is now."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from distribution import audience, clock, delivery
from distribution.audience import Profile
from distribution.compiler import Masthead
from distribution.delivery import Sent
from distribution.errors import NotFound
from distribution.links import Use
from distribution.models import ConsentEvent, Subscriber
from distribution.web.site import Site
from distribution.words import Decision, Purpose

OF_A_LETTER = (Use.LETTER_UNSUBSCRIBE, Use.LETTER_PREFERENCES)
"""Uses of tokens that name a letter; the others name a delivery."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The mail a link stands in, and the other links of the same mail."""

    subscriber_id: int
    delivery_id: int | None
    """None for a letter."""
    issue_id: int | None
    unsubscribe_url: str
    preferences_url: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """The reader of one mail, as he is now."""

    origin: Origin
    profile: Profile

    @property
    def erased(self) -> bool:
        """He asked for his data to be deleted: there is nothing to show or to change."""
        return self.profile.subscriber.erased_at is not None

    def last_word(self, purpose: Purpose) -> ConsentEvent | None:
        """What he said last about this; None where he never said anything."""
        said = [
            event
            for event in self.profile.consents
            if event.purpose is purpose and event.decision is not Decision.REQUESTED
        ]
        return said[-1] if said else None

    @property
    def left_by(self) -> ConsentEvent | None:
        """The word by which he left, if it was his last."""
        said = self.last_word(Purpose.DIGEST)
        return said if said is not None and said.decision is Decision.WITHDRAWN else None

    def masthead(self, site: Site, session: Session) -> Masthead:
        """What stands above his pages: the issue of his mail, or nobody's in particular."""
        if self.origin.issue_id is None:
            return site.app.stationery.masthead(session)
        return site.library.issue(session, self.origin.issue_id).masthead


def addressee(site: Site, session: Session, token: tuple[Use, int]) -> Addressee:
    """The reader of the mail a token names; raises NotFound."""
    origin = origin_of(site, session, token)
    row = session.get_one(Subscriber, origin.subscriber_id)
    return Addressee(origin, audience.profile(session, row, at=clock.now()))


def origin_of(site: Site, session: Session, token: tuple[Use, int]) -> Origin:
    """The mail a token names; raises NotFound."""
    (use, row), addresses = token, site.app.addresses
    if use in OF_A_LETTER:
        letter = delivery.find_letter(session, row)
        if letter.subscriber_id is None:
            raise NotFound("订阅者", str(row), "这封信不是写给订阅者的")
        return Origin(
            letter.subscriber_id,
            delivery_id=None,
            issue_id=None,
            unsubscribe_url=addresses.letter_unsubscribe(row),
            preferences_url=addresses.letter_preferences(row),
        )
    sent = mail(session, row)
    return Origin(
        sent.subscriber_id,
        delivery_id=row,
        issue_id=sent.issue_id,
        unsubscribe_url=addresses.unsubscribe(row),
        preferences_url=addresses.preferences(row),
    )


def mail(session: Session, delivery_id: int) -> Sent:
    """The digest a token names; raises NotFound."""
    sent = delivery.find_sent(session, [delivery_id]).get(delivery_id)
    if sent is None:
        raise NotFound("投递", str(delivery_id), "它已不在账上")
    return sent

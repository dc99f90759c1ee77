"""The reader a link was sent to, as he is now."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from distribution import audience, clock, delivery
from distribution.audience import Profile
from distribution.delivery import Sent
from distribution.errors import NotFound
from distribution.models import ConsentEvent, Subscriber
from distribution.words import Decision, Purpose


@dataclass(frozen=True, slots=True)
class Addressee:
    """The reader of one mail, as he is now."""

    sent: Sent
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


def addressee(session: Session, delivery_id: int) -> Addressee:
    """The reader of a mail; raises NotFound."""
    sent = mail(session, delivery_id)
    row = session.get_one(Subscriber, sent.subscriber_id)
    return Addressee(sent, audience.profile(session, row, at=clock.now()))


def mail(session: Session, delivery_id: int) -> Sent:
    """The mail a token names; raises NotFound."""
    sent = delivery.find_sent(session, [delivery_id]).get(delivery_id)
    if sent is None:
        raise NotFound("投递", str(delivery_id), "它已不在账上")
    return sent

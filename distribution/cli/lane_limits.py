"""How fast mails may go to a lane, as an admin sets and reads it."""

from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audit, delivery
from distribution.cli.common import admin
from distribution.errors import DistributionError
from distribution.replies import Limits

Own = tuple[int | None, int | None, int | None]
"""Rate per hour, burst, connections; None: not said."""
_USUAL: Own = (None, None, None)


class NothingToSet(DistributionError):
    """Raised where no limit is said, or one together with the word to go back to the usual."""

    def __init__(self) -> None:
        super().__init__("请写 --rate、--burst、--connections 中的一项或几项，或者只写 --default")


class TooSlow(DistributionError):
    """Raised for a rate that is used up by what may go at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        super().__init__(
            f"每小时 {limits.rate_per_hour} 封太少：连发 {limits.burst} 封与同时在途 "
            f"{limits.connections} 封也计在内，合起来须更少；请提高 --rate，或降低另外两项"
        )


def set_limits(session: Session, name: str, own: Own, *, usual: bool, at: datetime) -> Limits:
    """Give a lane limits of its own, or with `usual` those of everybody; gives what holds now.

    Raises NothingToSet, TooSlow.
    """
    if usual is any(value is not None for value in own):
        raise NothingToSet
    before = delivery.own_limits(session, [name]).get(name, _USUAL)
    after = _USUAL if usual else _merged(before, own)
    limits = delivery.lane_limits(name, after)
    if delivery.unkept(limits):
        raise TooSlow(limits)
    if after != before:
        delivery.limit_lane(session, name, after)
        audit.record(
            session, "lane.set", name, by=admin(), at=at, before=list(before), after=list(after)
        )
    return limits


def limits_shown(limits: Limits) -> str:
    """In a few words.

    >>> limits_shown(Limits(3000, 10, 2)), limits_shown(Limits(connections=4))
    ('3000 封/时，连发 10，在途 2', '在途 4')
    >>> limits_shown(Limits())
    '不限'
    """
    said = []
    if limits.rate_per_hour:
        said += [f"{limits.rate_per_hour} 封/时", f"连发 {limits.burst}"]
    if limits.connections:
        said.append(f"在途 {limits.connections}")
    return "，".join(said) or "不限"


def _merged(before: Own, own: Own) -> Own:
    """What was said before, and what is said now in its place."""
    rate, burst, connections = (
        was if now is None else now for was, now in zip(before, own, strict=True)
    )
    return rate, burst, connections

"""Where an enterprise stands on a day: derived from its dates, never written down."""

from datetime import date, timedelta

from distribution.words import Membership

NOTICE = timedelta(days=60)
"""How long before its end a membership is shown as ending."""


def membership(
    since: date | None, until: date | None, *, suspended: bool, today: date
) -> Membership:
    """An enterprise's standing; `until` is the last day of its membership.

    Only what has ended or is suspended keeps mail from its contacts, see `audience.barrier`.

    >>> membership(None, date(2026, 12, 31), suspended=False, today=date(2026, 12, 31)).value
    'ending'
    >>> membership(None, date(2026, 12, 31), suspended=False, today=date(2027, 1, 1)).value
    'ended'
    """
    if suspended:
        return Membership.SUSPENDED
    if until is not None and until < today:
        return Membership.ENDED
    if since is not None and since > today:
        return Membership.UPCOMING
    if until is not None and until - today <= NOTICE:
        return Membership.ENDING
    return Membership.MEMBER

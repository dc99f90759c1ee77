"""After a copy of the ledger came back: what left since it was made is not known here."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from distribution.calendar import rule
from distribution.calendar.house import House
from distribution.calendar.steering import NotSteerable, hold

_AHEAD = 3
"""Months to come, in which there is one that has not left early."""
_LONG = timedelta(days=31)
"""What is looked at of the past where nobody knows when the copy was made."""


def hold_since(
    session: Session,
    house: House,
    since: datetime | None,
    reason: str,
    *,
    next_too: bool,
    by: str,
    at: datetime,
) -> list[date]:
    """Hold the slots that came due since then, and with `next_too` the next one; gives the months.

    What left in them is forgotten: caught up, it would leave twice. The next one would take up an
    issue that may have left.
    """
    begin, workdays, held = since or at - _LONG, house.workdays(session), []
    for month in rule.months(rule.month_of(begin), rule.shifted(rule.month_of(at), _AHEAD)):
        due = rule.slot_of(month, house.rule, workdays).due_at
        if due < begin or (due > at and not next_too):
            continue
        with suppress(NotSteerable):  # it has left as far as is known, too
            hold(session, house, month, reason, by=by, at=at)
            held.append(month)
            if due > at:
                break
    return held

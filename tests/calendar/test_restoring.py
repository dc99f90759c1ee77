"""The slots after a copy of the ledger came back: what may have left waits for a person."""

from datetime import date

from months import OCTOBER, at, house, issue_of, slot_of, stands, tick, two_readers
from sqlalchemy import update

from distribution import calendar
from distribution.app import App
from distribution.models import ScheduleSlot
from distribution.words import SlotState

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
COPIED, ACCEPTED = at(9, 20), at(10, 15)


def accept(app: App, *, next_too: bool) -> list[date]:
    with app.transaction() as session:
        return calendar.hold_since(
            session, house(app), COPIED, "旧副本", next_too=next_too, by="王秘书", at=ACCEPTED
        )


def test_what_came_due_since_the_copy_was_made_is_not_caught_up(app: App) -> None:
    two_readers(app)
    tick(app, COPIED)
    issue_of(app, date(2026, 9, 1))
    assert accept(app, next_too=False) == [OCTOBER]
    tick(app, ACCEPTED)
    assert (stands(app), slot_of(app, NOVEMBER)) == ("held/person", None)


def test_the_next_waits_too_where_an_issue_may_have_left(app: App) -> None:
    assert accept(app, next_too=True) == [OCTOBER, NOVEMBER]
    assert slot_of(app, DECEMBER) is None


def test_where_the_next_has_left_early_it_is_the_one_after_it(app: App) -> None:
    with app.transaction() as session:
        calendar.hold(session, house(app), NOVEMBER, "提前", by="王秘书", at=COPIED)
        of_november = update(ScheduleSlot).where(ScheduleSlot.month == NOVEMBER)
        session.execute(of_november.values(state=SlotState.SENT, hold=None))
    assert accept(app, next_too=True) == [OCTOBER, DECEMBER]

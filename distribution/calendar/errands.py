"""What else is done at each tick, after the slots: each in a transaction of its own.

An errand finds out by itself whether something is due, does it once however many schedulers
there are, and keeps none of the others from being done.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from distribution.calendar.house import House
from distribution.calendar.reminding import remind
from distribution.reports import Letterhead, reports_due

Errand = Callable[[House, datetime], object]


def _remind(house: House, at: datetime) -> int:
    return remind(house, at=at)


def _report(house: House, at: datetime) -> int:
    recipe = house.recipe
    head = Letterhead(recipe.templates, recipe.publication.sender_name, house.admins)
    return reports_due(house.transaction, house.reading, head, after=house.report_after, at=at)


ERRANDS: Mapping[str, Errand] = {
    "reminding the editors": _remind,
    "mailing the reports": _report,
}
"""What is done, by what a log calls it."""

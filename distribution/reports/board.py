"""A year for the board: the reports of its runs laid together, and who was reached by them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from distribution.clock import SHANGHAI
from distribution.reports import counting, year_store
from distribution.reports.annual import (
    BoardReport,
    Month,
    Unreached,
    YearFigures,
    articles_of,
    sums_of,
    tells,
    topics_of,
)
from distribution.reports.figures import RunReport
from distribution.reports.year_store import YearRun


def board_report(session: Session, year: int, *, at: datetime) -> BoardReport:
    """Count a year, as it may be shown; `at` is the present."""
    runs = year_store.runs_of(session, year)
    found = reports_of(session, runs)
    today = at.astimezone(SHANGHAI).date()
    day = min(today, date(year, 12, 31))
    earlier = year_store.runs_of(session, year - 1)
    return BoardReport(
        publication=found[-1].publication if found else "",
        day=day,
        members=year_store.count_members(session, day),
        this=_figures(session, year, found),
        before=_figures(session, year - 1, reports_of(session, earlier)) if earlier else None,
        months=_months(session, year, runs, found, last=day.month if day.year == year else 0),
        articles=articles_of(found),
        topics=topics_of(found),
        unreached=_unreached(session, runs, day, at),
    )


def _unreached(
    session: Session, runs: Sequence[YearRun], day: date, at: datetime
) -> tuple[Unreached, ...]:
    """Where nothing was sent to anybody, nobody is to be visited for it."""
    if not runs:
        return ()
    return year_store.unreached(session, [run.run_id for run in runs], day, at=at)


def reports_of(session: Session, runs: Sequence[YearRun]) -> list[RunReport]:
    """The report of each run."""
    return [counting.run_report(session, run.run_id, alone=True) for run in runs]


def _figures(session: Session, year: int, found: Sequence[RunReport]) -> YearFigures:
    """Who reads is counted over the runs that tell: else a run that does not could be reckoned."""
    return YearFigures(
        year=year,
        reached=year_store.reached(session, [one.run_id for one in found]),
        active=year_store.active(session, [one.run_id for one in found if tells(one)]),
        sums=sums_of(found),
    )


def _months(
    session: Session, year: int, runs: Sequence[YearRun], found: Sequence[RunReport], *, last: int
) -> tuple[Month, ...]:
    """From January up to the last month there is; of a year to come there is none."""
    months = []
    for number in range(1, last + 1):
        month = date(year, number, 1)
        pairs = [(run, one) for run, one in zip(runs, found, strict=True) if run.month == month]
        months.append(
            Month(
                month=month,
                issues=tuple(dict.fromkeys(run.issue_key for run, _ in pairs)),
                reached=year_store.reached(session, [run.run_id for run, _ in pairs]),
                sums=sums_of([one for _, one in pairs]),
            )
        )
    return tuple(months)

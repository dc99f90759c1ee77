"""The database's present, in a form its indexes can be searched with."""

from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from distribution.db import database_time


def moment(ahead: timedelta = timedelta(0)) -> ScalarSelect[datetime]:
    """The database's time, asked once per statement.

    PostgreSQL asks its clock anew for each row otherwise, and then cannot look a time up in an
    index: with many mails deferred it would read all of them to find the few that are due.
    """
    return select(database_time(ahead)).scalar_subquery()


def present(session: Session) -> datetime:
    """The database's time, for what is written in several statements."""
    return session.scalars(select(database_time())).one()

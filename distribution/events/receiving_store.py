"""SQL that runs for every open and click: what it leads to, and its row in the inbox.

See `statements` for why it is written out. Nothing here commits.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import FromClause, Insert, Integer, Select, Text, case, cast, insert, or_, select
from sqlalchemy.orm import Session

from distribution.db import BIG_INTEGER, DOCUMENT, Utc
from distribution.events.requests import Request, to_json
from distribution.links import Use
from distribution.models import Article, Delivery, Inbox, Run
from distribution.statements import Prepared

_LAST_POSITION = 99_999
"""No issue has so many articles; far beyond it the database would refuse the number."""


def runs_of(session: Session, requests: Sequence[Request]) -> list[int | None]:
    """Whose mail each came from; None where there is no such mail, run or article."""
    rows = [
        (at, one.use.value, one.row, one.position)
        for at, one in enumerate(requests)
        if one.position <= _LAST_POSITION
    ]
    found: dict[int, int] = dict(map(tuple, _FIND.run(session, rows)))
    return [found.get(at) for at in range(len(requests))]


def keep(session: Session, requests: Sequence[Request]) -> list[int]:
    """Put them into the inbox; gives their ids there, in the same order."""
    if not requests:
        return []
    spelled = _as_sqlite if session.get_bind().dialect.name == "sqlite" else str
    rows = [
        (at, one.signal.value, spelled(one.at.astimezone(UTC)), json.dumps(to_json(one)))
        for at, one in enumerate(requests)
    ]
    return sorted(map(itemgetter(0), _KEEP.run(session, rows)))


def _as_sqlite(moment: datetime) -> str:
    """As SQLAlchemy stores it: text comparison is time comparison."""
    return moment.isoformat(" ", "microseconds")[:26]


def _finding(given: FromClause, _database: str) -> Select[*tuple[Any, ...]]:
    of_run = given.c.use == Use.RUN_CLICK.value
    mail = select(Delivery.run_id).where(Delivery.id == given.c.row).scalar_subquery()
    named = case((of_run, given.c.row), else_=mail)
    article = select(Article.id).where(
        Article.issue_id == Run.issue_id, Article.position == given.c.position
    )
    return (
        select(given.c.at, Run.id)
        .join(Run, Run.id == named)
        .where(or_(given.c.position == 0, article.exists()))
    )


def _keeping(given: FromClause, database: str) -> Insert:
    # SQLite keeps documents as text, and would make a number of one that is cast.
    content = cast(given.c.content, DOCUMENT) if database == "postgresql" else given.c.content
    rows = select(given.c.signal, given.c.moment, content)
    columns = (Inbox.signal, Inbox.at, Inbox.content)
    kept = insert(Inbox).from_select(columns, rows.order_by(given.c.at), include_defaults=False)
    return kept.returning(Inbox.id)


_FIND = Prepared(
    {"at": Integer(), "use": Text(), "row": BIG_INTEGER, "position": Integer()}, _finding
)
_KEEP = Prepared({"at": Integer(), "signal": Text(), "moment": Utc(), "content": Text()}, _keeping)

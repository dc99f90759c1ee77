"""Whether the clocks agree, and can be right at all."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from distribution import clock, delivery, schema
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.doctor.database import file_of
from distribution.doctor.finding import Finding, bad, good, note

_CHECK = "clock"
_FIRST = datetime(2026, 11, 1, tzinfo=UTC)
"""This programme was written then."""
_LAST = datetime(2100, 1, 1, tzinfo=UTC)
_SMALL, _LARGE = timedelta(seconds=5), timedelta(minutes=1)
_ADVICE = "请校准时钟（systemd-timesyncd 或 chrony）"


def check(app: App) -> Iterator[Finding]:
    """Ours is plausible, and not far from the database's."""
    now = clock.now()
    if not _FIRST <= now < _LAST:
        yield bad(_CHECK, f"本机的时钟是 {clock.for_people(now)}，不可能：{_ADVICE}")
        return
    path = file_of(app)
    if path is not None:  # it is the same one
        yield good(_CHECK, f"时钟 {clock.for_people(now)}（北京时间）")
        return
    try:
        with app.reading() as session:
            if schema.revision_of(session.connection()) is None:
                return
            session.execute(text("SELECT 1"))  # connected by now: that takes no part in the time
            before = clock.now()
            apart = abs(delivery.database_now(session) - before)
    except DatabaseUnusable:
        return  # said already
    said = f"本机与数据库的时钟相差 {apart.total_seconds():.1f} 秒"
    if apart > _LARGE:
        yield bad(_CHECK, f"{said}：{_ADVICE}")
    elif apart > _SMALL:
        yield note(_CHECK, f"{said}：{_ADVICE}")
    else:
        yield good(_CHECK, said)

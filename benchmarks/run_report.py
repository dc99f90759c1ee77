"""A run's report on PostgreSQL: how long it takes, and which of its queries take the most.

    python benchmarks/run_report.py [--readers 100000] [--runs 3] [--plans]

Each run goes to all readers and counts as accepted within three hours; two readers in five agree
to be counted, every third of those opened, some clicked, one mail in fifty came back. With --plans
PostgreSQL's plan of the slowest query is printed, too.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sending import Field, servers
from sqlalchemy import event, text

from distribution import clock, reports, schema
from distribution.app import App, open_app
from distribution.db import open_engine

HAPPEN = """
UPDATE deliveries SET state = 'accepted',
    accepted_at = now() + interval '1 second' * (id % 10800) WHERE run_id = {run};
INSERT INTO reading_events (signal, run_id, delivery_id, article_id, at, verdict, rule, rules,
    showed, agent, network_class, network)
    SELECT kind, {run}, d.id, CASE kind WHEN 'click' THEN a.id END, now(),
        CASE d.id % 5 WHEN 0 THEN 'machine' WHEN 1 THEN 'unknown' ELSE 'human' END, 'bench', 1,
        '', '', '', ''
    FROM deliveries d JOIN selections s ON s.id = d.selection_id
    CROSS JOIN (VALUES ('open'), ('click')) AS kinds (kind)
    CROSS JOIN LATERAL (SELECT min(id) AS id FROM articles WHERE id % 29 = d.id % 29) a
    WHERE d.run_id = {run} AND d.id % 3 = 0 AND s.interests ->> 'tracking' = 'granted';
INSERT INTO inbox (signal, at, content, judged_at)
    SELECT 'mail', now(), json_build_object('delivery', id)::jsonb, now()
    FROM deliveries WHERE run_id = {run} AND id % 50 = 0;
INSERT INTO returned_mails (inbox_id, kind, delivery_id, lane, meaning, rule, status, diagnostic,
    consequence, at)
    SELECT i.id, 'bounce', (i.content ->> 'delivery')::bigint, '', 'bad_address', '', '5.1.1', '',
        'none', now() FROM inbox i JOIN deliveries d ON d.id = (i.content ->> 'delivery')::bigint
    WHERE d.run_id = {run};
INSERT INTO audit (at, by, action, subject, detail)
    SELECT now() + interval '1 second', 'reader', 'reader.preferences', subscriber_id::text,
        '{{"topics": ["policy"]}}'::jsonb FROM deliveries WHERE run_id = {run} AND id % 100 = 0;
UPDATE runs SET state = 'finished', finished_at = now() WHERE id = {run};
VACUUM ANALYZE
"""
AGREE = """
INSERT INTO consent_events (subscriber_id, purpose, decision, channel, wording, wording_version,
    wording_sha256, by, at)
    SELECT id, 'tracking', 'granted', 'bench', 'bench', '', repeat('0', 64), 'bench', now()
    FROM subscribers WHERE id % 5 < 2
"""


def measure(app: App, run_id: int, *, plans: bool) -> None:
    """Make the report and say what took how long."""
    asked: list[tuple[float, str, Any]] = []
    begun: list[float] = []

    @event.listens_for(app.engine, "before_cursor_execute")
    def _begin(*_: object) -> None:
        begun.append(time.monotonic())

    @event.listens_for(app.engine, "after_cursor_execute")
    def _end(_c: object, _d: object, statement: str, values: object, *_: object) -> None:
        asked.append((time.monotonic() - begun.pop(), statement, values))

    start = time.monotonic()
    with app.reading() as session:
        found = reports.run_report(session, run_id)
    counted = time.monotonic()
    page = reports.run_page(found, at=clock.now())
    book = reports.run_workbook(found, at=clock.now())
    print(
        f"run {run_id}, {found.accepted:,} accepted: {counted - start:.1f} s in {len(asked)} "
        f"queries; page ({len(page) // 1024} KiB) and workbook ({len(book) // 1024} KiB) "
        f"{time.monotonic() - counted:.1f} s"
    )
    asked.sort(key=lambda one: -one[0])
    for seconds, statement, _ in asked[:5]:
        print(f"  {seconds:6.2f} s  {' '.join(statement.split())[:110]}")
    if plans:
        _seconds, statement, values = asked[0]
        with app.engine.connect() as connection:
            told = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", values)
            print("\n".join(row[0] for row in told))


def main() -> None:
    """Start PostgreSQL, fill it, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--plans", action="store_true")
    asked = parser.parse_args()
    with (
        servers.postgresql("/tmp", "shared_buffers=512MB", "max_wal_size=4GB") as postgresql,  # noqa: S108
        tempfile.TemporaryDirectory() as scratch,
    ):
        field = Field(Path(scratch), postgresql, None)
        field.sql("CREATE DATABASE bench", "postgres")
        os.environ.update(field.environ)
        engine = open_engine(field.environ["DISTRIBUTION_DATABASE_URL"])
        schema.upgrade(engine)
        engine.dispose()
        app = open_app(field.environ)
        try:
            field.add_readers(asked.readers)
            field.sql(AGREE)
            for _ in range(asked.runs):
                run_id = field.plan(app)
                field.sql(HAPPEN.format(run=run_id))
            with app.reading() as session:
                mails = session.scalar(text("SELECT count(*) FROM deliveries"))
            print(f"{mails:,} deliveries in {asked.runs} runs", flush=True)
            measure(app, run_id, plans=asked.plans)
        finally:
            app.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())

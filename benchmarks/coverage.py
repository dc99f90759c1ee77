"""How fast all readers are counted over an issue, on PostgreSQL, beside the plain ORM way.

    python benchmarks/coverage.py [--readers 100000] [--plain 5000]

Every line is a process of its own, started anew, on a PostgreSQL that is started for the purpose.
Nine readers in ten follow one to seven topics, each in an order of his own; one in five has watch
words; some want the standard edition, plain text, or mail only where something matches. "all
alike" is the same number of readers who follow one topic each. "plain" asks SQLAlchemy's ORM for
each reader's wishes, chooses his articles and makes his HTML to know how long it is; it goes
through fewer readers, and its rate is what to compare. Prints seconds, readers a second and
megabytes at the peak; megabytes for a tenth of the readers show that they do not grow with them.
"""

import argparse
import csv
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import runs  # noqa: E402 - issues and servers of the tests
import servers  # noqa: E402
from audience import IMPORT, ROLES, TOPICS, measure, psql  # noqa: E402 - the benchmark beside

from distribution import db, schema  # noqa: E402
from distribution.app import open_app  # noqa: E402

HEADINGS = ("姓名", "职务", "邮箱", "关注主题", "关注词")
WORDS = (
    "液压",
    "铸造",
    "风电",
    "首台",
    "轴承",
    "机器人",
    "检测",
    "煤机",
    "人工智能",
    "氢能",
    "无人机",
)
SURVEY = """
from distribution import delivery, issues
with app.reading() as session:
    issue = issues.find_issue(session, "2026-11")
    found = delivery.survey(session, issue.id, app.recipe, at=clock.now())
assert found.largest_message
print(f"  {found.coverage.selections:,} interests, {sum(found.coverage.mails.values()):,} mails")
done(found.coverage.readers)
"""
PLAIN = """
from sqlalchemy import select
from distribution import delivery, issues
from distribution.delivery.press import personal_of
from distribution.digests import Interests
from distribution.models import ConsentEvent, Interest, Subscriber, Topic, WatchWord
from distribution.words import Edition, Frequency, Purpose, Tracking
gets, longest = {}, 0
with app.reading() as session:
    issue = issues.find_issue(session, "2026-11")
    rehearsal = delivery.rehearse(session, issue.id, app.recipe)
    personal = personal_of(app.addresses, 0, 0, Tracking.UNKNOWN)
    for person in session.scalars(select(Subscriber).order_by(Subscriber.id).limit(rows)):
        last = session.scalars(select(ConsentEvent).where(
            ConsentEvent.subscriber_id == person.id, ConsentEvent.purpose == Purpose.DIGEST)
            .order_by(ConsentEvent.id.desc()).limit(1)).first()
        topics = session.scalars(select(Topic.code).join(Interest, Interest.topic_id == Topic.id)
            .where(Interest.subscriber_id == person.id).order_by(Interest.position)).all()
        words = session.scalars(select(WatchWord.word)
            .where(WatchWord.subscriber_id == person.id).order_by(WatchWord.position)).all()
        wishes = Interests(tuple(topics), tuple(words),
            standard=person.edition is Edition.STANDARD,
            when_matching=person.frequency is Frequency.WHEN_MATCHING, format=person.format)
        choices = rehearsal.selector.select(wishes).choices
        for choice in choices if last else ():
            gets[choice.article] = gets.get(choice.article, 0) + 1
        if choices:
            longest = max(longest, rehearsal.composer.html_bytes(choices, personal))
assert len(gets) == 29
done(rows)
"""
KINDS = """
UPDATE subscribers SET format = 'text' WHERE id % 20 = 1;
UPDATE subscribers SET edition = 'standard' WHERE id % 25 = 2;
UPDATE subscribers SET frequency = 'when_matching' WHERE id % 10 = 3;
INSERT INTO consent_events (subscriber_id, purpose, decision, channel, wording, wording_version,
  wording_sha256, "by", at) SELECT id, 'tracking', 'granted', 'web', '', '', '', 'reader', now()
  FROM subscribers WHERE id % 3 = 0;
INSERT INTO suppressions SELECT address_hash, 'hard_bounce', '550', now()
  FROM subscribers WHERE id % 50 = 0;
VACUUM ANALYZE;
"""


def write_readers(path: Path, count: int, *, alike: bool) -> Path:
    """Made-up contacts; addresses on a reserved domain."""
    choose = random.Random(6)  # noqa: S311 - made-up readers, no secret
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        for number in range(count):
            topics = choose.sample(TOPICS, choose.randint(1, 7) if number % 10 else 0)
            words = choose.sample(WORDS, choose.randint(1, 2)) if number % 5 == 0 else []
            if alike:
                topics, words = [TOPICS[number % 7]], []
            writer.writerow(
                (
                    f"读者{number}",
                    ROLES[1 + number % 4],
                    f"reader.{number}@factory{number % 20_000}.example",
                    "、".join(topics),
                    "、".join(words),
                )
            )
    return path


def main() -> None:
    """Start a server, fill two installations, print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--plain", type=int, default=5_000)
    asked = parser.parse_args()
    with servers.postgresql() as socket, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)

        def installation(name: str, readers: int, *, alike: bool = False) -> dict[str, str]:
            url = f"postgresql+psycopg://postgres@/{name}?host={socket}"
            environ = {
                "DISTRIBUTION_HOME": str(folder / name),
                "DISTRIBUTION_DATABASE_URL": url,
                "DISTRIBUTION_SECRET_KEYS": "a-key-of-the-benchmark-0123456789",
            }
            psql(socket, f"CREATE DATABASE {name}")
            engine = db.open_engine(url)
            schema.upgrade(engine)
            engine.dispose()
            app = open_app(environ)
            runs.sample_issue(app)
            app.engine.dispose()
            people = write_readers(folder / f"{name}.csv", readers, alike=alike)
            measure(f"({name}: readers)", IMPORT.format(apply=True), environ, people, readers)
            psql(socket, KINDS, name)
            return environ

        ours = installation("ours", asked.readers)
        alike = installation("alike", asked.readers, alike=True)
        tenth = installation("tenth", asked.readers // 10)
        nothing = folder / "nothing"
        measure("coverage", SURVEY, ours, nothing, asked.readers)
        measure("coverage, all alike", SURVEY, alike, nothing, asked.readers)
        measure("coverage, a tenth of the readers", SURVEY, tenth, nothing, asked.readers // 10)
        measure("plain ORM, a reader at a time", PLAIN, ours, nothing, asked.plain)


if __name__ == "__main__":
    main()

"""How fast contacts come in and who is due is found, on PostgreSQL, beside the plain ORM way.

    python benchmarks/audience.py [--rows 100000] [--readers 1000000] [--plain 20000]

Every line is a process of its own, started anew, on a PostgreSQL that is started for the purpose
with fsync on. "plain" does the same with SQLAlchemy's ORM as its tutorial shows it: one object a
row, added to the session, committed every 5,000; and objects loaded, 5,000 at a time, to see who
may be mailed. It reads the same file by Python's csv module and checks addresses by the same
library, but finds no duplicates, no typing errors and nobody who left, and writes no row by row
account; it goes through fewer rows, and its rate is what to compare. Prints seconds, rows a
second and megabytes at the peak; the result workbook is counted apart.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import servers  # noqa: E402 - the servers of the tests

from distribution import db, schema, tables  # noqa: E402

HEADINGS = ("单位名称", "姓名", "职务", "邮箱", "手机", "关注主题", "关注词")
TOPICS = ("政策措施", "装备制造", "质量管理", "省内信息", "科技前沿", "行业资讯", "产教融合")
ROLES = ("联络员", "总经理", "技术", "质量", "人事")
SURNAMES, NAMES = "赵钱孙李周吴郑王冯陈", ("思远", "建国", "丽华", "月华", "志强", "雅琴", "一鸣")
PRELUDE = """
import gc, json, os, resource, sys, time
from pathlib import Path
from distribution import audience, clock, tables
from distribution.app import open_app
app = open_app(dict(os.environ))
gc.freeze()  # as the command does
gc.set_threshold(100_000)
file, rows = Path(sys.argv[1]), int(sys.argv[2])
start = time.perf_counter()
def done(count):
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, count, megabytes]))
"""
IMPORT = """
with tables.open_table(file) as table:
    reader = audience.read_contacts(table.rows())
    source = audience.Source(file.name, file.name.ljust(64, "0"), "入会登记表")
    hasher = app.keyring.address_hash
    told = lambda verdicts: None
    if {apply}:
        result = audience.import_contacts(
            app.transaction, reader, source, hasher, told, by="benchmark", at=clock.now())
    else:
        result = audience.try_contacts(app.reading, reader, source, hasher, told)
done(result.counts.total())
"""
WORKBOOK = """
with tables.open_table(file) as table:
    head = table.head(1)[0][1]
    tables.write_table(file.with_suffix(".result.xlsx"), [*head, "结果", "原因"],
                       ([*cells, "新增", ""] for _, cells in table.rows()))
done(rows)
"""
DUE = """
last, due, seen = 0, 0, 0
while True:
    with app.reading() as session:
        part = audience.readers_after(session, last, 2_000)
    if part.last_id is None:
        break
    last, seen = part.last_id, seen + len(part.readers)
    due += sum(reader.barrier is None for reader in part.readers)
assert 0 < due < seen
done(seen)
"""
PLAIN_IMPORT = """
import csv
from email_validator import validate_email
from sqlalchemy import select
from distribution.models import ConsentEvent, Enterprise, Interest, Subscriber, Topic, WatchWord
from distribution.words import Decision, Purpose, Role
roles = {role.label: role for role in Role}
with app.transaction() as session:
    topics = {topic.name: topic.id for topic in session.scalars(select(Topic))}
    homes = {}
with file.open(encoding="gb18030", newline="") as stream:
    lines = iter(csv.DictReader(stream))
    count = 0
    while count < rows:
        with app.transaction() as session:
            for line, _ in zip(lines, range(5_000)):
                count += 1
                address = validate_email(
                    line["邮箱"], check_deliverability=False, test_environment=True).normalized
                name = line["单位名称"]
                if name not in homes:
                    home = Enterprise(name=name, name_key=name, created_at=clock.now())
                    session.add(home)
                    session.flush()
                    homes[name] = home.id
                person = Subscriber(
                    name=line["姓名"], role=roles[line["职务"]], email=address, email_key=address,
                    address_hash=app.keyring.address_hash(address), phone=line["手机"],
                    domain=address.rpartition("@")[2], enterprise_id=homes[name],
                    created_at=clock.now())
                session.add(person)
                session.flush()
                session.add(ConsentEvent(
                    subscriber_id=person.id, purpose=Purpose.DIGEST, decision=Decision.GRANTED,
                    channel="import", wording="入会登记表", wording_sha256="0" * 64,
                    by="plain", at=clock.now()))
                for position, topic in enumerate(filter(None, line["关注主题"].split("、"))):
                    session.add(Interest(
                        subscriber_id=person.id, topic_id=topics[topic], position=position))
                for position, word in enumerate(filter(None, line["关注词"].split("、"))):
                    session.add(WatchWord(subscriber_id=person.id, word=word, position=position))
done(count)
"""
PLAIN_DUE = """
from sqlalchemy import select
from distribution.models import (
    ConsentEvent, Enterprise, Interest, Subscriber, Suppression, WatchWord)
from distribution.words import Decision, Purpose
last, due, seen = 0, 0, 0
while seen < rows:
    with app.reading() as session:
        people = session.scalars(select(Subscriber).where(Subscriber.id > last)
                                 .order_by(Subscriber.id).limit(5_000)).all()
        if not people:
            break
        ids, last = [person.id for person in people], people[-1].id
        said, topics, words = {}, {}, {}
        for event in session.scalars(select(ConsentEvent)
                .where(ConsentEvent.subscriber_id.in_(ids)).order_by(ConsentEvent.id)):
            said[event.subscriber_id, event.purpose] = event.decision
        for row in session.scalars(select(Interest).where(Interest.subscriber_id.in_(ids))):
            topics.setdefault(row.subscriber_id, []).append(row)
        for row in session.scalars(select(WatchWord).where(WatchWord.subscriber_id.in_(ids))):
            words.setdefault(row.subscriber_id, []).append(row)
        hashes = [person.address_hash for person in people]
        gone = set(session.scalars(select(Suppression.address_hash)
                                   .where(Suppression.address_hash.in_(hashes))))
        for person in people:
            home = session.get(Enterprise, person.enterprise_id) if person.enterprise_id else None
            seen += 1
            due += (said.get((person.id, Purpose.DIGEST)) is Decision.GRANTED
                    and person.address_hash not in gone and not person.departed_at
                    and not (home and home.suspended_at))
done(seen)
"""


def people(count: int, *, start: int = 0) -> Iterator[list[str]]:
    """Made-up contacts, about four to an enterprise; addresses on a reserved domain."""
    for number in range(start, start + count):
        home = number // 4
        yield [
            f"虚构机械{home}有限公司",
            SURNAMES[number % 10] + NAMES[number % 7],
            ROLES[number % 4],
            f"contact.{number}@factory{home % 20_000}.example",
            f"138{number % 100_000_000:08d}",
            "、".join(TOPICS[(number + step) % 7] for step in range(number % 4)),
            "液压" if number % 5 == 0 else "",
        ]


def write_csv(path: Path, count: int, *, start: int = 0, columns: slice = slice(None)) -> Path:
    """The file an office would save from Excel: GB18030, no mark of it."""
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS[columns])
        writer.writerows(row[columns] for row in people(count, start=start))
    return path


def measure(label: str, code: str, environ: dict[str, str], file: Path, rows: int) -> None:
    """Run one process and print its line."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", PRELUDE + code, str(file), str(rows)],
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{label}: {done.stderr}")
    seconds, count, megabytes = json.loads(done.stdout.splitlines()[-1])
    rate = count / seconds
    print(f"{label:<44} {count:>9,} rows {seconds:7.2f} s {rate:9,.0f}/s {megabytes:6.0f} MB")


def main() -> None:
    """Start a server, make the files, print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--plain", type=int, default=20_000)
    asked = parser.parse_args()
    with servers.postgresql() as socket, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        csv_file = write_csv(folder / "contacts.csv", asked.rows)
        more = write_csv(folder / "more.csv", asked.readers - asked.rows, start=asked.rows)
        book = folder / "contacts.xlsx"
        tables.write_table(book, HEADINGS, people(asked.rows))

        def installation(name: str) -> dict[str, str]:
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
            return environ

        ours, other = installation("ours"), installation("other")
        measure("CSV, dry run", IMPORT.format(apply=False), ours, csv_file, asked.rows)
        measure("CSV, applied", IMPORT.format(apply=True), ours, csv_file, asked.rows)
        measure("the same file again", IMPORT.format(apply=True), ours, csv_file, asked.rows)
        measure(
            "workbook, applied", IMPORT.format(apply=True), installation("book"), book, asked.rows
        )
        bare = write_csv(folder / "bare.csv", asked.rows, columns=slice(1, 4))
        measure(
            "names, roles and addresses only", IMPORT.format(apply=True), other, bare, asked.rows
        )
        measure("result workbook", WORKBOOK, ours, csv_file, asked.rows)
        plain = installation("plain")
        measure("plain ORM, CSV", PLAIN_IMPORT, plain, csv_file, asked.plain)
        measure("the rest, applied", IMPORT.format(apply=True), ours, more, asked.readers)
        psql(socket, LEAVE, "ours")
        measure("who is due", DUE, ours, csv_file, asked.readers)
        measure("plain ORM, who is due", PLAIN_DUE, ours, csv_file, asked.readers)


LEAVE = """
INSERT INTO suppressions SELECT address_hash, 'hard_bounce', '550', now()
  FROM subscribers WHERE id % 100 = 0;
INSERT INTO consent_events (subscriber_id, purpose, decision, channel, wording, wording_version,
  wording_sha256, "by", at) SELECT id, 'digest', 'withdrawn', 'web', '', '', '', 'reader', now()
  FROM subscribers WHERE id % 50 = 1;
UPDATE enterprises SET member_until = '2020-01-01' WHERE id % 100 = 2;
VACUUM ANALYZE;
"""


def psql(socket: str, statements: str, database: str = "postgres") -> None:
    """Run statements, each in a transaction of its own."""
    import psycopg

    with psycopg.connect(
        host=socket, user="postgres", dbname=database, autocommit=True
    ) as connection:
        for statement in filter(str.strip, statements.split(";")):
            connection.execute(statement)  # type: ignore[arg-type] - ours


if __name__ == "__main__":
    main()

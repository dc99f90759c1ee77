"""How fast words are found in 5,000 articles, on both databases, beside LIKE and trigrams.

    python benchmarks/search.py [--articles 5000] [--rounds 7]

Articles are made up, of about 1,200 characters: words of the trade and characters of which few
are frequent, as in any language. "ours" is `issues.search`; "like" asks the same table with LIKE
alone; "trigrams" are an index of SQLite's FTS5 or PostgreSQL's pg_trgm (where it can be had) on
the same texts, with LIKE for words of fewer than three characters, which they cannot find. All
three answer with the same articles in the same order, but for Latin words, which are whole only
with us; ours and LIKE are asked in turns. Prints milliseconds
(the median of the rounds), how many were found, and what each index takes.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import servers  # noqa: E402 - PostgreSQL of the tests
from sqlalchemy import Engine, text  # noqa: E402
from sqlalchemy.exc import DBAPIError  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from distribution import db, issues, schema  # noqa: E402
from distribution.issues.searching import Wanted  # noqa: E402
from distribution.models import Article, Issue, Run, Sheet  # noqa: E402
from distribution.words import RunKind, RunState  # noqa: E402

BEGINNING = datetime(2012, 1, 1, tzinfo=UTC)
PER_ISSUE = 29
WORDS = """
山西 企业 机床 煤机 液压 轴承 铸造 锻件 变频 电机 减速器 智能制造 数控机床 首台套 工业互联网
专精特新 技术改造 质量管理 绿色工厂 新能源 光伏 风电 氢能 储能 焊接 机器人 检测 标准 试点 政策 太原
大同 长治 晋城 运城 阳泉 CNC PLC ISO 5G AI 2026年 示范 出口 产业链 供应链 碳达峰 政府补贴
""".split()  # noqa: SIM905 - a list of them takes a page
QUERIES = {
    "one character, frequent": "机",
    "one character, rare": "绿",
    "two characters, frequent": "企业",
    "two characters, rare": "储能",
    "four characters, frequent": "智能制造",
    "four characters, rare": "绿色工厂",
    "five characters": "工业互联网",
    "two words": "液压 长治",
    "three words, one long": "煤机 5G 工业互联网",
    "a Latin word": "cnc",
    "found nowhere": "量子纠缠",
}
SEARCH = """
SELECT a.id, a.issue_id, a.position, {in_title} FROM article_texts t
JOIN articles a ON a.id = t.article_id WHERE {found}
"""
TRIGRAMS = {
    "sqlite": (
        (
            "CREATE VIRTUAL TABLE trigrams USING fts5(text, content='article_texts', "
            "content_rowid='article_id', tokenize='trigram')"
        ),
        "INSERT INTO trigrams (trigrams) VALUES ('rebuild')",
    ),
    "postgresql": (
        "CREATE EXTENSION pg_trgm",
        "CREATE INDEX trigrams ON article_texts USING gin (text gin_trgm_ops)",
    ),
}
SHELF: list[int] = []
"""Issues, the newest first: pages have it at hand, too."""
Way = Callable[[Session, str], list[int]]


def prose(dice: random.Random, length: int) -> str:
    """Words of the trade, the first ones more frequent, among characters as frequent as in life."""
    pieces: list[str] = []
    while length > 0:
        if dice.random() < 0.012:  # noqa: PLR2004 - a word in a sentence
            piece = WORDS[min(int(dice.expovariate(0.16)), len(WORDS) - 1)]
        else:
            piece = chr(0x4E00 + min(int(dice.expovariate(1 / 400)), 6000))
        length -= len(piece)
        pieces.append(piece + ("，" if dice.random() < 0.08 else ""))  # noqa: PLR2004
    return "".join(pieces)


def fill(session: Session, articles: int) -> None:
    """So many articles in issues that have gone out."""
    dice = random.Random(9)  # noqa: S311 - the same articles in every run
    session.add(Sheet(sha256="0" * 64, content={}))
    for number in range(-(-articles // PER_ISSUE)):
        year, month = 2012 + number // 12, number % 12 + 1
        issue = Issue(
            year=year, label=f"{month:02}", month=date(year, month, 1), publication="刊",
            publishers=[], contact={}, complaints=[], source_name="", source_sha256="",
            content_sha256="", imported_at=BEGINNING, approved_at=BEGINNING, limits=[],
        )  # fmt: skip
        session.add(issue)
        session.flush()
        session.add(
            Run(
                issue_id=issue.id,
                kind=RunKind.REGULAR,
                resend_number=0,
                cursor=0,
                excluded={},
                state=RunState.FINISHED,
                sheet_sha256="0" * 64,
                created_at=BEGINNING,
                created_by="benchmark",
                started_at=BEGINNING,
            )
        )
        for position in range(1, PER_ISSUE + 1):
            body = [{"kind": "paragraph", "text": prose(dice, 300)} for _ in range(4)]
            title = prose(dice, 16)
            session.add(
                Article(
                    issue_id=issue.id,
                    anchor=f"{position}",
                    position=position,
                    section="栏目",
                    title=title,
                    summary="",
                    blocks=body,
                )
            )


def ours(session: Session, typed: str) -> list[int]:
    return list(issues.search(session, issues.wanted(typed), SHELF))


def like(session: Session, typed: str) -> list[int]:
    return _ask(session, issues.wanted(typed), "")


def trigrams(session: Session, typed: str) -> list[int]:
    wanted = issues.wanted(typed)
    long = [word for word in wanted.words if len(word) > 2]  # noqa: PLR2004 - three make one
    if not long or session.get_bind().dialect.name == "postgresql":
        return _ask(session, wanted, "")  # PostgreSQL's serves LIKE
    match = " AND ".join(f'"{word}"' for word in long)
    return _ask(session, wanted, match)


def _ask(session: Session, wanted: Wanted, match: str) -> list[int]:
    found = [f"t.text LIKE :word{at}" for at, _ in enumerate(wanted.words)]
    places = range(len(found))
    in_title = [f"(CASE WHEN t.title LIKE :word{at} THEN 1 ELSE 0 END)" for at in places]
    if match:
        found.append("t.article_id IN (SELECT rowid FROM trigrams WHERE trigrams MATCH :match)")
    words = {f"word{at}": f"%{word}%" for at, word in enumerate(wanted.words)}
    statement = SEARCH.format(found=" AND ".join(found), in_title=" + ".join(in_title))
    rows = session.execute(text(statement), {"match": match, **words})
    age = {issue_id: place for place, issue_id in enumerate(SHELF)}
    return [
        id_ for *_, id_ in sorted((-hits, age[issue], at, id_) for id_, issue, at, hits in rows)
    ]


class Times:
    """What every query took, each way, and what it found."""

    def __init__(self) -> None:
        self.times: dict[str, dict[str, float]] = {what: {} for what in QUERIES}
        self.found: dict[str, dict[str, list[int]]] = {what: {} for what in QUERIES}

    def take(self, session: Session, ways: dict[str, Way], rounds: int) -> None:
        """Ask every query each way, in turns; keeps the median in milliseconds."""
        for what, typed in QUERIES.items():
            taken: dict[str, list[float]] = {name: [] for name in ways}
            for _ in range(rounds):
                for name, way in ways.items():
                    started = time.perf_counter()
                    self.found[what][name] = way(session, typed)
                    taken[name].append((time.perf_counter() - started) * 1000)
            self.times[what] |= {name: statistics.median(taken[name]) for name in ways}

    def show(self) -> None:
        for what, times in self.times.items():
            found = self.found[what]
            alike = "" if all(ids == found["ours"] for ids in found.values()) else ", not alike"
            shown = "  ".join(f"{name} {took:7.2f}" for name, took in times.items())
            print(f"  {what:26} {shown}   {len(found['ours']):5} found{alike}")


def build_trigrams(engine: Engine) -> bool:
    started = time.perf_counter()
    try:
        with engine.begin() as connection:
            for statement in TRIGRAMS[engine.dialect.name]:
                connection.exec_driver_sql(statement)
    except DBAPIError as error:
        print(f"  no trigrams: {str(error.orig).splitlines()[0]}")
        return False
    print(f"  trigrams built in {time.perf_counter() - started:.1f} s")
    return True


def vacuum(engine: Engine) -> None:
    """As PostgreSQL does by itself after a while."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


SIZES = {
    "sqlite": "SELECT name, sum(pgsize) FROM dbstat WHERE name GLOB 'article_[st]e*' OR name LIKE "
    "'trigrams%' GROUP BY name",
    "postgresql": "SELECT relname, pg_table_size(oid) FROM pg_class WHERE relname IN "
    "('article_texts', 'article_search', 'trigrams')",
}


def show_sizes(session: Session) -> None:
    sizes = {"texts": 0, "ours": 0, "trigrams": 0}
    try:
        rows = session.execute(text(SIZES[session.get_bind().dialect.name])).all()
    except DBAPIError:  # this SQLite was built without dbstat
        return
    for name, size in rows:
        kind = "trigrams" if name.startswith("trigrams") else "ours"
        sizes["texts" if name == "article_texts" else kind] += size
    print("  megabytes: " + ", ".join(f"{name} {size / 1e6:.1f}" for name, size in sizes.items()))


def try_on(url: str, articles: int, rounds: int) -> None:
    engine = db.open_engine(url)
    schema.upgrade(engine)
    with db.writing(engine) as session:
        fill(session, articles)
    started = time.perf_counter()
    with db.writing(engine) as session:
        issues_count, count = issues.reindex(session)
    print(f"{engine.dialect.name}: {count:,} articles of {issues_count} issues, ", end="")
    print(f"indexed in {time.perf_counter() - started:.1f} s")
    times = Times()
    vacuum(engine)
    with db.reading(engine) as session:
        SHELF[:] = [one.id for one in issues.shelf(session)]
        times.take(session, {"ours": ours, "like": like}, rounds)
    if build_trigrams(engine):  # not before: a plan of ours or of LIKE's might use them
        vacuum(engine)
        with db.reading(engine) as session:
            times.take(session, {"trigrams": trigrams}, rounds)
    times.show()
    with db.reading(engine) as session:
        show_sizes(session)
    engine.dispose()


@contextmanager
def databases() -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        sqlite = f"sqlite:///{folder}/search.db"
        try:
            with servers.postgresql_server() as server:
                yield [sqlite, f"postgresql+psycopg://postgres@/postgres?host={server.folder}"]
        except servers.NoServer as reason:
            print(f"no PostgreSQL: {reason}")
            yield [sqlite]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with databases() as urls:
        for url in urls:
            try_on(url, arguments.articles, arguments.rounds)


if __name__ == "__main__":
    main()

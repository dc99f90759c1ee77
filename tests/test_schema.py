"""The schema: the same on both databases, up and down, and refused where it would not hold."""

import json
import multiprocessing
import shutil
from pathlib import Path

import psycopg
import pytest
import runs
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from distribution import db, delivery, schema, topics
from distribution.app import App, open_app
from distribution.delivery.store import letters
from distribution.models import Base, Delivery, Issue, Letter, Run, Selection
from distribution.topics import WordRule
from distribution.words import LetterPurpose, RuleField


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("empty_postgresql"))
    return f"sqlite:///{tmp_path}/empty.db"


def test_the_migrations_make_exactly_the_models(empty_url: str) -> None:
    engine = db.open_engine(empty_url)
    schema.upgrade(engine)
    with engine.begin() as connection:
        command.check(schema._alembic(connection))  # raises where something is missing
    with engine.connect() as connection:
        found = set(inspect(connection).get_table_names()) - {"alembic_version"}
    engine.dispose()
    found = {name for name in found if not name.startswith("article_search")}  # SQLite's index
    assert found == set(Base.metadata.tables)


def test_what_refers_to_an_article_is_found_by_an_index() -> None:
    """Whoever takes one away waits else for all that readers ever did to be looked through."""
    articles = Base.metadata.tables["articles"]
    for table in Base.metadata.tables.values():
        leading = {next(iter(key.columns)) for key in (*table.indexes, table.primary_key)}
        for column in table.columns:
            assert not column.references(articles.c.id) or column in leading, column


def test_down_and_up_again_leaves_the_seven_topics(empty_url: str) -> None:
    engine = db.open_engine(empty_url)
    schema.upgrade(engine)
    assert schema.downgrade(engine, "base") == (schema.HEAD, None)
    assert schema.upgrade(engine) == (None, schema.HEAD)
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM topics"))
    engine.dispose()
    assert count == 7


def test_every_migration_can_be_taken_back_alone(empty_url: str) -> None:
    engine = db.open_engine(empty_url)
    schema.upgrade(engine)
    for revision in schema_revisions()[1:]:
        schema.downgrade(engine, revision)
        with engine.connect() as connection:
            assert schema.revision_of(connection) == revision
    engine.dispose()


def test_taken_back_all_rules_of_a_topic_are_its_words(empty_url: str) -> None:
    engine = db.open_engine(empty_url)
    schema.upgrade(engine)
    with Session(engine) as session, session.begin():
        for words in (("检测",), ("标准", "检测")):
            topics.add_rule(session, "quality", WordRule(RuleField.TITLE, words))
        topics.add_rule(session, "quality", WordRule(RuleField.TITLE, (), ("质量", "月")))
    schema.downgrade(engine, "2026_11_24_what_comes_back")
    with engine.connect() as connection:
        words = connection.scalar(text("SELECT words FROM topics WHERE code = 'quality'"))
    engine.dispose()
    known = json.loads(words) if isinstance(words, str) else words
    assert known[-2:] == ["检测", "标准"]
    assert "质量管理" in known


def test_runs_and_letters_of_before_are_kept_down_and_up(app: App) -> None:
    key = runs.make_issue(app)
    with app.transaction() as session:
        reader = runs.add_reader(session, app, "one@reader.example", runs.SEPTEMBER, consent="协议")
        reader_id = reader.id
        purpose = LetterPurpose.WELCOME
        to = (reader.email_key, reader.id)
        letters.begin_letter(session, "welcome:1", purpose, to, at=runs.SEPTEMBER)
    run_id = runs.plan(app, key, runs.SEPTEMBER)

    schema.downgrade(app.engine, "2026_11_25_letters")
    with app.engine.connect() as connection:
        kept = [
            connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - ours
            for table in ("issues", "runs", "selections", "deliveries", "letters")
        ]
    assert kept == [1] * 5
    schema.upgrade(app.engine)

    with app.transaction() as session:
        issue, run = session.scalars(select(Issue)).one(), session.get_one(Run, run_id)
        assert (issue.lead_anchor, issue.note, issue.notice) == (None, "", "")
        assert (issue.limits, issue.commercial) == ([], False)
        assert (run.discovery, run.origin) == ([], {})
        assert session.scalars(select(Selection.omitted)).all() == [[]]
        assert session.scalars(select(Delivery.message_sha256)).all() == [None]
        assert session.scalars(select(Letter.subscriber_id)).all() == [None]
    delivery.seal(app.transaction, run_id, at=runs.SEPTEMBER)  # what was planned before goes out
    with app.reading() as session:
        explained = delivery.explain(session, issue.id, reader_id, app.recipe)
    assert explained.planned is not None
    assert not explained.empty


def schema_revisions() -> list[str]:
    scripts = ScriptDirectory.from_config(schema._alembic(None))
    return [script.revision for script in scripts.walk_revisions()]


def test_the_constant_names_the_newest_migration() -> None:
    assert schema_revisions()[0] == schema.HEAD


def test_an_embedded_installation_makes_its_database_itself(tmp_path: Path) -> None:
    app = open_app({"DISTRIBUTION_HOME": str(tmp_path / "new")})
    with app.engine.connect() as connection:
        found = schema.revision_of(connection)
    app.engine.dispose()
    assert found == schema.HEAD


def test_postgresql_is_never_upgraded_without_being_told(empty_postgresql: str) -> None:
    with pytest.raises(db.DatabaseUnusable, match="distribution db upgrade"):
        open_app({"DISTRIBUTION_DATABASE_URL": empty_postgresql})


def test_a_database_of_a_newer_programme_is_refused(migrated_sqlite: Path, tmp_path: Path) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "distribution.db")
    engine = db.open_engine(f"sqlite:///{tmp_path}/distribution.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '2099_01_01_future'"))
    engine.dispose()
    with pytest.raises(db.DatabaseUnusable, match="2099_01_01_future"):
        open_app({"DISTRIBUTION_HOME": str(tmp_path)})


@pytest.mark.parametrize("setting", ["synchronous_commit = off", "synchronous_commit = local"])
def test_a_forgetful_postgresql_is_refused(postgresql_database: str, setting: str) -> None:
    folder, name = postgresql_database.split("?host=")[1], postgresql_database.split("/")[3]
    with psycopg.connect(
        host=folder, user="postgres", dbname=name.split("?")[0], autocommit=True
    ) as server:
        server.execute(f"ALTER DATABASE {name.split('?')[0]} SET {setting}")
    with pytest.raises(db.DatabaseUnusable, match="synchronous_commit"):
        open_app({"DISTRIBUTION_DATABASE_URL": postgresql_database})


def _open(home: str, results: "multiprocessing.Queue[str]") -> None:
    app = open_app({"DISTRIBUTION_HOME": home})
    with app.engine.connect() as connection:
        results.put(str(schema.revision_of(connection)))
    app.engine.dispose()


def test_two_first_starts_at_once_make_one_database_and_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[str] = context.Queue()
    starts = [context.Process(target=_open, args=(str(tmp_path), results)) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join(60)
    assert [results.get(timeout=5) for _ in starts] == [schema.HEAD] * 3

"""The schema's revision: checked at every start, upgraded by Alembic."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session

from distribution.bundle import bundled
from distribution.db import DatabaseUnusable

if TYPE_CHECKING:  # Alembic is loaded when the schema is not the newest: no start waits for it
    from alembic.config import Config

HEAD = "2026_11_26_clicked"
"""The newest revision; a constant, so that a start need not read the migrations."""

_REVISION = text("SELECT version_num FROM alembic_version")
_UPGRADE_LOCK = 0x6469_7374  # any number, the same for every process


class OtherSchema(DatabaseUnusable):
    """Raised at work where the schema has become another programme's: whoever goes on guesses."""

    def __init__(self, found: str | None) -> None:
        self.found = found
        super().__init__(
            f"数据库已由另一版本的程序改为 {found}，本程序需要 {HEAD}：不再投递，"
            "请换成那一版本的程序后重新启动"
        )


def upgrade(engine: Engine, target: str = "head") -> tuple[str | None, str | None]:
    """Bring the schema to `target`, alone among all processes; returns revisions before, after."""
    from alembic import command

    with engine.begin() as connection:
        before = _locked_revision(connection)
        command.upgrade(_alembic(connection), target)
        return before, revision_of(connection)


def downgrade(engine: Engine, target: str) -> tuple[str | None, str | None]:
    """Take the schema back to `target` ("base" empties it); returns revisions before, after."""
    from alembic import command

    with engine.begin() as connection:
        before = _locked_revision(connection)
        command.downgrade(_alembic(connection), target)
        return before, revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The database's revision; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(_REVISION)
    return found


def ensure(engine: Engine, *, embedded: bool) -> None:
    """Raise DatabaseUnusable unless the schema is this programme's.

    An embedded installation is created and upgraded here; elsewhere an upgrade is a decision
    (`distribution db upgrade`), because other hosts may still run the version before.
    """
    with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
        found = revision_of(connection)  # looking must not wait for a running sender
    if found == HEAD:
        return
    if found is not None and not knows(found):
        raise DatabaseUnusable(
            f"数据库的版本 {found} 本程序不认识：它由更新的程序建立，请先升级本程序"
        )
    if not embedded:
        raise DatabaseUnusable(
            f"数据库的版本是 {found or '空'}，需要 {HEAD}：请先运行 distribution db upgrade"
        )
    upgrade(engine)


def require_own(session: Session) -> None:
    """Raise OtherSchema where it is not this programme's any more: one row is read."""
    found = session.scalar(_REVISION)
    if found != HEAD:
        raise OtherSchema(found)


def knows(revision: str) -> bool:
    """Whether this programme can bring a schema of this revision to its own."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_alembic(None))
    return revision in {script.revision for script in scripts.walk_revisions()}


def refuse_lossy_settings(engine: Engine) -> None:
    """Raise DatabaseUnusable on a PostgreSQL that may forget what it has committed.

    With synchronous_commit=off a crash of the database forgets intents, and mail goes out twice.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        for name, allowed in (("fsync", {"on"}), ("synchronous_commit", {"on", "remote_apply"})):
            value = connection.scalar(text(f"SHOW {name}"))
            if value not in allowed:
                raise DatabaseUnusable(
                    f"PostgreSQL 的 {name}={value} 会在崩溃时丢失投递记录：请改为 on"
                )


def _locked_revision(connection: Connection) -> str | None:
    """The revision, read when no other process can be upgrading.

    On SQLite the transaction itself began IMMEDIATE; PostgreSQL has its advisory lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    return revision_of(connection)


def _alembic(connection: Connection | None) -> "Config":
    from alembic.config import Config

    config = Config(str(bundled("alembic.ini")))
    config.set_main_option("script_location", str(bundled("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

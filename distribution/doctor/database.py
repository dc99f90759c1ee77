"""Whether the database is there, whole, ours, and takes what is written."""

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from distribution import db, delivery, schema
from distribution.app import App
from distribution.db import DatabaseUnusable
from distribution.doctor.finding import Finding, bad, good, note

_CHECK = "database"
_OLDEST = 130_000
"""PostgreSQL 13; older ones are not tested."""
_FAR = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.sshfs", "afs")
"""File systems of other hosts: SQLite's locks and WAL do not hold there."""


def check(app: App) -> Iterator[Finding]:
    """Reachable, its schema, writable, and what else we count on."""
    path = file_of(app)
    if path is not None and not path.exists():
        folder = path.resolve().parent
        if path.parent != app.settings.home and not folder.is_dir():
            yield bad(_CHECK, f"没有放数据库的文件夹 {folder}：请建立它，或改正 database_url")
            return
        yield note(_CHECK, f"还没有数据库 {path}：第一次使用时自动建立")
        return
    try:
        with app.reading() as session:
            found = schema.revision_of(session.connection())
            yield good(_CHECK, f"数据库连得上：{_name(app, session)}")
            yield _revision(found, embedded=path is not None)
            yield from _file(session, path) if path is not None else _server(session)
            if found == schema.HEAD:
                yield from _trust(session)
        schema.refuse_lossy_settings(app.engine)
        if found == schema.HEAD:
            _write(app)
            yield good("database-writable", "数据库写得进去")
    except DatabaseUnusable as trouble:
        yield bad(_CHECK, str(trouble))


def file_of(app: App) -> Path | None:
    """The file of an SQLite database."""
    url = app.engine.url
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _name(app: App, session: Session) -> str:
    url = app.engine.url
    if url.get_backend_name() == "sqlite":
        return f"SQLite {url.database}"
    version = session.scalar(text("SHOW server_version"))
    return f"PostgreSQL {version} {url.host or ''}/{url.database}"


def _revision(found: str | None, *, embedded: bool) -> Finding:
    check = "database-schema"
    if found == schema.HEAD:
        return good(check, f"数据库的版本与本程序相同（{found}）")
    if found is not None and not schema.knows(found):
        return bad(check, f"数据库的版本 {found} 比本程序新：请升级本程序")
    stands = f"数据库的版本是 {found}，比本程序旧" if found else "数据库还是空的"
    if embedded:
        return note(check, f"{stands}：下次使用时自动升级到 {schema.HEAD}")
    first = "先备份，再" if found else "请"
    return bad(check, f"{stands}：{first}运行 distribution db upgrade（需要 {schema.HEAD}）")


def _trust(session: Session) -> Iterator[Finding]:
    known = delivery.recognising.find(session)
    if known is not None and known.suspect:
        yield bad("database-trusted", str(delivery.SuspectLedger(known.suspect)))
    else:
        yield good("database-trusted", "账本没有疑问：不是恢复的旧副本")


def _file(session: Session, path: Path) -> Iterator[Finding]:
    mode = session.scalar(text("PRAGMA journal_mode"))
    where = _file_system(path.absolute())
    if where in _FAR:
        advice = "请放到本机磁盘上，几台主机共用请改用 PostgreSQL"
        yield bad("database-disk", f"SQLite 文件 {path} 在网络磁盘（{where}）上：{advice}")
    elif mode != "wal":
        yield bad("database-disk", f"SQLite 用不了 WAL（现为 {mode}）：请把 {path} 放到本机磁盘上")
    else:
        yield good("database-disk", f"SQLite 用 WAL，在本机磁盘上（{where or '未知'}）")


def _file_system(path: Path) -> str:
    """The kind of the file system a file lies in; empty where the system does not tell."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    mounts = [line.split(" ")[1:3] for line in lines.splitlines()]
    holding = [(len(at), kind) for at, kind in mounts if path.is_relative_to(_plain(at))]
    return max(holding)[1] if holding else ""


def _plain(mount: str) -> str:
    """A mount's place as it is: blanks are written as octal numbers there."""
    return mount.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")


def _server(session: Session) -> Iterator[Finding]:
    check = "database-server"
    number = int(session.scalar(text("SHOW server_version_num")) or 0)
    encoding = session.scalar(text("SHOW server_encoding"))
    zone = session.scalar(text("SHOW timezone"))
    if number < _OLDEST:
        yield bad(check, f"PostgreSQL 太旧（{number // 10_000}）：请用 13 或更新的版本")
    elif encoding != "UTF8":
        advice = "请用 ENCODING 'UTF8' 另建一个数据库"
        yield bad(check, f"数据库的编码是 {encoding}，存不下全部汉字：{advice}")
    else:
        yield good(check, f"编码 UTF8，时区 {zone}（时间都带时区存放，哪个都可以）")


def _write(app: App) -> None:
    """Write, and take it back; raises DatabaseUnusable."""
    with db.friendly(), Session(app.engine) as session:
        delivery.beat(session, os.uname().nodename, os.getpid())
        session.rollback()

"""Whether there is room, and whether we may write where we have to."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from distribution.app import App
from distribution.doctor.database import file_of
from distribution.doctor.finding import Finding, bad, good, note

_CHECK = "disk"
_MEGABYTE = 1_000_000
_LEAST = 100 * _MEGABYTE
"""Below it a month's work may not fit."""
_FEWEST_FILES = 1_000


def check(app: App) -> Iterator[Finding]:
    """The home, its outbox, and where the database is; each disk once."""
    home, database = app.settings.home, file_of(app)
    yield _writable(home)
    if os.path.lexists(home / "outbox") and not (home / "outbox").is_dir():
        yield bad("outbox", f"{home / 'outbox'} 不是文件夹，邮件写不进去：请把它移走")
    places = [home, home / "outbox", *([database.parent] if database is not None else [])]
    seen = set[int]()
    for place in filter(Path.is_dir, places):
        device = place.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield _room(place, app.settings.disk_alert_mb * _MEGABYTE)


def _writable(home: Path) -> Finding:
    if not home.exists():
        return note("home", f"还没有文件夹 {home}：第一次使用时自动建立")
    if not os.access(home, os.W_OK | os.X_OK):
        advice = "请把它交给运行本程序的账号（chown）"
        return bad("home", f"文件夹 {home} 写不进去，认不出恢复的旧账本：{advice}")
    return good("home", f"文件夹 {home.absolute()} 可以写入")


def _room(place: Path, wanted: int) -> Finding:
    free, files = shutil.disk_usage(place).free, os.statvfs(place)
    said = f"{place} 所在的磁盘还剩 {free // _MEGABYTE} MB"
    if free < _LEAST:
        return bad(_CHECK, f"{said}：请立即腾出空间")
    if files.f_files and files.f_favail < _FEWEST_FILES:
        return bad(_CHECK, f"{place} 所在的磁盘只能再建 {files.f_favail} 个文件：请删去不用的文件")
    if free < wanted:
        return note(_CHECK, f"{said}，少于 {wanted // _MEGABYTE} MB（disk_alert_mb）：请腾出空间")
    return good(_CHECK, said)

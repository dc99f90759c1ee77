"""PostgreSQL: copied by its own programme, which must be there."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, make_url

from distribution.backup.files import CannotBackUp, new_file

_DUMP = "pg_dump"


def back_up_postgresql(url: str, target: Path) -> None:
    """Let pg_dump copy the database as it is at one moment; raises CannotBackUp.

    The file is in its own format, for pg_restore. The password goes by the environment: arguments
    are seen by everybody on the host.
    """
    address = make_url(url)
    public = _public(address)
    programme = shutil.which(_DUMP)
    if programme is None:
        command = f"pg_dump --format=custom --no-owner --file={target} '{public}'"
        raise CannotBackUp(target, "这台主机没有 pg_dump", f"请在有它的主机上运行 {command}")
    environ = {**os.environ, **({"PGPASSWORD": str(address.password)} if address.password else {})}
    try:
        with new_file(target) as draft:
            done = subprocess.run(  # noqa: S603 - the system's programme, and no shell
                [programme, "--format=custom", "--no-owner", f"--file={draft}", public],
                env=environ,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                lines = done.stderr.strip().splitlines() or [f"退出码 {done.returncode}"]
                advice = "请检查数据库与 pg_dump 的版本（不能低于服务器）"
                raise CannotBackUp(target, lines[0], advice)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotBackUp(target, reason, "请检查文件夹、权限与磁盘空间") from error


def _public(address: URL) -> str:
    """The address as libpq spells it, without the password."""
    plain = address._replace(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)

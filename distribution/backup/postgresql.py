"""PostgreSQL: copied by its own programme, which must be there."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from distribution import db
from distribution.backup.files import CannotBackUp, new_file
from distribution.database_words import trouble
from distribution.own_files import reason

_DUMP = "pg_dump"


def back_up_postgresql(url: str, target: Path) -> None:
    """Let pg_dump copy the database as it is at one moment; raises CannotBackUp.

    The file is in its own format, for pg_restore. The password goes by the environment: arguments
    are seen by everybody on the host.
    """
    address = db.address_of(url)
    public = _public(address)
    programme = shutil.which(_DUMP)
    if programme is None:
        command = f"pg_dump --format=custom --no-owner --file={target} '{public}'"
        raise CannotBackUp(target, "这台主机没有 pg_dump", f"请在有它的主机上运行 {command}")
    environ = {**os.environ, "LC_ALL": "C"}  # its faults in English: `trouble` knows those
    if address.password:
        environ["PGPASSWORD"] = str(address.password)
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
                what, advice = trouble(done.stderr or f"退出码 {done.returncode}")
                raise CannotBackUp(target, what, advice)
    except OSError as error:
        raise CannotBackUp(target, reason(error), "请检查文件夹、权限与磁盘空间") from error


def _public(address: URL) -> str:
    """The address as libpq spells it, without the password."""
    plain = address._replace(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)

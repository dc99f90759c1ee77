"""Files that come to be whole or not at all, and that nobody else may read."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from distribution.errors import DistributionError


class CannotBackUp(DistributionError):
    """Raised where no copy could be made; nothing is left of it."""

    exit_code = 1

    def __init__(self, target: Path, reason: str, advice: str) -> None:
        self.target, self.reason = target, reason
        super().__init__(f"没有做成备份 {target}（{reason}）：{advice}")


class CannotRestore(DistributionError):
    """Raised where a copy was not put back; nothing was changed."""

    exit_code = 1

    def __init__(self, source: Path, reason: str, advice: str) -> None:
        self.source, self.reason = source, reason
        super().__init__(f"没有恢复 {source}（{reason}）：{advice}")


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """An empty file of ours alone, which gets its name when the block ends well.

    Raises CannotBackUp where the name is taken or there is no such folder, and OSError.
    """
    if os.path.lexists(target):
        raise CannotBackUp(target, "已有这个文件", "请另取一个名字，例如带上日期")
    if not target.parent.is_dir():
        raise CannotBackUp(target, f"没有文件夹 {target.parent}", "请先建立")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield draft
        sync(draft)
        _name(draft, target)
    finally:
        for left in (draft, *(beside(draft, end) for end in ("-wal", "-shm", "-journal"))):
            with suppress(OSError):
                left.unlink()
    sync(target.parent)


def _name(draft: Path, target: Path) -> None:
    """Give a file its name, which is nobody's yet; a memory stick knows no second names."""
    try:
        os.link(draft, target)  # atomic, and never replaces
    except FileExistsError:
        raise
    except OSError:
        target.touch(mode=0o600, exist_ok=False)  # ours from here on
        draft.replace(target)


def beside(path: Path, ending: str) -> Path:
    """A file that SQLite keeps beside its database."""
    return path.with_name(path.name + ending)


def sync(path: Path) -> None:
    """Let a file, or what stands in a folder, outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

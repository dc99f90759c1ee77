"""Files in TOML that an installation may have of its own: read up to a size, refused in words."""

import errno
import re
import tomllib
from pathlib import Path
from typing import Any

from distribution.errors import DistributionError

_LINE = re.compile(r"at line (\d+)")
_REASONS = {
    errno.ENOENT: "没有这个文件",
    errno.EISDIR: "是文件夹",
    errno.ENOTDIR: "路径中间有一处不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只能读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.ENAMETOOLONG: "名称太长",
}


class UnusableFile(DistributionError):
    """Raised for what is wrong with a file as a whole, and what to do; which file says the caller.

    No part of the file is in it: there may be passwords.
    """


def read_toml(path: Path, most_bytes: int) -> dict[str, Any]:
    """The content of a file; raises UnusableFile."""
    try:
        return tomllib.loads(read_bytes(path, most_bytes).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnusableFile("不是 UTF-8 文字，请另存为 UTF-8") from None
    except (ValueError, RecursionError) as error:  # also of a number of thousands of digits
        line = _LINE.search(str(error))
        where = f"第 {line.group(1)} 行" if line else "文件末尾或括号"
        raise UnusableFile(f"{where}不合 TOML 的写法，请改正") from None


def read_bytes(path: Path, most: int) -> bytes:
    """A file that is not longer than that; raises UnusableFile."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise UnusableFile(f"读不了（{reason(error)}），请检查路径与权限") from error
    if len(data) > most:
        raise UnusableFile(f"超过 {most // 1024} KiB，请精简")
    return data


def reason(error: OSError) -> str:
    """What the system said, in Chinese where it is one of the usual things.

    >>> reason(IsADirectoryError(errno.EISDIR, "Is a directory"))
    '是文件夹'
    """
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)

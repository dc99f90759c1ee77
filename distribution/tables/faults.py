"""What can be wrong with a table file: each a sentence that says what it is and what to do."""

import errno
from collections.abc import Sequence
from pathlib import Path

from distribution.errors import DistributionError

SAVE_AGAIN = "请用 Excel 或 WPS 打开，另存为新的 .xlsx 再试"
SAVE_AS_CSV = "请在 Excel 或 WPS 中另存为 CSV UTF-8 再试"

_CAUSES = {
    errno.ENOENT: ("没有这个文件或文件夹", "请检查路径"),
    errno.ENOTDIR: ("没有这个文件或文件夹", "请检查路径"),
    errno.EISDIR: ("这是一个文件夹", "请写出其中一个文件"),
    errno.EACCES: ("没有权限，或文件正被其他程序打开", "请关闭其他程序或换一个位置"),
    errno.EPERM: ("没有权限，或文件正被其他程序打开", "请关闭其他程序或换一个位置"),
    errno.EROFS: ("那里只能读，不能写", "请换一个位置"),
    errno.ENOSPC: ("磁盘已满", "请腾出空间再试"),
    errno.EDQUOT: ("磁盘空间的限额已满", "请腾出空间再试"),
    errno.EFBIG: ("文件超过了系统允许的大小", "请换一个位置再试"),
    errno.ENAMETOOLONG: ("文件名太长", "请改短文件名"),
}


class UnreadableTable(DistributionError):
    """Raised when a file gives no table; `reason` and `remedy` are parts of the sentence."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        self.name, self.reason, self.remedy = name, reason, remedy
        super().__init__(f"无法读取表格文件 {name}：{reason}；{remedy}。")


class UnknownSheet(DistributionError):
    """Raised when a workbook has no sheet of the name asked for; `known` are those it has."""

    def __init__(self, name: str, sheet: str, known: Sequence[str]) -> None:
        self.name, self.sheet, self.known = name, sheet, tuple(known)
        there = "、".join(f"「{one}」" for one in known)
        super().__init__(f"{name} 中没有工作表「{sheet}」：请写 {there} 之一。")


class UnwritableTable(DistributionError):
    """Raised when a table cannot be written; whatever stood at its path before still does."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        self.name, self.reason, self.remedy = name, reason, remedy
        super().__init__(f"无法写入表格文件 {name}：{reason}；{remedy}。")


def unreadable(path: Path, error: OSError) -> UnreadableTable:
    return UnreadableTable(str(path), *_cause(error))


def unwritable(path: Path, error: OSError) -> UnwritableTable:
    return UnwritableTable(str(path), *_cause(error))


def _cause(error: OSError) -> tuple[str, str]:
    cause = _CAUSES.get(error.errno or 0)
    return cause or (f"系统拒绝了（{error.strerror or error}）", "请换一个位置再试")

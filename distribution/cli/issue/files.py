"""What an editor hands in: a file, or a folder with one file per article."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from distribution.cli.chinese import why
from distribution.compiler import Source, UnreadableIssue
from distribution.errors import DistributionError

MOST_BYTES = 64 * 1024 * 1024 + 1
"""Read of a file: more than any issue has, less than a machine's memory."""
MOST_FILES = 200
EXTENSIONS = (".docx", ".doc", ".wps", ".pdf", ".txt", ".text", ".md", ".markdown")


class CannotRead(DistributionError):
    """Raised for a file the system does not give."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        super().__init__(f"读不了文件 {path}（{why(error)}）：请检查文件与权限")


def sources_of(path: Path) -> list[Source]:
    """The file, or the folder's files by name; raises CannotRead, or UnreadableIssue for none."""
    try:
        if not path.is_dir():
            return [_read(path)]
        files = sorted(_files_of_issue(path))
        if not files:
            wanted = "、".join(EXTENSIONS)
            raise UnreadableIssue(str(path), "文件夹里没有文章", f"请放入 {wanted} 文件")
        if len(files) > MOST_FILES:
            reason = f"文件夹里有 {len(files)} 个文件，最多 {MOST_FILES} 个"
            raise UnreadableIssue(path.name, reason, "请只放一期的文章和目录")
        sources, total = [], 0
        for file in files:
            sources.append(_read(file))
            total += len(sources[-1].data)
            if total >= MOST_BYTES:
                reason = f"文件夹里的文件共超过 {MOST_BYTES // 1024 // 1024} MB"
                raise UnreadableIssue(path.name, reason, "请压缩其中的图片")
    except OSError as error:
        raise CannotRead(path, error) from error
    return sources


def left_out(path: Path) -> list[str]:
    """What lies in a folder and is not read: pictures, sheets, folders, by name."""
    if not path.is_dir():
        return []
    read = set(_files_of_issue(path))
    return sorted(one.name for one in path.iterdir() if one not in read and not _is_litter(one))


def bytes_of(sources: Sequence[Source]) -> bytes:
    """What stands for the sources when they are told apart: of several their names and hashes."""
    if len(sources) == 1:
        return sources[0].data
    lines = (f"{sha256(source.data).hexdigest()}  {source.name}" for source in sources)
    return "\n".join(lines).encode()


def _files_of_issue(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.suffix.lower() in EXTENSIONS and not _is_litter(path) and path.is_file():
            yield path


def _is_litter(path: Path) -> bool:
    """What programmes leave behind: hidden files, locks such as ~$目录.docx, caches of pictures."""
    return path.name.startswith((".", "~")) or path.name.lower() in ("thumbs.db", "desktop.ini")


def _read(path: Path) -> Source:
    with path.open("rb") as opened:
        return Source(path.name, opened.read(MOST_BYTES))

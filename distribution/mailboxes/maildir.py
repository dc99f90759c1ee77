"""A Maildir: a folder into which a mail system puts each mail as a file of its own."""

import logging
import os
import re
import stat
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from distribution.mailboxes.files import MOST_BYTES
from distribution.mailboxes.mailbox import CannotFile, Filing, Survey, UnusableMailbox

log = logging.getLogger(__name__)

_SEEN, _FLAGGED = "S", "F"
_FLAGS = ":2,"
_TIME = re.compile(r"(\d{1,12})\.(?:M(\d{1,6})(?!\d))?", re.ASCII)
_complained: set[Path] = set()  # each unreadable file is named once in the life of a process
_stuck: set[Path] = set()  # what could not be moved is not read again and again by this process


@dataclass(frozen=True, slots=True)
class MaildirMail:
    """A mail in a Maildir."""

    raw: bytes
    path: Path

    def filed(self, where: Filing) -> None:
        """Move it to those that have been seen; if it is gone meanwhile, so be it.

        What a person should look at is flagged.
        """
        base, _, flags = self.path.name.partition(_FLAGS)
        more = _SEEN if where is Filing.PROCESSED else _SEEN + _FLAGGED
        name = base + _FLAGS + "".join(sorted({*flags, *more}))
        try:
            self.path.rename(self.path.parents[1] / "cur" / name)
        except FileNotFoundError:
            return  # moved by another program: it comes again, and is known
        except OSError as error:
            _stuck.add(self.path)
            raise CannotFile(_sentence(self.path.parents[1], _why(error))) from error


class Maildir:
    """A mailbox in a folder with `new` and `cur`; what lies in `tmp` is still being written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        """The folder."""
        return f"Maildir {self._folder}"

    def survey(self) -> Survey:
        """How many mails nobody has seen."""
        return Survey(len(self._unseen()))

    def waiting(self, limit: int) -> Generator[MaildirMail, None, None]:
        """The mails that nobody has seen, the oldest first.

        They are read one by one, when the iterator comes to them. A file that cannot be read is
        passed over and does not count.
        """
        return self._read(self._unseen(), limit)

    def _unseen(self) -> list[Path]:
        """What waits, in `new` or moved to `cur` by another program without being seen."""
        found: list[tuple[tuple[int, int, str], Path]] = []
        for name in ("new", "cur"):
            folder = self._folder / name
            try:
                with os.scandir(folder) as entries:
                    found += [
                        (key, Path(entry.path))
                        for entry in entries
                        if (key := _waits(entry, seen_counts=name == "cur")) is not None
                        and Path(entry.path) not in _stuck
                    ]
            except OSError as error:
                raise _unusable(self._folder, self._why_not(error)) from error
        return [path for _, path in sorted(found)]

    def _why_not(self, error: OSError) -> str:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            if not self._folder.exists():
                return "没有这个文件夹"
            if not self._folder.is_dir():
                return "它不是文件夹"
            return "它不是 Maildir，其中应有 new 与 cur 两个文件夹"
        return _why(error)

    def _read(self, paths: list[Path], limit: int) -> Generator[MaildirMail, None, None]:
        given = 0
        for path in paths:
            if given == limit:
                return
            raw = _bytes_of(path)
            if raw is not None:
                given += 1
                yield MaildirMail(raw, path)


def _waits(entry: os.DirEntry[str], *, seen_counts: bool) -> tuple[int, int, str] | None:
    """Where a mail stands in the queue; None for what is no mail, or a mail somebody has seen."""
    if entry.name.startswith("."):
        return None
    if seen_counts and _SEEN in entry.name.partition(_FLAGS)[2]:
        return None
    try:
        facts = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # taken away meanwhile
        return None
    if not stat.S_ISREG(facts.st_mode):
        return None
    told = _TIME.match(entry.name)
    if told is None:
        return (int(facts.st_mtime), 0, entry.name)
    return (int(told.group(1)), int(told.group(2) or 0), entry.name)


def _bytes_of(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except FileNotFoundError:  # taken away meanwhile
        return None
    except OSError as error:
        if path not in _complained:
            _complained.add(path)
            log.warning("cannot read the returned mail %r: %s", path.name, error.strerror)
        return None


def _unusable(folder: Path, why: str) -> UnusableMailbox:
    return UnusableMailbox(_sentence(folder, why))


def _sentence(folder: Path, why: str) -> str:
    return f"收退信的文件夹 {folder} 不能用（{why}）：请检查设置 bounce_maildir"


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "没有权限"
    return error.strerror or type(error).__name__

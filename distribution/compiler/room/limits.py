"""What the process may use and touch: memory, time, and no socket, process or foreign file.

The limits are the system's (setrlimit), so a library written in C keeps them too; the audit hook
(PEP 578) refuses what Python code would do at an attacker's bidding.
"""

import contextlib
import os
import resource
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

_DESCRIPTORS = 64
_FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn",
    "os.system", "os.startfile", "os.kill", "os.remove", "os.rename", "os.rmdir", "os.mkdir",
    "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.putenv", "pty.", "shutil.",
    "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "telnetlib.", "webbrowser.",
)  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one reading."""

    memory_bytes: int
    """Address space, the interpreter's own included."""
    time: timedelta
    """On the wall and of the processor, the start included."""


OUT_OF_MEMORY = 3
"""The exit code that says so; whatever else goes wrong leaves a traceback and exit code 1."""

LIMITS = Limits(512 * 1024 * 1024, timedelta(seconds=20))


def lock(memory_bytes: int, cpu_seconds: int) -> None:
    """Close this process for good: nothing that follows can undo it."""
    ceilings = (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),  # SIGXCPU, and a second later SIGKILL
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS, _DESCRIPTORS),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for kind, soft, hard in ceilings:
        with contextlib.suppress(ValueError, OSError):  # one that this system does not keep
            resource.setrlimit(kind, (soft, hard))
    readable = tuple(_folders_of_modules())

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_FORBIDDEN) or (event == "open" and _is_foreign(arguments, readable)):
            raise PermissionError(f"the reader of files may not: {event}")

    sys.addaudithook(refuse)


def _folders_of_modules() -> Iterable[str]:
    """Where modules lie that are still to be imported."""
    for folder in (*sys.path, sys.prefix, sys.base_prefix):
        if folder:
            yield os.path.realpath(folder) + os.sep


def _is_foreign(arguments: tuple[object, ...], readable: tuple[str, ...]) -> bool:
    """Whether the file is none of Python's own, or is to be written; `arguments` as PEP 578 says.

    A number is a file that is open already.
    """
    path, _, flags = arguments
    if isinstance(path, int):
        return False
    if not isinstance(path, str | bytes) or (isinstance(flags, int) and flags & _WRITES):
        return True
    return not os.path.realpath(os.fsdecode(path)).startswith(readable)

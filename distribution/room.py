"""A locked room: a process of its own for work on what strangers wrote, with little it may touch.

The limits are the system's (setrlimit), so a library written in C keeps them too; the audit hook
(PEP 578) refuses what Python code would do at an attacker's bidding.
"""

import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

_DESCRIPTORS = 64
_FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn",
    "os.system", "os.startfile", "os.kill", "os.remove", "os.rename", "os.rmdir", "os.mkdir",
    "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.putenv", "pty.", "shutil.",
    "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "telnetlib.", "webbrowser.",
)  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Without these some installations of Python do not start; nothing else of ours is handed in."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one piece of work."""

    memory_bytes: int
    """Address space, the interpreter's own included."""
    time: timedelta
    """On the wall and of the processor, the start included."""


OUT_OF_MEMORY = 3
"""The exit code that says so; whatever else goes wrong leaves a traceback and exit code 1."""


class Ending(Enum):
    """How a process in the room failed."""

    OUT_OF_MEMORY = auto()
    OUT_OF_TIME = auto()
    CRASHED = auto()
    """By a signal; the detail is its number."""
    FAULTY = auto()
    """A fault of ours; the detail is the last line of its traceback."""


class RoomFailed(Exception):
    """Raised when the room gave no answer."""

    def __init__(self, ending: Ending, detail: str = "") -> None:
        self.ending, self.detail = ending, detail
        super().__init__(ending, detail)


def work_apart(module: str, order: bytes, time: timedelta) -> "subprocess.CompletedProcess[bytes]":
    """Hand an order to a module's process and wait so long; RoomFailed when it takes longer.

    The module has to `lock` itself in; `answer_of` tells what it answered.
    """
    try:
        return subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-s", "-m", module],
            input=order,
            capture_output=True,
            timeout=time.total_seconds(),
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RoomFailed(Ending.OUT_OF_TIME) from error


def answer_of(done: "subprocess.CompletedProcess[bytes]") -> bytes:
    """What the process wrote, or RoomFailed."""
    last_line = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    # Killed: the system chose the process when no memory was left.
    if done.returncode in (OUT_OF_MEMORY, -signal.SIGKILL) or last_line.startswith("MemoryError"):
        raise RoomFailed(Ending.OUT_OF_MEMORY)
    if done.returncode == -signal.SIGXCPU:
        raise RoomFailed(Ending.OUT_OF_TIME)
    if done.returncode < 0:
        raise RoomFailed(Ending.CRASHED, str(-done.returncode))
    if done.returncode:
        raise RoomFailed(Ending.FAULTY, last_line)
    return done.stdout


def _environment() -> dict[str, str]:
    """Our modules are found again; our secrets stay outside."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def limit(memory_bytes: int, cpu_seconds: int, *, file_bytes: int) -> None:
    """Set ceilings to this process: address space, processor time, the size of files it writes."""
    _set(resource.RLIMIT_AS, memory_bytes, memory_bytes)
    _set(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)  # SIGXCPU, a second later SIGKILL
    _set(resource.RLIMIT_FSIZE, file_bytes, file_bytes)
    _set(resource.RLIMIT_CORE, 0, 0)


def _set(kind: int, soft: int, hard: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # one that this system does not keep
        resource.setrlimit(kind, (soft, hard))


def lock(memory_bytes: int, cpu_seconds: int) -> None:
    """Close this process for good: nothing that follows can undo it."""
    limit(memory_bytes, cpu_seconds, file_bytes=0)
    _set(resource.RLIMIT_NOFILE, _DESCRIPTORS, _DESCRIPTORS)
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

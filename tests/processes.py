"""Programmes in processes of their own, and the patience to wait for what they do."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import forks

PROGRAMME = str(Path(sys.executable).with_name("distribution"))
DRAMATIQ = str(Path(sys.executable).with_name("dramatiq"))
PATIENCE = 90
"""For a busy machine, not a measure: what has not come after so many seconds never comes."""

QUICK = {"dramatiq_worker_timeout": "200"}
"""Dramatiq's own setting, in milliseconds: how soon an idle thread sees that it is to stop."""


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that must happen."""
    patience = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < patience, f"in vain: {what}"
        time.sleep(0.05)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def with_path(environ: Mapping[str, str], **more: str) -> dict[str, str]:
    """These settings, where programmes are found, and nothing else of ours."""
    return {"PATH": os.environ["PATH"], **environ, **more}


def run(
    environ: Mapping[str, str], *words: str, given: bytes = b""
) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end, in a process that has loaded the programme already.

    Loading it takes a second, most of what a command takes; `start` does that, too. What is `given`
    is its standard input.
    """
    with TemporaryDirectory() as folder:
        streams = tuple(Path(folder, name) for name in ("given", "out", "err"))
        streams[0].write_bytes(given)
        with forks.working(_command, with_path(environ), words, streams) as process:
            process.join(120)
            code = process.exitcode
        assert code is not None, f"{words} does not end"
        said = (file.read_text(encoding="utf-8") for file in streams[1:])
        return subprocess.CompletedProcess([PROGRAMME, *words], code, *said)


def _command(
    environ: Mapping[str, str], words: tuple[str, ...], streams: tuple[Path, Path, Path]
) -> None:
    os.environ.clear()
    os.environ.update(environ)
    os.setsid()
    for stream, file in enumerate(streams):
        opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    sys.stdin = os.fdopen(0, encoding="utf-8")  # its first one is closed
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    sys.argv = [PROGRAMME, *words]
    from distribution.cli import main

    sys.exit(main())


def start(environ: Mapping[str, str], *words: str) -> "subprocess.Popen[bytes]":
    """A command that goes on by itself, unheard, in a group of its own with its children."""
    return subprocess.Popen(
        [PROGRAMME, *words],
        env=with_path(environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end(process: "subprocess.Popen[bytes]") -> None:
    """Strike the whole group, as a machine that loses its power does."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


@dataclass
class Programme:
    """A programme that runs, and what it has said."""

    process: "subprocess.Popen[bytes]"
    said: Path

    @property
    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def says(self, words: str) -> None:
        """Wait until it does."""
        until(lambda: words in self.words, f"{words!r} in {self.words!r}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; gives its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@contextmanager
def running(environ: Mapping[str, str], folder: Path, *words: str) -> Iterator[Programme]:
    """Run a programme beside the block, in a folder where nothing of ours lies."""
    said = folder / f"said-{len(list(folder.iterdir()))}"
    with said.open("wb") as log:
        process = subprocess.Popen(
            words,
            env=with_path(QUICK | dict(environ)),
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    started = Programme(process, said)
    try:
        yield started
        assert "Traceback" not in started.words
    except BaseException:
        sys.stderr.write(started.words)  # shown with the failure
        raise
    finally:
        end(process)

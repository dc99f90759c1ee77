"""A relay's log in systemd's journal, read with `journalctl` from one cursor to the next."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from distribution.transports.relay_log import Reading

_MOST = 20_000
"""Entries read at a time."""
_MAIL = ("SYSLOG_FACILITY=2", "+", "_COMM=systemd-journald")
"""What Postfix says, and whether the journal has dropped some of it."""
_SUPPRESSED = "Suppressed "


def read_journal(place: dict[str, Any], most: int = _MOST) -> Reading:
    """As `relay_log.read_file`; raises OSError where there is no journal to be read."""
    cursor = place.get("cursor")
    if cursor is None:
        entries = _ask("--lines=1")
        last = entries[-1]["__CURSOR"] if entries else ""
        return Reading(b"", {"cursor": last} if last else {}, "first", at_end=True)
    entries = _ask(f"--cursor={cursor}", most=most)
    if not entries or entries[0]["__CURSOR"] != cursor:
        return Reading(b"", {}, "lost")  # the journal does not reach back to it any more
    news = entries[1:]
    lines = b"".join(map(line_of, news))
    dropped = any(is_drop(entry) for entry in news)
    place = {"cursor": entries[-1]["__CURSOR"]}
    return Reading(lines, place, "dropped" if dropped else "", at_end=len(entries) < most)


def line_of(entry: dict[str, Any]) -> bytes:
    r"""An entry as a file would have it; empty for what is no programme of Postfix.

    >>> line_of({"MESSAGE": "4XyZ1: removed", "SYSLOG_IDENTIFIER": "postfix/qmgr", "_PID": "9",
    ...          "_HOSTNAME": "mx", "__REALTIME_TIMESTAMP": "1796086801000000"})
    b'2026-12-01T01:00:01+00:00 mx postfix/qmgr[9]: 4XyZ1: removed\n'
    """
    said = entry.get("MESSAGE")
    if isinstance(said, list):  # what is not UTF-8 comes as numbers
        said = bytes(said).decode(errors="replace")
    name = str(entry.get("SYSLOG_IDENTIFIER", ""))
    if not isinstance(said, str) or "/" not in name:
        return b""
    at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1_000_000, UTC)
    process = entry.get("SYSLOG_PID") or entry.get("_PID", "0")
    host = entry.get("_HOSTNAME", "localhost")
    said = " ".join(said.splitlines())
    return f"{at.isoformat()} {host} {name}[{process}]: {said}\n".encode(errors="replace")


def is_drop(entry: dict[str, Any]) -> bool:
    """Whether the journal tells that it has dropped entries for being too many."""
    return entry.get("SYSLOG_IDENTIFIER") == "systemd-journald" and str(
        entry.get("MESSAGE", "")
    ).startswith(_SUPPRESSED)


def _ask(*options: str, most: int = 1) -> list[dict[str, Any]]:
    """The first entries; older versions of journalctl can only count from the end."""
    programme = shutil.which("journalctl")
    if programme is None:
        raise FileNotFoundError("没有 journalctl")
    command = [programme, "--output=json", "--no-pager", "--quiet", "--all", *options, *_MAIL]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:  # noqa: S603 - our own words
        assert running.stdout is not None  # noqa: S101 - a fact for mypy
        lines = list(islice(running.stdout, most))
        enough = len(lines) == most
        running.terminate()
    if running.returncode and not enough and not lines:
        raise OSError("journalctl 没有给出结果")
    return [json.loads(line) for line in lines]

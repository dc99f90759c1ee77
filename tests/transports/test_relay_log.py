"""A log that grows, is rotated, cut, lost: everything is read once, and every gap is told."""

import gzip
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from distribution.transports import Reading, read_file, read_journal
from distribution.transports import relay_journal as journal


class Log:
    """A log, and somebody who reads it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "mail.log"
        self.path.write_bytes(b"")
        self.place: dict[str, Any] = {}

    def write(self, text: str, name: str = "mail.log") -> None:
        with self.path.with_name(name).open("a", encoding="utf-8") as file:
            file.write(text)

    def rotate(self, to: str = "mail.log.1") -> None:
        self.path.rename(self.path.with_name(to))
        self.path.touch()

    def read(self, most: int = 4096) -> Reading:
        reading = read_file(self.path, self.place, most)
        self.place = reading.place
        return reading

    def all(self, most: int = 4096) -> tuple[str, list[str]]:
        """Everything up to the end, and the gaps on the way."""
        lines, gaps = b"", []
        while True:
            reading = self.read(most)
            lines += reading.lines
            gaps += [reading.gap] if reading.gap else []
            if reading.at_end:
                return lines.decode(), gaps


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """One that has been read once."""
    begun = Log(tmp_path)
    begun.write("0\n")
    assert begun.all() == ("0\n", ["first"])
    return begun


def test_what_is_added_is_read_once(log: Log) -> None:
    log.write("a\nb\n")
    assert log.all() == ("a\nb\n", [])
    assert log.all() == ("", [])


def test_a_line_waits_for_its_end(log: Log) -> None:
    log.write("a\nhal")
    assert log.all() == ("a\n", [])
    log.write("f\n")
    assert log.all() == ("half\n", [])


def test_blocks_end_with_whole_lines(log: Log) -> None:
    log.write("".join(f"line {number}\n" for number in range(100)))
    text, gaps = log.all(most=50)
    assert text.split("\n")[:-1] == [f"line {number}" for number in range(100)]
    assert gaps == []


def test_a_line_longer_than_a_block_is_passed_over(log: Log) -> None:
    log.write("x" * 130 + "\nb\n")
    text, gaps = log.all(most=50)
    assert text.endswith("\nb\n")
    assert gaps == []


def test_a_renamed_log_is_read_to_its_end_first(log: Log) -> None:
    log.write("a\n")
    log.rotate()
    assert log.all() == ("a\n", [])
    log.write("late\n", "mail.log.1")  # the writer has not been told yet
    assert log.all() == ("late\n", [])
    log.write("later\n", "mail.log.1")
    log.write("new\n")
    assert log.all() == ("later\nnew\n", [])


def test_a_log_that_is_not_made_anew_at_once_is_no_gap(log: Log) -> None:
    log.write("a\n")
    log.path.rename(log.path.with_name("mail.log-20261201"))
    assert log.all() == ("a\n", [])
    log.write("new\n")
    assert log.all() == ("new\n", [])


def test_a_compressed_log_is_read_to_its_end_first(log: Log) -> None:
    log.write("a\n")
    log.rotate()
    old = log.path.with_name("mail.log.1")
    with gzip.open(f"{old}.gz", "wb") as packed:
        packed.write(old.read_bytes())
    old.unlink()
    log.write("new\n")
    assert log.all() == ("a\nnew\n", [])


def test_a_folder_beside_the_log_is_no_log(log: Log) -> None:
    log.write("a\n")
    log.rotate()
    log.path.with_name("mail.log.d").mkdir()
    log.write("new\n")
    assert log.all() == ("a\nnew\n", [])


def test_two_rotations_since_are_a_gap(log: Log) -> None:
    log.write("a\n")
    log.path.rename(log.path.with_name("mail.log.2"))
    log.write("between\n", "mail.log.1")
    os.utime(log.path.with_name("mail.log.2"), (1, 1))
    log.write("new\n")
    assert log.all() == ("a\nnew\n", ["rotated"])


def test_a_log_copied_and_emptied_is_a_gap_whose_copy_is_read(log: Log) -> None:
    log.write("a\n")
    shutil.copy(log.path, log.path.with_name("mail.log.1"))
    os.truncate(log.path, 0)
    log.write("new\n")
    text, gaps = log.all()
    assert text == "a\nnew\n"
    assert set(gaps) == {"cut"}


def test_a_log_cut_short_is_a_gap(log: Log) -> None:
    log.write("a\n")
    log.all()
    os.truncate(log.path, 0)
    assert log.all() == ("", ["cut"])


def test_a_log_cut_short_and_grown_again_is_a_gap(log: Log) -> None:
    log.write("a\n" * 10)
    log.all()
    os.truncate(log.path, 0)
    log.write("b\n" * 100)
    assert log.all() == ("b\n" * 100, ["cut"])


def test_an_empty_log_is_not_known_again(log: Log) -> None:
    os.truncate(log.path, 0)
    assert log.all() == ("", ["cut"])
    log.write("filled and emptied\n")
    os.truncate(log.path, 0)
    log.write("a\n")
    assert log.all() == ("a\n", ["first"])
    log.write("b\n")
    assert log.all() == ("b\n", [])


def test_half_a_line_does_not_end_the_log_before(log: Log) -> None:
    log.rotate()
    log.write("ne")
    assert log.all() == ("", [])
    log.write("w\n")
    assert log.all() == ("new\n", [])


def test_a_log_that_vanished_is_a_gap_and_another_one_begins_anew(log: Log) -> None:
    log.path.unlink()
    assert log.all() == ("", ["missing"])
    assert log.place == {}
    log.write("new\n")
    assert log.all() == ("new\n", ["first"])


def test_a_log_replaced_by_another_file_is_a_gap(log: Log) -> None:
    kept = log.path.with_name("elsewhere")
    log.path.rename(kept)  # its inode stays in use
    log.write("new\n")
    assert log.all() == ("new\n", ["lost"])


def test_a_log_that_cannot_be_read_now_loses_nothing(log: Log) -> None:
    log.write("a\n")
    hidden = log.path.with_name("hidden")
    log.path.rename(hidden)
    log.path.mkdir()
    with pytest.raises(OSError, match="directory"):
        read_file(log.path, {**log.place, "inode": log.path.stat().st_ino})
    log.path.rmdir()
    hidden.rename(log.path)
    assert log.all() == ("a\n", [])


# -- the journal --------------------------------------------------------------------------------

ENTRY = (
    '{{"__CURSOR":"c{n}","__REALTIME_TIMESTAMP":"1796086801000000","_HOSTNAME":"mx","_PID":"9",'
    '"SYSLOG_IDENTIFIER":"{name}","MESSAGE":"{said}"}}'
)


@pytest.fixture
def entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The entries a journalctl of the test's own gives, from the cursor that is asked for."""
    kept = tmp_path / "entries"
    script = tmp_path / "journalctl"
    script.write_text(
        f"""#!/bin/sh
for word in "$@"; do case "$word" in
    --cursor=*) sed -n "/\\"${{word#--cursor=}}\\"/,\\$p" {kept}; exit;;
    --lines=1) tail -n 1 {kept}; exit;;
esac; done
""",
        encoding="utf-8",
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    kept.write_text(ENTRY.format(n=0, name="postfix/qmgr", said="begin") + "\n", encoding="utf-8")
    return kept


def add(kept: Path, number: int, said: str, name: str = "postfix/qmgr") -> None:
    with kept.open("a", encoding="utf-8") as file:
        file.write(ENTRY.format(n=number, name=name, said=said) + "\n")


def test_the_journal_is_read_on_from_its_cursor(entries: Path) -> None:
    first = read_journal({})
    assert (first.lines, first.gap, first.place) == (b"", "first", {"cursor": "c0"})
    add(entries, 1, "4XyZ1: removed")
    add(entries, 2, "other", name="cron")
    reading = read_journal(first.place)
    expected = b"2026-12-01T01:00:01+00:00 mx postfix/qmgr[9]: 4XyZ1: removed\n"
    assert (reading.lines, reading.gap, reading.at_end) == (expected, "", True)
    assert read_journal(reading.place).lines == b""


def test_the_journal_is_read_in_pieces(entries: Path) -> None:
    place = read_journal({}).place
    for number in range(1, 6):
        add(entries, number, f"line {number}")
    reading = read_journal(place, most=3)
    assert (reading.lines.count(b"\n"), reading.at_end) == (2, False)
    assert read_journal(reading.place, most=10).lines.count(b"\n") == 3


def test_a_journal_that_does_not_reach_back_is_a_gap(entries: Path) -> None:
    place = read_journal({}).place
    entries.write_text("", encoding="utf-8")
    add(entries, 7, "new")
    assert read_journal(place).gap == "lost"


def test_entries_the_journal_dropped_are_a_gap(entries: Path) -> None:
    place = read_journal({}).place
    add(entries, 1, "Suppressed 312 messages from postfix.service", name="systemd-journald")
    assert read_journal(place).gap == "dropped"


def test_no_journal_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="没有 journalctl"):
        read_journal({})


def test_what_is_not_utf_8_comes_as_numbers() -> None:
    entry = {"MESSAGE": [52, 255, 10, 88], "SYSLOG_IDENTIFIER": "postfix/smtpd", "_PID": "1"}
    line = journal.line_of({**entry, "__REALTIME_TIMESTAMP": "0"})
    assert line.count(b"\n") == 1

"""The installed programme itself: terminals, pipes, locales, closed streams, signals."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_office import MORNING, programme
from databases import only_sqlite
from processes import PATIENCE, PROGRAMME, with_path
from runs import add_reader, approve, plan

from distribution.app import App

COLUMNS = 80


@pytest.fixture
def many(app: App) -> int:
    """Enough contacts to fill a pipe."""
    add_readers(app, 800)
    return 800


def add_readers(app: App, count: int) -> None:
    with app.transaction() as session:
        for number in range(count):
            email = f"someone.with.a.long.address.{number}@sanjin.example"
            add_reader(session, app, email, MORNING, name=f"第 {number} 位")


def on_terminal(environ: dict[str, str], *arguments: str) -> str:
    """What a person sees on a terminal of eighty columns."""
    controller, terminal = pty.openpty()
    child = subprocess.Popen(
        [PROGRAMME, *arguments],
        env=with_path(environ, TERM="xterm", COLUMNS=str(COLUMNS)),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    seen = b""
    while chunk := _read(controller):
        seen += chunk
    os.close(controller)
    assert child.wait(PATIENCE) == 0, seen.decode()
    return seen.decode().replace("\r\n", "\n")


def _read(controller: int) -> bytes:
    try:
        return os.read(controller, 65536)
    except OSError:  # Linux's way to say that the other side is gone
        return b""


@only_sqlite
@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_a_reader_of_the_pipe_that_leaves_early_causes_no_traceback(
    environment: dict[str, str], many: int, extra: list[str]
) -> None:
    child = subprocess.Popen(
        [PROGRAMME, "subscriber", "list", "--limit", str(many), *extra],
        env=with_path(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()

    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait(PATIENCE) == 1


@only_sqlite
@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_a_full_disk_is_said_in_a_sentence(environment: dict[str, str], extra: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAMME, "topic", "list", *extra],
            env=with_path(environment),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr == "distribution: 写不进去（磁盘已满）：请腾出空间后重试\n"


@only_sqlite
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_harm_nothing(environment: dict[str, str], closed: str) -> None:
    for words, code in (("topic list --json", 0), ("topic lst", 2)):
        done = subprocess.run(
            ["sh", "-c", f"{PROGRAMME} {words} {closed}"],
            env=with_path(environment),
            capture_output=True,
            check=False,
        )
        assert done.returncode == code
        assert b"Traceback" not in done.stderr


@only_sqlite
@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "gb2312"},
    ],
)
def test_json_is_utf8_in_any_locale(environment: dict[str, str], locale: dict[str, str]) -> None:
    done = subprocess.run(
        [PROGRAMME, "topic", "list", "--json"],
        env=with_path(environment, **locale),
        capture_output=True,
        check=True,
    )

    assert "政策措施" in [topic["name"] for topic in json.loads(done.stdout.decode("utf-8"))]


@only_sqlite
def test_a_character_the_terminal_lacks_is_spelled_out(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [PROGRAMME, "subscriber", "show", "𠮷@a.example"],
        env=with_path(environment, PYTHONIOENCODING="gb2312"),
        capture_output=True,
        check=False,
    )

    assert done.returncode == 2
    assert "没有订阅者 \\U00020bb7@a.example" in done.stderr.decode("gb2312")


@only_sqlite
def test_language_en_speaks_clicks_english(environment: dict[str, str]) -> None:
    done = programme(environment, "run", "start", LANGUAGE="en")

    assert done.code == 2
    assert done.err.startswith("Usage: distribution run start")
    assert "Error: Missing argument" in done.err


@only_sqlite
def test_an_issue_fits_a_terminal_of_eighty_columns(
    environment: dict[str, str], issue: str
) -> None:
    from rich.cells import cell_len
    from rich.text import Text

    lines = Text.from_ansi(on_terminal(environment, "issue", "show", issue)).plain.splitlines()

    assert max(cell_len(line) for line in lines) <= COLUMNS
    heading = next(line for line in lines if line.startswith("序"))
    assert heading.split() == ["序", "栏目", "标题", "主题", "日期", "段"]
    assert len(lines) < 29 * 3


@only_sqlite
def test_a_title_stands_on_a_line_of_its_own(environment: dict[str, str], issue: str) -> None:
    shown = programme(environment, "issue", "report", issue).out.splitlines()

    assert "27 篇有疑点" in shown


STARTING = """
import signal, sys
class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "{module}":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Impatient())
sys.argv = ["distribution", "topic", "list"]
from distribution.cli import main
main()
"""
"""The programme, interrupted while it loads a module."""


@only_sqlite
@pytest.mark.parametrize("module", ["distribution.errors", "click", "distribution.cli.root"])
def test_an_interrupt_before_the_command_has_begun_is_one_sentence(
    environment: dict[str, str], module: str
) -> None:
    stopped = subprocess.run(
        [sys.executable, "-c", STARTING.format(module=module)],
        env=with_path(environment),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (1, "", "已中止。\n")


SLOW = """
import os, signal, sys
from distribution.transports import Outbox
begin = Outbox.begin
count = 0
async def counted(self, envelope):
    global count
    count += 1
    if count == 40:
        os.kill(os.getpid(), signal.{signal})
    return await begin(self, envelope)
Outbox.begin = counted
sys.argv = ["distribution", "run", "start", "{run}"]
from distribution.cli import main
main()
"""
"""The programme, interrupted in the middle of its work."""


@pytest.mark.parametrize(
    ("environment", "name"),
    [("sqlite", "SIGINT"), ("postgresql", "SIGTERM")],
    indirect=["environment"],
)
def test_an_interrupted_run_says_how_to_go_on_and_goes_on(
    environment: dict[str, str], app: App, issue: str, name: str
) -> None:
    add_readers(app, 150)
    run = plan(app, approve(app, issue), MORNING)

    stopped = subprocess.run(
        [sys.executable, "-c", SLOW.format(signal=name, run=run)],
        env=with_path(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (stopped.returncode, stopped.stderr) == (-signal.Signals[name], "")  # a shell: 130, 143
    assert f"已停止，未投递的保留在账上。继续：distribution run start {run}" in stopped.stdout
    finished = programme(environment, "run", "start", str(run))
    assert (finished.code, finished.err) == (0, "")
    verified = programme(environment, "run", "verify", str(run), "--json").document
    assert (verified["mismatches"], verified["states"]["accepted"]) == ([], 150)

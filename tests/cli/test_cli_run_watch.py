"""`distribution run watch`: a picture, lines, a document."""

import os
import pty
import signal
import subprocess

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from processes import PATIENCE, PROGRAMME, with_path
from rich.cells import cell_len
from rich.console import Console
from run_desk import finished_run, planned_run, start
from runs import add_reader, approve, plan, relay_settings
from sink import Sink
from sqlalchemy import update

from distribution.app import App
from distribution.cli.run.picturing import pictured
from distribution.delivery import observing
from distribution.delivery.store import lanes
from distribution.models import Delivery, Run
from distribution.words import Cause, DeliveryState, Meaning, RunState

LANES = {"qq.com": 9, "163.com": 6, **{f"firm{n}.example": n for n in range(1, 9)}}


@pytest.fixture
def busy(app: App, issue: str) -> int:
    """A run in the middle of everything that can happen; its number."""
    with app.transaction() as session:
        for domain, count in LANES.items():
            for number in range(count):
                add_reader(session, app, f"r{number}@{domain}", MORNING)
    run_id = plan(app, approve(app, issue), MORNING)
    with app.transaction() as session:
        session.execute(update(Run).values(state=RunState.SENDING, started_at=MORNING))
        for number, state in enumerate(DeliveryState, start=1):
            failed = state is DeliveryState.FAILED
            facts = {"state": state, "cause": Cause.POLICY if failed else None}
            session.execute(update(Delivery).where(Delivery.id == number).values(facts))
        lanes.stop(session, "netease", by="test", meaning=Meaning.REPUTATION, words="550 spam")
    return run_id


@pytest.mark.parametrize("width", [80, 120])
def test_the_picture_fits_and_tells_all(app: App, busy: int, width: int) -> None:
    with app.reading() as session:
        view = observing.observe(session, busy, paced=True)
        screen = Console(width=width, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
        screen.print(pictured(view, halted=False, width=width))
    text = screen.export_text()
    screen.file.close()

    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= width
    for words in ("QQ 邮箱", "firm8.example", "其他（4 个域名）", "合计", "约剩 不详"):
        assert words in text
    assert "网易邮箱：已停止" in text
    assert "被拒：对方策略拒收 1" in text
    assert "已过期 1、已取消 1" in text
    assert ("下次重试" in text) == (width == 120)


def test_a_document_counts_what_the_picture_shows(office: Office, busy: int) -> None:
    document = office("run", "watch", str(busy), "--json").document

    total = sum(LANES.values())
    assert document["total"] == sum(one["total"] for one in document["lanes"]) == total
    assert document["states"] == {
        state.value: sum(one["states"][state.value] for one in document["lanes"])
        for state in DeliveryState
    }
    assert document["failed"] == {"policy": 1}
    others = document["lanes"][-1]
    assert (others["lane"], others["domains"], others["total"]) == (None, 4, 1 + 2 + 3 + 4)
    assert (document["seconds_left"], document["halted"]) == (None, False)
    assert next(one for one in document["lanes"] if one["lane"] == "netease")["stopped_at"]


def test_what_will_expire_is_said_when_it_is_planned_and_watched(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_TRANSPORT", "smtp")
    monkeypatch.setenv("DISTRIBUTION_EXPIRY_HOURS", "1")
    with app.transaction() as session:
        for number in range(4):
            add_reader(session, app, f"r{number}@163.com", MORNING)
        lanes.limit(session, "netease", (4, 1, 0))

    planned = office("run", "plan", approve(app, issue))

    line = (
        "到期前（1 小时）投不完：网易邮箱 4 封，每小时 3 封，至少需 1.3 小时，到期前约只能投 3 封"
    )
    assert line in planned.out
    assert line in office("run", "watch", "1", "--once").out.replace("\n", "")
    (short,) = office("run", "watch", "1", "--json").document["falling_short"]
    assert (short["lane"], short["takes_seconds"], short["in_time"]) == ("netease", 4800, 3)


@only_sqlite
def test_it_is_said_once_more_when_the_run_starts(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.transaction() as session:
        for number in range(3):
            add_reader(session, app, f"r{number}@163.com", MORNING)
        lanes.limit(session, "netease", (2, 1, 0))
    with Sink() as sink:
        for name, value in relay_settings(sink, expiry_hours=1).items():
            monkeypatch.setenv(name, value)
        office("run", "plan", approve(app, issue))
        started = start(office, "1")

    assert "到期前（1 小时）投不完：网易邮箱 3 封，每小时 1 封" in started
    assert len(sink.accepted) == 1


def test_what_was_cancelled_is_not_called_done(office: Office, app: App, issue: str) -> None:
    number = planned_run(office, app, issue)
    assert "：3 封投递，其中 3 封还没有结果。\n" in office("run", "verify", number).out
    office("run", "cancel", number, "--yes")

    (line,) = office("run", "watch", number).out.splitlines()

    assert f"批次 {number} 已取消 · 完成 0/3 · 已取消 3" in line


def test_a_run_that_is_over_is_told_in_one_line(office: Office, app: App, issue: str) -> None:
    number = finished_run(office, app, issue)

    watched = office("run", "watch", number)

    assert (watched.code, watched.err) == (0, "")
    (line,) = watched.out.splitlines()
    assert f"批次 {number} 已完成 · 完成 3/3" in line
    assert "已交 3" in line
    assert "已完成" in office("run", "watch", number, "--once").out


@only_sqlite
def test_who_looks_away_stops_nothing(
    environment: dict[str, str], office: Office, app: App, issue: str
) -> None:
    number = planned_run(office, app, issue)
    controller, terminal = pty.openpty()
    watching = subprocess.Popen(
        [PROGRAMME, "run", "watch", number],
        env=with_path(environment, TERM="xterm", COLUMNS="80"),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    seen = b""
    while "合计".encode() not in seen:  # it is drawn again and again
        seen += os.read(controller, 65536)

    watching.send_signal(signal.SIGINT)

    assert watching.wait(PATIENCE) == 0
    os.close(controller)
    assert office("run", "status", number, "--json").document["state"] == "planned"

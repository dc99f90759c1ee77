"""`distribution lane` and `distribution alert`: what is held up, letting it go, what was told."""

from datetime import timedelta

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from desk_files import audited, details
from rich.cells import cell_len
from runs import add_reader, make_issue, plan, start
from sqlalchemy import update

from distribution import delivery
from distribution.app import App
from distribution.cli import common
from distribution.delivery.store import lanes
from distribution.models import Alert, Delivery
from distribution.words import DeliveryState, Meaning

READERS = ("a@qq.com", "b@foxmail.com", "c@fenhe.example", "d@fenhe.example", "e@163.com")
WORDS = "550 Mail content denied. https://service.mail.example/detail/0/75"


@pytest.fixture
def running(app: App) -> int:
    """A run that is being sent to readers of several providers; its number."""
    with app.transaction() as session:
        for email in READERS:
            add_reader(session, app, email, MORNING)
    run_id = plan(app, make_issue(app), MORNING)
    start(app, run_id, MORNING, timedelta(days=3650))
    with app.transaction() as session:
        accepted = {"state": DeliveryState.ACCEPTED, "accepted_at": MORNING}
        of_163 = Delivery.recipient == "e@163.com"
        session.execute(update(Delivery).where(of_163).values(**accepted))
    return run_id


def stop(app: App, name: str) -> None:
    """A provider says that something is wrong with us."""
    with app.transaction() as session:
        delivery.stop_lane(session, name, by="ledger", meaning=Meaning.CONTENT, words=WORDS)


def rows(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines()]


def listed(office: Office, *options: str) -> dict[str, dict[str, object]]:
    """Lanes by their names."""
    found = office("lane", "list", "--json", *options)
    assert (found.code, found.err) == (0, "")
    return {one["lane"]: one for one in found.document}


@pytest.mark.usefixtures("running")
def test_what_is_held_up_is_listed_with_the_reason_and_what_waits(office: Office, app: App) -> None:
    stop(app, "qq")
    with app.transaction() as session:
        said = (Meaning.RATE_LIMIT, "451 too many connections")
        lanes.rest(session, "fenhe.example", [timedelta(days=3650)], timedelta(0), said)

    shown, found = office("lane", "list"), listed(office)

    assert (shown.code, shown.err) == (0, "")
    lines = rows(shown.out)
    assert lines[0] == ["线路", "状态", "时间", "缘由", "等待"]
    assert (lines[2][:3], lines[2][-2:]) == (["fenhe.example", "休息中", "至"], ["频率超限", "2"])
    assert (lines[3][:4], lines[3][-2:]) == (["QQ", "邮箱", "已停止", "自"], ["内容被拒", "2"])
    assert f"QQ 邮箱 的原话：\n  {WORDS}\n" in shown.out
    assert set(found) == {"qq", "fenhe.example"}
    assert (found["qq"]["label"], found["qq"]["words"]) == ("QQ 邮箱", WORDS)
    assert (found["qq"]["waiting"], found["qq"]["stopped_by"]) == (2, "ledger")
    assert (found["fenhe.example"]["stopped_at"], found["qq"]["resting_until"]) == (None, None)
    assert found["qq"]["sent"] is None


def test_all_lanes_of_running_runs_are_listed_on_demand(
    office: Office, app: App, running: int
) -> None:
    stop(app, "qq")

    found = listed(office, "--all")

    assert {name: (one["waiting"], one["sent"]) for name, one in found.items()} == {
        "qq": (2, 0),
        "fenhe.example": (2, 0),
        "netease": (0, 1),
    }
    shown = rows(office("lane", "list", "--all").out)
    assert ["fenhe.example", "畅通", "—", "—", "2", "0", "0", "0", "不限"] in shown
    office("run", "pause", str(running))
    assert {name: one["waiting"] for name, one in listed(office, "--all").items()} == {"qq": 0}


def test_lanes_are_listed_before_their_run_starts_so_that_their_limits_can_be_raised(
    office: Office, app: App
) -> None:
    with app.transaction() as session:
        for email in READERS:
            add_reader(session, app, email, MORNING)
    run_id = plan(app, make_issue(app), MORNING)

    before = listed(office, "--all")
    delivery.seal(app.transaction, run_id, at=MORNING)

    assert {name: (one["to_come"], one["waiting"]) for name, one in before.items()} == {
        "qq": (2, 0),
        "fenhe.example": (2, 0),
        "netease": (1, 0),
    }
    assert listed(office, "--all") == before
    assert listed(office) == {}
    start(app, run_id, MORNING, timedelta(days=3650))
    assert listed(office, "--all")["qq"]["to_come"] == 0


def test_where_nothing_is_held_up_it_is_said_so(office: Office) -> None:
    assert office("lane", "list").out == "没有停止或休息的线路。\n"
    assert office("lane", "list", "--all").out == "正在投递的与尚未开始的批次没有用到任何线路。\n"
    assert office("lane", "list", "--json").document == []


@pytest.mark.parametrize("given", ["qq", "QQ", "QQ 邮箱", "ｑｑ邮箱", "foxmail.com", "@QQ.com"])
def test_a_lane_is_paused_and_resumed_by_any_of_its_names(
    office: Office, app: App, running: int, given: str
) -> None:
    said = [office("lane", "pause", given, "--reason", "等对方解封").out for _ in range(2)]
    paused, waiting = listed(office)["qq"], office("run", "status", "1", "--json").document
    said += [office("lane", "resume", given).out for _ in range(2)]

    assert said[0] == "线路 QQ 邮箱 已停止。\n"
    assert said[1] == "线路 QQ 邮箱 本来就已停止：没有改动。\n"
    assert said[2].splitlines() == [
        "线路 QQ 邮箱 已恢复。",
        f"没有常驻的投递进程时，请运行：distribution run start {running}",
    ]
    assert said[3] == "线路 QQ 邮箱 本来就没有停止：没有改动。\n"
    assert (paused["words"], paused["meaning"]) == ("等对方解封", None)
    assert waiting["in_stopped_lanes"] == 2
    assert office("run", "status", "1", "--json").document["in_stopped_lanes"] == 0
    assert [deed for deed in audited(app) if deed[0].startswith("lane.")] == [
        ("lane.pause", "qq"),
        ("lane.resume", "qq"),
    ]
    assert details(app, "lane.pause") == {"reason": "等对方解封"}
    assert details(app, "lane.resume") == {"meaning": None, "words": "等对方解封"}


def test_where_a_run_stands_says_what_it_waits_for(office: Office, app: App, running: int) -> None:
    stop(app, "qq")
    with app.transaction() as session:
        said = (Meaning.RATE_LIMIT, "451 too many connections")
        lanes.rest(session, "fenhe.example", [timedelta(days=3650)], timedelta(0), said)

    shown = office("run", "status", str(running)).out

    assert "2 封所在的线路已停止：distribution lane list 查看缘由" in shown
    assert "2 封稍后再投，最早 20" in shown
    assert f"届时运行 distribution run start {running}\n" in shown


@pytest.mark.usefixtures("running")
def test_a_domain_is_a_lane_of_its_own(office: Office, app: App) -> None:
    stop(app, "gone.example")  # of a reader who has another address by now

    assert "已停止" in office("lane", "pause", "Fenhe.Example", "--reason", "来电").out
    assert set(listed(office)) == {"fenhe.example", "gone.example"}
    assert office("lane", "resume", "gone.example").out == "线路 gone.example 已恢复。\n"
    assert details(app, "lane.resume") == {"meaning": "content", "words": WORDS}


BAD = {
    "no provider": (["pause", "天气", "--reason", "来电"], "没有线路 '天气'"),
    "a domain of nobody": (
        ["pause", "nobody.example", "--reason", "x"],
        "没有线路 'nobody.example'",
    ),
    "nothing": (["resume", ""], "没有线路 ''"),
    "a long one": (["resume", "x" * 5000], "没有线路"),
    "an address": (["resume", "a@qq.com"], "没有线路 'a@qq.com'"),
    "no reason": (["pause", "qq", "--reason", " "], "缘由不能为空"),
}


@only_sqlite
@pytest.mark.parametrize("case", BAD)
def test_what_is_no_lane_is_refused_in_one_sentence(office: Office, app: App, case: str) -> None:
    arguments, reason = BAD[case]

    refusal = office("lane", *arguments)

    assert (refusal.code, refusal.out) == (2, "")
    assert reason in refusal.sentence
    assert len(refusal.sentence) < 200
    assert audited(app) == []


@only_sqlite
@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.usefixtures("running")
def test_long_names_and_words_fit_the_terminal(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    stop(app, "qq")
    with app.transaction() as session:
        words = "550 " + "内容被拒，" * 40 + "https://mail.example/" + "h" * 40
        delivery.stop_lane(session, "long-domain.example", by="a", words=words)
    monkeypatch.setattr(common, "PIPE_WIDTH", columns)

    for arguments in (("lane", "list"), ("lane", "list", "--all"), ("alert", "list")):
        shown = office(*arguments).out
        assert max(map(cell_len, shown.splitlines())) <= columns
    assert "https://mail.example/" + "h" * 40 in office("lane", "list").out


# -- alerts --------------------------------------------------------------------------------------


def alert(app: App, number: int) -> None:
    with app.transaction() as session:
        lines = (f"对方原话：第 {number} 句", "来自：来信 7")
        delivery.raise_alert(
            session, f"k{number}", f"第 {number} 件", lines, "请处理。", at=MORNING
        )


def test_alerts_are_listed_the_newest_first_with_what_is_to_be_done(
    office: Office, app: App
) -> None:
    for number in (1, 2, 3):
        alert(app, number)
    with app.transaction() as session:
        session.execute(update(Alert).where(Alert.key == "k1").values(told_at=MORNING))

    shown, found = office("alert", "list"), office("alert", "list", "--json").document

    assert shown.out.split("\n\n")[0].splitlines() == [
        "2026-12-01 09:00  第 3 件",
        "  对方原话：第 3 句",
        "  来自：来信 7",
        "  请处理。",
        "  尚未寄出",
    ]
    assert shown.out.endswith("2026-12-01 09:00 已寄出\n")
    assert [one["title"] for one in found] == ["第 3 件", "第 2 件", "第 1 件"]
    assert list(found[0]) == ["id", "at", "title", "lines", "advice", "told_at"]
    assert (found[0]["told_at"], found[2]["told_at"]) == (None, "2026-12-01T01:00:00+00:00")
    assert "只列出最近 2 条" in office("alert", "list", "--limit", "2").out


def test_without_alerts_it_is_said_so(office: Office) -> None:
    assert office("alert", "list").out == "没有提醒。\n"
    assert office("alert", "list", "--json").document == []

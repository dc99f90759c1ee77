"""`distribution subscriber list`: filters, pages, files that an import understands."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from rich.cells import cell_len
from runs import add_reader, approve
from sqlalchemy import select

from distribution import audience, clock
from distribution.app import App
from distribution.audience.sheets import ContactFacts, read_contacts
from distribution.cli import common, listing
from distribution.cli.listing import fitted
from distribution.cli.subscriber.exporting import HEADINGS
from distribution.models import Delivery, ReadingEvent
from distribution.tables import open_table
from distribution.words import (
    Cause,
    Decision,
    Edition,
    Frequency,
    MailFormat,
    Purpose,
    Role,
    Signal,
    Tracking,
    Verdict,
)

LIANG = "liang@sanjin.example"


def add(office: Office, email: str = LIANG, *more: str, name: str = "梁毅") -> None:
    assert office("subscriber", "add", email, "--name", name, *more).code == 0


def found(office: Office, *filters: str) -> list[str]:
    return [row["name"] for row in office("subscriber", "list", *filters, "--json").document]


def test_a_list_searches_names_addresses_and_enterprises_literally(office: Office) -> None:
    add(office, "a_1@sanjin.example", name="甲")
    add(office, "ab1@sanjin.example", "--enterprise", "Taihang 100%", name="Wang")

    def found(text: str) -> list[str]:
        return [
            row["name"] for row in office("subscriber", "list", "--search", text, "--json").document
        ]

    assert found("a_1") == ["甲"]
    assert found("%") == ["Wang"]
    assert found("ＷANG") == ["Wang"]
    assert found("taihang") == ["Wang"]
    assert found("\\") == []
    assert found(" sanjin ") == ["甲", "Wang"]


def test_a_list_says_how_many_there_are_and_when_it_is_empty(office: Office) -> None:
    assert (
        office("subscriber", "list").out
        == "还没有订阅者：distribution subscriber import 文件，或 add 逐位新增\n"
    )
    add(office, "a@sanjin.example")
    add(office, "b@sanjin.example")

    assert office("subscriber", "list", "--limit", "1").out.endswith("\n共 2 位，第 1/2 页。\n")
    assert office("subscriber", "list", "--search", "无此人").out == "没有符合的订阅者。\n"
    assert office("subscriber", "list", "--search", "无此人", "--json").document == []


@pytest.fixture
def three(office: Office) -> None:
    """A liaison who agreed, a quality engineer who did not, and one without enterprise."""
    office("enterprise", "add", "太行重工", "--region", "太原", "--industry", "C35")
    add(office, "a@sanjin.example", "--enterprise", "太行重工", "--role", "联络员",
        "--topics", "quality", "--consent", "表", name="甲")  # fmt: skip
    add(office, "b@sanjin.example", "--enterprise", "太行重工", "--role", "质量",
        "--edition", "标准版", name="乙")  # fmt: skip
    add(office, "c@sanjin.example", "--frequency", "有匹配时", "--format", "纯文本",
        "--consent", "表", name="丙")  # fmt: skip


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], "甲乙丙"),
        (["--topic", "质量管理"], "甲"),
        (["--enterprise", "太行"], "甲乙"),
        (["--region", "太原市"], "甲乙"),
        (["--region", "省外"], ""),
        (["--industry", "制造业"], "甲乙"),
        (["--role", "质量"], "乙"),
        (["--edition", "standard"], "乙"),
        (["--frequency", "有匹配时"], "丙"),
        (["--format", "纯文本"], "丙"),
        (["--state", "可投递"], "甲丙"),
        (["--state", "不投递"], "乙"),
        (["--state", "未曾同意"], "乙"),
        (["--state", "no_consent"], "乙"),
        (["--state", "资料已删除"], ""),
        (["--state", "可投递", "--enterprise", "太行重工"], "甲"),
        (["--sort", "新增", "--limit", "2"], "丙乙"),
        (["--page", "2", "--limit", "2"], "丙"),
        (["--page", "1000000", "--limit", "100000"], ""),
    ],
)
def test_filters_and_pages(office: Office, filters: list[str], names: str) -> None:
    assert "".join(found(office, *filters)) == names


UNKNOWN = {
    "topic": (["--topic", "农业"], "没有主题 '农业'"),
    "enterprise": (["--enterprise", "无此厂"], "没有单位 无此厂"),
    "industry": (["--industry", "变戏法"], "行业 '变戏法'"),
    "role": (["--role", "皇帝"], "没有职务 '皇帝'"),
    "state": (["--state", "x" * 10_000], "没有状态"),
    "day": (["--not-opened-since", "昨天"], "'昨天' 不是日期"),
    "region": (["--region", "\x1b[31m"], "U+001B"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_filter_that_means_nothing_is_refused_in_one_sentence(office: Office, case: str) -> None:
    arguments, reason = UNKNOWN[case]

    refused = office("subscriber", "list", *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.sentence
    assert len(refused.sentence) < 700


@pytest.mark.usefixtures("three")
def test_a_page_that_is_not_there_is_said_so(office: Office) -> None:
    shown = office("subscriber", "list", "--page", "3", "--limit", "2")

    assert shown.out == "第 3 页没有订阅者。\n共 3 位，第 3/2 页：没有这一页。\n"


def test_who_got_mail_but_did_not_open_it_is_found_among_those_who_may_be_counted(
    office: Office, app: App, issue: str
) -> None:
    counted = audience.Statement(
        Decision.GRANTED, "同意统计", channel="cli", purpose=Purpose.TRACKING
    )
    with app.transaction() as session:
        for name in ("opened", "silent", "uncounted"):
            row = add_reader(session, app, f"{name}@sanjin.example", MORNING, name=name)
            if name != "uncounted":
                audience.record_consent(session, row.id, counted, by="test", at=MORNING)
    office("run", "plan", approve(app, issue))
    run = office("run", "list", "--json").document[0]["run"]
    assert office("run", "start", str(run)).code == 0
    with app.transaction() as session:
        deliveries = session.scalars(select(Delivery).order_by(Delivery.subscriber_id)).all()
        human, machine = Verdict.HUMAN, Verdict.MACHINE
        for delivery, verdict in zip(deliveries, (human, machine), strict=False):
            session.add(
                ReadingEvent(
                    signal=Signal.OPEN,
                    run_id=run,
                    delivery_id=delivery.id,
                    at=clock.now(),
                    verdict=verdict,
                    rule="test",
                )
            )

    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)
    assert found(office, "--not-opened-since", str(today)) == ["silent"]
    assert found(office, "--not-opened-since", str(tomorrow)) == []


# -- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", ["xlsx", "csv", "tsv"])
def test_a_file_holds_all_who_are_meant_and_an_import_reads_it_whole(
    office: Office, app: App, tmp_path: Path, extension: str
) -> None:
    everything = (
        *("--enterprise", "太行重工", "--role", "质量", "--phone", "0351-1234567"),
        *("--topics", "quality,policy", "--words", "液压、CNC", "--frequency", "有匹配时"),
        *("--edition", "标准版", "--format", "纯文本", "--consent", "入会登记表 2026-03"),
    )
    add(office, LIANG, *everything, name="=梁毅")
    office("consent", "withdraw", LIANG, "--reason", "来电退订")
    office("consent", "withdraw", LIANG, "--reason", "来电", "--purpose", "统计")
    with app.transaction() as session:
        row = audience.find_subscriber(session, LIANG)
        audience.pause(session, row, clock.end_of(date(2027, 1, 31)))
    add(office, "b@sanjin.example", "--consent", "表", name="乙")
    file = tmp_path / f"名单.{extension}"

    written = office("subscriber", "list", "--limit", "1", "--out", str(file))

    assert (written.code, written.out) == (0, f"已写出 2 位订阅者：{file}\n")
    with open_table(file) as table:
        reader = read_contacts(table.rows())
        lines = list(reader)
    assert reader.columns.headings == HEADINGS
    assert reader.columns.ignored == ()
    assert [(line.refusals, line.notes) for line in lines] == [((), ()), ((), ())]
    assert lines[0].facts == ContactFacts(
        address=audience.read_address(LIANG),
        name="=梁毅",
        enterprise="太行重工",
        role=Role.QUALITY,
        phone="0351-1234567",
        topics=("质量管理", "政策措施"),
        watch_words=("液压", "CNC"),
        frequency=Frequency.WHEN_MATCHING,
        edition=Edition.STANDARD,
        format=MailFormat.TEXT,
        basis="入会登记表 2026-03",
        left="来电退订",
        tracking=Tracking.DENIED,
        paused_until=date(2027, 1, 31),
        state=Cause.LEFT,
    )
    assert (lines[1].facts.enterprise, lines[1].facts.basis) == (None, "表")  # type: ignore[union-attr]


@pytest.mark.usefixtures("three")
def test_a_file_holds_only_who_is_meant_in_the_order_that_was_asked_for(
    office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"

    office("subscriber", "list", "--state", "可投递", "--sort", "新增", "--out", str(file))

    with open_table(file) as table:
        rows = [cells for _, cells in table.rows()]
    assert [(cells[1], cells[-1]) for cells in rows[1:]] == [("丙", "可投递"), ("甲", "可投递")]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("name", ["list.xls", "list", "none/list.csv"])
def test_a_file_that_cannot_be_written_is_refused_in_a_sentence(
    office: Office, tmp_path: Path, name: str
) -> None:
    refused = office("subscriber", "list", "--out", str(tmp_path / name))

    assert (refused.code, refused.out) == (2, "")
    assert "无法写入表格文件" in refused.sentence
    assert list(tmp_path.glob("list*")) == []


# -- tables that fit -------------------------------------------------------------------------------

LONG = ["欧阳修远", "long.mailbox.name@sanjin.example", "太行重型机械装备制造集团股份有限公司", 12]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_long_cells_are_cut_until_a_table_fits_and_addresses_never(width: int) -> None:
    headings = ("姓名", "邮箱", "单位", "数")

    ((name, email, enterprise, number),) = fitted(headings, [LONG], [2, 0], width=width)

    assert (email, number) == (LONG[1], 12)
    total = sum(cell_len(str(cell)) for cell in (name, email, enterprise, number)) + 2 * 3
    assert total <= width
    assert str(enterprise).startswith("太行")
    assert str(enterprise).endswith("…") == (width < 100)


def test_what_fits_is_left_as_it_is() -> None:
    rows = [["甲", None, clock.now()], ["乙", "a@b.example", 3]]

    assert fitted(("姓名", "邮箱", "自"), rows, [0], width=40) == rows


@only_sqlite
@pytest.mark.usefixtures("three")
def test_a_narrow_terminal_shows_whole_lines(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = common.console()
    narrow.width = 80
    for module in (common, listing):
        monkeypatch.setattr(module, "console", lambda: narrow)
    add(office, "long.mailbox.name@machinery.sanjin.example", "--enterprise",
        "太行重型机械装备制造集团股份有限公司", "--role", "总经理", name="欧阳修远")  # fmt: skip

    with narrow.capture() as captured:
        office("subscriber", "list")

    lines = captured.get().splitlines()
    assert len(lines) == 6
    assert max(map(cell_len, lines)) <= 80

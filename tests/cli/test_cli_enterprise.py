"""`distribution enterprise`: kept, found, listed, ending, handed over, as an admin types it."""

from datetime import timedelta
from pathlib import Path

import pytest
from cli_office import Office
from desk_files import audited, details
from runs import approve

from distribution import clock
from distribution.app import App
from distribution.audience.sheets import EnterpriseFacts, read_enterprises
from distribution.cli.enterprise.exporting import HEADINGS
from distribution.tables import open_table

CODE = "91140100MA0EXAMP7L"
SOON, LATER = (str(clock.today() + timedelta(days=days)) for days in (30, 300))
FACTS = (
    *(
        "--short-name",
        "太重",
        "--credit-code",
        "9114 0100 ma0e xamp 7l",
        "--region",
        "山西省太原市",
    ),
    *("--industry", "专用设备制造业", "--since", "2020.3.1", "--until", LATER),
    *("--notes", "老会员", "--topics", "质量管理，policy"),
)


@pytest.fixture
def taihang(office: Office) -> str:
    """An enterprise of which everything is known."""
    assert office("enterprise", "add", " 太行重工（集团） ", *FACTS).code == 0
    return "太行重工（集团）"


def shown(office: Office, name: str = "太重") -> dict[str, object]:
    found: dict[str, object] = office("enterprise", "show", name, "--json").document
    return found


def listed(office: Office, *filters: str) -> list[str]:
    return [row["name"] for row in office("enterprise", "list", *filters, "--json").document]


def contact(office: Office, email: str, *more: str, home: str = "太行重工（集团）") -> None:
    words = ("subscriber", "add", email, "--name", email[:1], "--enterprise", home, *more)
    assert office(*words).code == 0


def test_all_facts_are_kept_in_their_usual_form(office: Office, taihang: str) -> None:
    found = shown(office)

    assert found.pop("created_at")
    assert found == {
        "name": taihang,
        "short_name": "太重",
        "credit_code": CODE,
        "region": "太原",
        "industry": "C35",
        "member_since": "2020-03-01",
        "member_until": LATER,
        "standing": "member",
        "suspended_at": None,
        "notes": "老会员",
        "topics": ["quality", "policy"],
        "contacts": [],
    }
    table = office("enterprise", "show", "太重").out
    assert "C35 专用设备制造业" in table
    assert "质量管理、政策措施" in table
    assert "还没有联系人" in table


@pytest.mark.parametrize("name", ["太行重工(集团)", "太重", "重工", CODE.lower(), " 太行 "])
def test_an_enterprise_is_meant_by_any_unique_part(office: Office, taihang: str, name: str) -> None:
    office("enterprise", "add", "晋中轴承厂")

    assert shown(office, name)["name"] == taihang


BAD = {
    "no name": (["add", " "], 2, "单位名称"),
    "a long name": (["add", "长" * 201], 2, "最多 200 个"),
    "an escape": (["add", "太\x1b[31m行"], 2, "U+001B"),
    "a known name": (["add", "太行重工(集团)"], 1, "已属于「太行重工（集团）」"),
    "a wrong code": (["add", "新厂", "--credit-code", "123"], 2, "统一社会信用代码 '123'"),
    "a known code": (["add", "新厂", "--credit-code", CODE], 1, "已属于「太行重工（集团）」"),
    "an unknown industry": (["add", "新厂", "--industry", "变戏法"], 2, "行业 '变戏法'"),
    "no day": (["add", "新厂", "--until", "长期"], 2, "'长期' 不是日期"),
    "ends first": (
        ["add", "新厂", "--since", "2026-02-01", "--until", "2026-01-01"],
        2,
        "早于入会日期",
    ),
    "an unknown topic": (["add", "新厂", "--topics", "农业"], 2, "没有主题 '农业'"),
    "long notes": (["add", "新厂", "--notes", "长" * 2001], 2, "最多 2000 个"),
    "nobody": (["show", "无此厂"], 2, "没有单位 无此厂"),
    "empty": (["show", ""], 2, "没有单位 ''"),
    "ambiguous": (["show", "厂"], 2, "符合的有 晋中轴承厂、大同机车厂"),
    "nothing named": (["change", "太重"], 2, "没有写明要改什么"),
    "an end and none": (["change", "太重", "--until", LATER, "--no-end"], 2, "只能写一个"),
    "another's name": (["change", "太重", "--name", "晋中轴承厂"], 1, "已属于"),
    "no reason": (["suspend", "太重", "--reason", ""], 2, "缘由"),
    "not its contact": (
        ["hand-over", "太重", "b@sanjin.example"],
        1,
        "不是「太行重工（集团）」的联系人",
    ),
    "nobody's address": (["hand-over", "太重", "x@sanjin.example"], 2, "没有订阅者"),
    "an unknown role": (["hand-over", "太重", "b@sanjin.example", "--role", "王"], 2, "没有职务"),
    "unknown topics": (["topics", "太重", "--set", "农业"], 2, "没有主题"),
    "an unknown state": (["list", "--state", "好"], 2, "没有会籍状态 '好'"),
}


@pytest.mark.usefixtures("taihang")
@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_done_is_refused_in_one_sentence_and_nothing_changes(
    office: Office, app: App, case: str
) -> None:
    arguments, code, reason = BAD[case]
    office("enterprise", "add", "晋中轴承厂")
    office("enterprise", "add", "大同机车厂")
    contact(office, "b@sanjin.example", home="晋中轴承厂")
    before = (audited(app), listed(office), shown(office))

    refused = office("enterprise", *arguments)

    assert (refused.code, refused.out) == (code, "")
    assert reason in refused.sentence
    assert len(refused.sentence) < 700
    assert (audited(app), listed(office), shown(office)) == before


@pytest.mark.usefixtures("taihang")
def test_only_what_is_named_changes_and_the_trail_says_from_what_to_what(
    office: Office, app: App
) -> None:
    before = shown(office)

    changed = office(
        *(
            "enterprise",
            "change",
            "太重",
            "--region",
            "北京市",
            "--no-end",
            "--notes",
            "找王芳 139",
        ),
    )

    assert changed.out == "已修改「太行重工（集团）」：备注、地区、会籍到期。\n"
    assert shown(office) == before | {
        "region": "北京",
        "member_until": None,
        "notes": "找王芳 139",
    }
    assert details(app, "enterprise.change") == {
        "region": ["太原", "北京"],
        "notes": "changed",
        "member_until": [LATER, None],
    }
    again = office("enterprise", "change", "太重", "--no-end")
    assert again.out == "「太行重工（集团）」本来就是这样：没有改动。\n"


@pytest.mark.usefixtures("taihang")
def test_an_empty_text_clears_a_fact(office: Office) -> None:
    words = ("--short-name", "", "--credit-code", "", "--region", "", "--industry", " ")

    office("enterprise", "change", CODE, *words, "--topics", "")

    found = shown(office, "太行")
    cleared = ("short_name", "credit_code", "region", "industry", "topics")
    assert [found[key] for key in cleared] == ["", None, "", "", []]


@pytest.mark.usefixtures("taihang")
def test_suspending_stops_mail_to_its_contacts_until_it_goes_on(office: Office) -> None:
    contact(office, "a@sanjin.example", "--consent", "表")

    said = [
        office("enterprise", *words).out
        for words in (
            ("suspend", "太重", "--reason", "欠费"),
            ("suspend", "太重", "--reason", "欠费"),
        )
    ]
    assert office("subscriber", "show", "a@sanjin.example", "--json").document["barrier"] == (
        "membership"
    )
    said += [office("enterprise", "resume", "太重").out for _ in range(2)]

    assert said == [
        "「太行重工（集团）」的会籍已暂停，不再向它的联系人投递。\n",
        "「太行重工（集团）」的会籍本来就已暂停：没有改动。\n",
        "「太行重工（集团）」的会籍已恢复；现在是会员。\n",
        "「太行重工（集团）」的会籍本来就没有暂停：没有改动；现在是会员。\n",
    ]
    assert office("subscriber", "show", "a@sanjin.example", "--json").document["mailable"]


@pytest.mark.usefixtures("taihang")
def test_the_liaison_is_handed_over_and_shown(office: Office, app: App) -> None:
    contact(office, "a@sanjin.example", "--role", "联络员")
    contact(office, "b@sanjin.example")

    handed = office("enterprise", "hand-over", "太重", "b@sanjin.example")
    again = office("enterprise", "hand-over", "太重", "b@sanjin.example")

    assert handed.out == (
        "「太行重工（集团）」的联络员现在是 b <b@sanjin.example>，原任 a 改为其他。\n"
    )
    assert again.out == "「太行重工（集团）」的联络员本来就是 b：没有改动。\n"
    contacts: list[dict[str, object]] = shown(office)["contacts"]  # type: ignore[assignment]
    assert [(one["email"], one["role"]) for one in contacts] == [
        ("a@sanjin.example", "other"),
        ("b@sanjin.example", "liaison"),
    ]
    assert details(app, "enterprise.hand-over")["role"] == "liaison"
    assert (
        "修改资料（职务：其他 → 联络员）" in office("subscriber", "history", "b@sanjin.example").out
    )


@pytest.mark.usefixtures("taihang")
def test_default_topics_are_shown_and_set(office: Office) -> None:
    assert office("enterprise", "topics", "太重").out == "太行重工（集团）：质量管理、政策措施。\n"
    assert office("enterprise", "topics", "太重", "--set", "shanxi", "--json").document == {
        "name": "太行重工（集团）",
        "topics": ["shanxi"],
    }
    assert office("enterprise", "topics", "太重", "--set", "").out.endswith("：没有默认主题。\n")


@pytest.fixture
def four(office: Office, taihang: str) -> str:
    """Of every standing one, and how they are listed."""
    office("enterprise", "add", "晋中轴承厂", "--region", "晋中", "--until", SOON)
    office("enterprise", "add", "京西电机厂", "--region", "北京", "--until", "2020-01-01")
    office("enterprise", "add", "大同机车厂", "--since", LATER)
    return taihang


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], ["太行重工（集团）", "晋中轴承厂", "京西电机厂", "大同机车厂"]),
        (["--ending"], ["晋中轴承厂"]),
        (["--state", "会籍已终止"], ["京西电机厂"]),
        (["--state", "upcoming"], ["大同机车厂"]),
        (["--region", "省外"], ["京西电机厂"]),
        (["--industry", "C"], ["太行重工（集团）"]),
        (["--search", "太重"], ["太行重工（集团）"]),
        (["--sort", "到期", "--limit", "2"], ["京西电机厂", "晋中轴承厂"]),
        (["--sort", "到期", "--limit", "2", "--page", "2"], ["太行重工（集团）", "大同机车厂"]),
    ],
)
@pytest.mark.usefixtures("four")
def test_enterprises_are_listed_by_what_they_are(
    office: Office, filters: list[str], names: list[str]
) -> None:
    assert listed(office, *filters) == names


@pytest.mark.usefixtures("taihang")
def test_the_list_counts_contacts_and_those_who_agreed(office: Office) -> None:
    contact(office, "a@sanjin.example", "--consent", "表")
    contact(office, "b@sanjin.example", home=" 太行重工(集团) ")
    contact(office, "c@sanjin.example", "--consent", "表")
    office("subscriber", "depart", "c@sanjin.example")

    (row,) = office("enterprise", "list", "--json").document
    assert (row["contacts"], row["agreed"], row["standing"]) == (2, 1, "member")
    assert office("enterprise", "list").out.endswith("\n共 1 家，第 1/1 页。\n")
    assert office("enterprise", "list", "--page", "2").out.startswith("第 2 页没有企业。\n")


def test_an_empty_list_says_how_to_begin(office: Office) -> None:
    assert office("enterprise", "list").out == (
        "还没有会员企业：distribution enterprise import 文件，或 add 逐家新增\n"
    )
    assert office("enterprise", "list", "--ending").out == "没有符合的会员企业。\n"


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("extension", ["xlsx", "csv", "tsv"])
def test_a_file_holds_all_who_are_meant_and_an_import_reads_it_whole(
    office: Office, tmp_path: Path, extension: str
) -> None:
    file = tmp_path / f"企业.{extension}"

    written = office("enterprise", "list", "--limit", "1", "--out", str(file))

    assert (written.code, written.out) == (0, f"已写出 4 家企业：{file}\n")
    with open_table(file) as table:
        reader = read_enterprises(table.rows())
        lines = list(reader)
    assert reader.columns.headings == HEADINGS
    assert reader.columns.ignored == ("状态",)
    assert [(line.refusals, line.notes) for line in lines] == [((), ())] * 4
    assert lines[0].facts == EnterpriseFacts(
        name="太行重工（集团）",
        short_name="太重",
        credit_code=CODE,
        region="太原",
        industry="C35",
        member_since=clock.date(2020, 3, 1),
        member_until=clock.date.fromisoformat(LATER),
        notes="老会员",
        topics=("质量管理", "政策措施"),
    )
    states = [line.cells[-1] for line in lines]
    assert states == ["会员", "即将到期", "会籍已终止", "尚未入会"]


@pytest.mark.usefixtures("four")
def test_a_plan_tells_of_memberships_that_end_soon(office: Office, app: App, issue: str) -> None:
    planned = office("run", "plan", approve(app, issue))

    told = "有 1 家企业的会籍将在 60 天内到期：distribution enterprise list --ending"
    assert told in planned.out.splitlines()

"""`distribution suppression`: addresses and domains out of use, whoever owns them."""

from pathlib import Path

import pytest
from cli_office import Office
from desk_files import audited, details

from distribution.app import App
from distribution.tables import write_table

LIANG = "liang@sanjin.example"


@pytest.fixture
def liang(office: Office) -> str:
    """A contact who may be mailed."""
    office("subscriber", "add", LIANG, "--name", "梁毅", "--consent", "表")
    return LIANG


def mailable(office: Office) -> bool:
    found: bool = office("subscriber", "show", LIANG, "--json").document["mailable"]
    return found


@pytest.mark.parametrize(
    "target", [LIANG.upper(), "ｌiang＠sanjin.example", "@Sanjin.Example", "＠sanjin．example"]
)
@pytest.mark.usefixtures("liang")
def test_an_address_or_its_domain_is_added_once_and_released_once(
    office: Office, app: App, target: str
) -> None:
    said = [office("suppression", "add", target, "--reason", "来电").out for _ in range(2)]
    barred = not mailable(office)
    said += [office("suppression", "release", target, "--reason", "弄错了").out for _ in range(2)]

    assert "已记入抑制名单" in said[0]
    assert said[1].endswith("已在抑制名单上：没有改动。\n")
    assert said[2].endswith("已放行。\n")
    assert said[3].endswith("不在抑制名单上：没有改动。\n")
    assert (barred, mailable(office)) == (True, True)
    actions = [action for action, _ in audited(app)]
    assert actions == ["subscriber.add", "suppression.add", "suppression.release"]
    assert details(app, "suppression.release") == {"reason": "弄错了"}


@pytest.mark.usefixtures("liang")
def test_a_domain_says_how_many_it_concerns(office: Office) -> None:
    added = office("suppression", "add", "@sanjin.example", "--reason", "停用")

    assert added.out == "@sanjin.example 已记入抑制名单，涉及 1 位订阅者。\n"


@pytest.mark.usefixtures("liang")
def test_the_trail_holds_no_address(office: Office, app: App) -> None:
    office("suppression", "add", LIANG, "--reason", "来电")

    assert "@" not in str(audited(app))


@pytest.mark.usefixtures("liang")
def test_a_list_names_whom_it_knows_and_shows_the_hash_of_others(office: Office, app: App) -> None:
    for target in (LIANG, "nobody@b.example", "@b.example"):
        office("suppression", "add", target, "--reason", "来电")

    found = office("suppression", "list", "--json").document

    nobody = app.keyring.address_hash("nobody@b.example")
    assert {(row["domain"], row["email"], row["name"]) for row in found} == {
        ("b.example", None, None),
        (None, LIANG, "梁毅"),
        (None, None, None),
    }
    assert nobody in [row["address_hash"] for row in found]
    shown = office("suppression", "list").out
    assert f"{nobody[:8]}…" in shown
    assert nobody not in shown
    assert "无对应订阅者" in shown
    assert "@b.example" in shown


@pytest.mark.usefixtures("liang")
def test_a_list_is_narrowed_by_reason(office: Office) -> None:
    office("suppression", "add", LIANG, "--reason", "来电")

    assert len(office("suppression", "list", "--reason", "人工", "--json").document) == 1
    assert office("suppression", "list", "--reason", "投诉").out == "抑制名单上没有符合的。\n"
    assert "只列出最近 1 个" in office("suppression", "list", "--limit", "1").out


def test_an_empty_list_is_said_so(office: Office) -> None:
    assert office("suppression", "list").out == "抑制名单是空的。\n"


@pytest.mark.parametrize("extension", ["xlsx", "csv", "tsv"])
@pytest.mark.usefixtures("liang")
def test_a_providers_list_takes_known_and_unknown_addresses_out_of_use(
    office: Office, app: App, tmp_path: Path, extension: str
) -> None:
    file = tmp_path / f"名单.{extension}"
    rows = [
        ["2026-11-01", "<Liang@Sanjin.example>", "退信"],
        ["2026-11-02", "nobody@b.example", "投诉"],
        ["2026-11-02", "NOBODY@b.example", "又一次"],
        ["2026-11-03", "坏@@b", "?"],
        ["2026-11-04", "", "?"],
    ]
    write_table(file, ["日期", "邮箱", "原因"], rows)

    first, again = (office("suppression", "import", str(file)) for _ in range(2))

    assert (first.code, again.code) == (1, 1)
    counts, bad, empty = first.out.splitlines()
    assert counts == "记入 2 个，已在名单上 1 个，读不懂 2 行。"
    assert bad.startswith("第 5 行：")
    assert empty == "第 6 行：没有邮箱"
    assert again.out.splitlines()[0] == "记入 0 个，已在名单上 3 个，读不懂 2 行。"
    assert not mailable(office)
    found = office("suppression", "list", "--reason", "服务商名单", "--json").document
    assert {row["evidence"] for row in found} == {f"服务商名单 {file.name}"}
    assert app.keyring.address_hash("nobody@b.example") in [row["address_hash"] for row in found]


def test_a_clean_list_ends_well_and_keeps_its_reason(
    office: Office, app: App, tmp_path: Path
) -> None:
    file = tmp_path / "list.txt"
    file.write_text("".join(f"reader{n}@b.example\n" for n in range(2500)), encoding="utf-8")

    done = office("suppression", "import", str(file), "--reason", "十一月名单")

    assert (done.code, done.out) == (0, "记入 2500 个，已在名单上 0 个，读不懂 0 行。\n")
    assert details(app, "suppression.import") == {"added": 2500, "already": 0, "unreadable": 0}
    (row,) = office("suppression", "list", "--limit", "1", "--json").document
    assert (row["reason"], row["evidence"]) == ("imported", "十一月名单")


@pytest.mark.usefixtures("liang")
def test_a_providers_list_may_name_whole_domains(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("地址\n@sanjin.example\n ＠Sanjin．example\n@坏\n", encoding="utf-8")

    done = office("suppression", "import", str(file))

    assert done.code == 1
    counts, bad = done.out.splitlines()
    assert counts == "记入 1 个，已在名单上 1 个，读不懂 1 行。"
    assert bad.startswith("第 4 行：")
    assert not mailable(office)
    (row,) = office("suppression", "list", "--json").document
    assert (row["domain"], row["reason"]) == ("sanjin.example", "imported")


BAD = {
    "no address": (["add", "没有", "--reason", "来电"], "不是邮件地址"),
    "nothing": (["add", "", "--reason", "来电"], "没有填写邮件地址"),
    "no domain": (["add", "@", "--reason", "来电"], "不是邮件地址"),
    "no real domain": (["release", "@b", "--reason", "来电"], "不是邮件地址"),
    "two signs": (["add", "@@b.example", "--reason", "来电"], "不是邮件地址"),
    "a long one": (["add", "@" + "b" * 10_000, "--reason", "来电"], "不是邮件地址"),
    "no reason": (["add", LIANG, "--reason", " "], "缘由不能为空"),
    "an escape": (["release", LIANG, "--reason", "\x1b[0m"], "U+001B"),
    "an unknown reason": (["list", "--reason", "天气"], "没有抑制缘由 '天气'"),
    "no file": (["import", "/none/list.csv"], "无法读取表格文件"),
    "a folder": (["import", "/"], "无法读取表格文件"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_means_nothing_is_refused_in_one_sentence(office: Office, app: App, case: str) -> None:
    arguments, reason = BAD[case]

    refused = office("suppression", *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.sentence
    assert len(refused.sentence) < 700
    assert audited(app) == []

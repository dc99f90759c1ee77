"""`article pin`, `lead`, `limit`, `issue note`, `notice`, `edit --commercial`: the contract."""

from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite
from desk_files import FIFTH, audited, changed, details

from distribution.app import App

LEADING = "头条"


def contract(office: Office, key: str) -> dict[str, object]:
    shown = office("issue", "show", key, "--json").document["contract"]
    assert isinstance(shown, dict)
    return shown


def test_an_issue_begins_without_a_contract(office: Office, issue: str) -> None:
    assert contract(office, issue) == {
        "lead": None,
        "pinned": [],
        "limits": [],
        "note": "",
        "notice": "",
        "commercial": False,
    }
    shown = office("issue", "show", issue).out
    assert not [word for word in (LEADING, "必发", "限额", "卷首语", "广告：") if word in shown]


def test_a_pinned_article_stays_pinned_when_the_file_is_read_again(
    office: Office, issue: str, app: App, tmp_path: Path
) -> None:
    done = office("article", "pin", f"{issue}/5")
    office("issue", "import", changed(tmp_path), "--yes")

    assert (done.code, "（必发）" in done.out, FIFTH in done.out) == (0, True, True)
    assert contract(office, issue)["pinned"] == [5]
    assert details(app, "article.edit") == {"must_carry": True}


def test_a_pin_is_taken_out_again(office: Office, issue: str) -> None:
    office("article", "pin", f"{issue}/5")

    assert "必发" not in office("article", "pin", f"{issue}/5", "--off").out
    assert contract(office, issue)["pinned"] == []
    assert "没有改动" in office("article", "pin", f"{issue}/5", "--off").out


def test_a_lead_is_chosen_shown_and_dropped(office: Office, issue: str, app: App) -> None:
    done = office("article", "lead", f"{issue}/5")

    assert (done.code, "（头条）" in done.out) == (0, True)
    assert contract(office, issue)["lead"] == 5
    assert f"头条：第 5 篇「{FIFTH}」" in office("issue", "show", issue).out
    assert office("article", "show", f"{issue}/5", "--json").document["lead"] is True
    assert office("article", "lead", f"{issue}/5").out.endswith("没有改动。\n")

    assert "没有改动" in office("article", "lead", f"{issue}/6", "--off").out
    assert office("article", "lead", issue, "--off").out == f"{issue} 期不再有头条。\n"
    assert contract(office, issue)["lead"] is None
    assert audited(app) == [("article.lead", f"{issue}/5"), ("article.lead", issue)]


def test_a_lead_that_was_dropped_keeps_the_issue_from_approval(office: Office, issue: str) -> None:
    office("article", "lead", f"{issue}/5")
    office("article", "drop", f"{issue}/5", "--reason", "重复", "--yes")

    checked = office("issue", "check", issue)

    assert checked.code == 1
    assert f"头条「{FIFTH}」已不在这一期" in checked.out
    assert f"distribution article lead {issue} --off" in checked.out
    assert office("issue", "approve", issue).code == 1
    office("article", "lead", issue, "--off")
    assert office("issue", "approve", issue).code == 0


def test_limits_are_set_listed_and_lifted(office: Office, issue: str, app: App) -> None:
    assert office("article", "limit", issue).out == f"{issue} 期没有限定任何栏目的篇数。\n"

    office("article", "limit", issue, "政策措施", "--least", "2", "--label", "本省要闻")
    done = office("article", "limit", issue, "政策措施", "--most", "3")

    assert (done.code, "本省要闻" in done.out) == (0, True)
    listed = office("article", "limit", issue, "--json").document
    (limit,) = listed["limits"]
    assert limit["articles"] > 3
    assert limit | {"articles": 0} == {
        "section": "政策措施",
        "least": 2,
        "most": 3,
        "label": "本省要闻",
        "articles": 0,
    }
    shown = office("issue", "show", issue).out
    assert "限额：政策措施 至少 2 篇、至多 3 篇（本省要闻）" in shown
    assert "没有改动" in office("article", "limit", issue, "政策措施", "--most", "3").out
    lifted = office("article", "limit", issue, "政策措施", "--off", "--json").document
    assert lifted == {"issue": issue, "limits": []}
    assert audited(app) == [("article.limit", issue)] * 3


def test_pinning_above_a_limit_is_a_notice_with_its_command(office: Office, issue: str) -> None:
    office("article", "limit", issue, "政策措施", "--most", "1")
    sections = office("issue", "show", issue, "--json").document["articles"]
    inside = [one["number"] for one in sections if one["section"] == "政策措施"]
    for number in inside[:2]:
        office("article", "pin", f"{issue}/{number}")

    checked = office("issue", "check", issue)
    found = office("issue", "check", issue, "--json").document["findings"]

    (notice,) = (one for one in found if one["kind"] == "pinned_above")
    assert (checked.code, notice["error"]) == (0, False)
    assert f"第 {notice['number']} 条可改：{notice['remedy']}" in checked.out
    assert office(*notice["remedy"].split()[1:]).code == 0
    assert "至多" not in office("issue", "check", issue).out


@pytest.mark.parametrize(("noun", "label"), [("note", "卷首语"), ("notice", "联合会通知")])
def test_a_text_is_written_shown_and_taken_away(
    office: Office, issue: str, app: App, noun: str, label: str
) -> None:
    assert office("issue", noun, issue).out == f"{issue} 期没有{label}。\n"

    done = office("issue", noun, issue, "各位读者：\n\n**新年**好。")

    assert done.out == f"{issue} 期的{label}：\n各位读者：\n\n**新年**好。\n"
    assert office("issue", noun, issue).out == done.out
    assert office("issue", noun, issue, "--json").document == {
        "issue": issue,
        noun: "各位读者：\n\n**新年**好。",
    }
    assert f"{label}：各位读者：…" in office("issue", "show", issue).out
    assert "没有改动" in office("issue", noun, issue, "各位读者：\n\n**新年**好。\n").out
    assert office("issue", noun, issue, "--off").out == f"{issue} 期没有{label}。\n"
    assert audited(app) == [(f"issue.{noun}", issue)] * 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_from_a_file_as_offices_keep_it(
    office: Office, issue: str, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "卷首语.md"
    path.write_bytes("各位读者：\r\n新年好。\r\n".encode(encoding))

    office("issue", "note", issue, "--file", str(path))

    assert contract(office, issue)["note"] == "各位读者：\n新年好。"


def test_an_issue_is_declared_commercial(office: Office, issue: str, app: App) -> None:
    done = office("issue", "edit", issue, "--commercial", "--phone", "0351-0000001")

    assert done.out == f"{issue} 期已改：电话：0351-0000001；广告：是。\n"
    assert details(app, "issue.edit") == {"phone": "0351-0000001", "commercial": True}
    assert contract(office, issue)["commercial"] is True
    assert "广告：是" in office("issue", "show", issue).out
    assert "没有改动" in office("issue", "edit", issue, "--commercial").out
    office("issue", "edit", issue, "--no-commercial")
    assert contract(office, issue)["commercial"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("article", "lead", "2026-11"), "期号/序号"),
        (("article", "lead", "2026-11/99"), "第 1 至 29 篇"),
        (("article", "lead", "2026-11/五", "--off"), "已导入的有 2026-11"),
        (("article", "pin", "2026-11/99"), "第 1 至 29 篇"),
        (("article", "limit", "2026-11", "没有的栏目", "--most", "1"), "政策措施、"),
        (("article", "limit", "2026-11", "没有的栏目", "--off"), "政策措施、"),
        (("article", "limit", "2026-11", "政策措施", "--least", "9", "--most", "2"), "至少 9 篇"),
        (("article", "limit", "2026-11", "政策措施", "--most", "百"), "1 到 50"),
        (("issue", "note", "2026-11", " "), "不能为空"),
        (("issue", "note", "2026-11", "长" * 2001), "最多 2000 个"),
        (("issue", "notice", "2026-11", "红\x1b[31m"), "控制字符"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    office: Office, issue: str, app: App, arguments: tuple[str, ...], said: str
) -> None:
    refused = office(*arguments)

    assert (refused.code, refused.out) == (2, "")
    assert said in refused.sentence
    assert (contract(office, issue)["note"], audited(app)) == ("", [])


@only_sqlite
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("article", "limit", "2026-11", "--most", "1"), "没有说是哪个栏目"),
        (("article", "limit", "2026-11", "政策措施"), "没有说限多少"),
        (("article", "limit", "2026-11", "政策措施", "--off", "--most", "1"), "--off"),
        (("issue", "note", "2026-11", "文字", "--off"), "只能用一个"),
        (("issue", "notice", "2026-11", "--file", __file__, "--off"), "只能用一个"),
    ],
)
def test_what_contradicts_itself_is_bad_usage(
    office: Office, issue: str, arguments: tuple[str, ...], said: str
) -> None:
    refused = office(*arguments)

    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert contract(office, issue)["limits"] == []


@only_sqlite
def test_a_file_that_is_no_text_is_refused(office: Office, issue: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xff\x80")

    refused = office("issue", "note", issue, "--file", str(path))

    assert refused.code == 2
    assert refused.sentence.endswith("不是文本：请另存为 UTF-8 编码的文本文件再试")


def test_an_approved_issue_refuses_each(office: Office, issue: str) -> None:
    office("issue", "approve", issue)

    for arguments in (
        ("article", "pin", f"{issue}/5"),
        ("article", "lead", f"{issue}/5"),
        ("article", "limit", issue, "政策措施", "--most", "1"),
        ("issue", "note", issue, "新年好。"),
        ("issue", "edit", issue, "--commercial"),
    ):
        refused = office(*arguments)
        assert (refused.code, refused.out) == (1, "")
        assert f"distribution issue reopen {issue}" in refused.sentence
    assert office("issue", "note", issue).code == 0

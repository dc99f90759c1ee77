"""`staff`: the people of the office, and who acts on the command line."""

import getpass

import pytest
from cli_office import Office
from databases import only_sqlite
from desk_files import audited

from distribution.app import App
from distribution.cli import common

WANG, GAO = "wang@jikan.example", "gao@jikan.example"


def add(office: Office, name: str, email: str, *roles: str) -> None:
    options = [part for role in roles or ("editor",) for part in ("--role", role)]
    assert office("staff", "add", name, "--email", email, *options).code == 0


def act_as(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """From now on the account of these tests is somebody's."""
    monkeypatch.setenv("DISTRIBUTION_ACCOUNTS", f"{getpass.getuser()}={name}")
    common.installation.cache_clear()


def test_people_come_change_and_leave(office: Office) -> None:
    assert "没有人员" in office("staff", "list").out
    added = office("staff", "add", " 王编辑 ", "--email", WANG, "--role", "编辑", "--role", "admin")
    assert added.out == f"已新增 王编辑 <{WANG}>：管理员、编辑。\n"
    add(office, "赵理事", GAO, "board")
    changed = office("staff", "change", "赵理事", "--name", "高主编", "--role", "editor")
    assert changed.out == "赵理事：已改姓名、角色。\n"
    assert "没有改动" in office("staff", "change", "高主编", "--email", GAO).out
    assert office("staff", "leave", "王编辑").out == "王编辑 已离开，不再收到任何信。\n"
    assert "早已离开" in office("staff", "leave", "王编辑").out

    assert [row["name"] for row in office("staff", "list", "--json").document] == ["高主编"]
    everybody = office("staff", "list", "--all", "--json").document
    assert [(row["name"], row["roles"], row["left_at"] is None) for row in everybody] == [
        ("王编辑", ["admin", "editor"], False), ("高主编", ["editor"], True),
    ]  # fmt: skip
    assert "现在没有人可以批准期刊" in office("staff", "leave", "高主编").out
    assert (
        "已请回 王编辑" in office("staff", "add", "王编辑", "--email", WANG, "--role", "board").out
    )


@only_sqlite
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("add", "王编辑", "--email", WANG, "--role", "editor"), "已有 王编辑"),
        (("add", "王\u200b", "--email", GAO, "--role", "editor"), "看不见的字符"),
        (("add", "高主编", "--email", "no-address", "--role", "editor"), "不是邮件地址"),
        (("add", "高主编", "--email", GAO), "请用 --role 给出至少一个"),
        (("add", "高主编", "--email", GAO, "--role", "boss"), "没有角色 'boss'"),
        (("add", "高主编", "--email", WANG, "--role", "editor"), "已是 王编辑 的"),
        (("change", "王编辑"), "没有写明要改什么"),
        (("leave", "李"), "没有人员 李：现有 王编辑"),
    ],
)
def test_what_cannot_be_is_one_sentence(office: Office, given: tuple[str, ...], said: str) -> None:
    add(office, "王编辑", WANG)
    assert said in office("staff", *given).sentence


def test_the_trail_calls_an_account_by_the_name_of_who_uses_it(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(office, "王编辑", WANG)
    act_as(monkeypatch, "王编辑")
    add(office, "高主编", GAO)
    people = {row["name"]: row["added_by"] for row in office("staff", "list", "--json").document}
    assert people == {"王编辑": getpass.getuser(), "高主编": "王编辑"}
    assert audited(app).count(("staff.add", "高主编")) == 1
    assert "accounts" not in office("staff", "change", "高主编", "--name", "高敏").out
    renamed = office("staff", "change", "王编辑", "--name", "王敏").out
    assert "设置 accounts 里写的还是旧名" in renamed


def test_who_acts_is_the_system_account_whatever_the_environment_claims(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    myself = getpass.getuser()
    monkeypatch.setenv("LOGNAME", "somebody-else")
    add(office, "王编辑", WANG)
    assert office("staff", "list", "--json").document[0]["added_by"] == myself

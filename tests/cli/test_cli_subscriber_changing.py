"""`distribution subscriber change`, `pause`, `depart`, `return`, `replace`: what befalls one."""

from datetime import timedelta

import pytest
from cli_office import Office
from desk_files import audited, details
from sqlalchemy import select

from distribution import clock
from distribution.app import App
from distribution.models import Audit

LIANG, WANG = "liang@sanjin.example", "wang@sanjin.example"
TOMORROW = str(clock.today() + timedelta(days=1))
YESTERDAY = str(clock.today() - timedelta(days=1))


@pytest.fixture
def liang(office: Office) -> dict[str, object]:
    """The liaison of an enterprise, who agreed."""
    office(
        *("subscriber", "add", LIANG, "--name", "梁毅", "--enterprise", "太行重工有限公司"),
        *("--role", "联络员", "--topics", "quality,policy", "--words", "液压"),
        *("--edition", "标准版", "--consent", "登记表"),
    )
    return shown(office)


def shown(office: Office, email: str = LIANG) -> dict[str, object]:
    found: dict[str, object] = office("subscriber", "show", email, "--json").document
    return found


def without(found: dict[str, object], *keys: str) -> dict[str, object]:
    return {key: value for key, value in found.items() if key not in keys}


def test_only_what_is_named_changes(office: Office, liang: dict[str, object]) -> None:
    office("enterprise", "add", "晋中轴承厂")

    changed = office(
        *("subscriber", "change", LIANG, "--name", "梁义", "--phone", "0351-1234567"),
        *("--role", "质量", "--enterprise", "轴承"),
    )

    assert changed.out == f"已修改 梁义 <{LIANG}>：名称、电话、职务、单位。\n"
    now = shown(office)
    facts = ("name", "phone", "role", "enterprise")
    assert [now[key] for key in facts] == ["梁义", "0351-1234567", "quality", "晋中轴承厂"]
    assert without(now, *facts) == without(liang, *facts)


@pytest.mark.usefixtures("liang")
def test_a_new_address_keeps_consent_and_interests(office: Office) -> None:
    before = shown(office)

    changed = office("subscriber", "change", LIANG, "--email", "Liang＠qq.con")

    assert "请留意：域名 qq.con 是不是 qq.com" in changed.out
    assert without(shown(office, "liang@qq.con"), "email") == without(before, "email")
    assert office("subscriber", "show", LIANG).code == 2


@pytest.mark.usefixtures("liang")
def test_the_trail_names_no_address_name_or_phone(office: Office, app: App) -> None:
    office(
        *("subscriber", "change", LIANG, "--name", "梁义", "--phone", "13800000000"),
        *("--role", "质量", "--email", WANG),
    )
    office("subscriber", "replace", WANG, "new@sanjin.example", "--name", "王芳")

    assert details(app, "subscriber.change") == {
        "name": "changed",
        "phone": "changed",
        "role": ["liaison", "quality"],
        "address": "changed",
    }
    with app.reading() as session:
        trail = str([row.detail for row in session.scalars(select(Audit))])
    assert [word for word in ("sanjin", "梁", "王芳", "1380000") if word in trail] == []


@pytest.mark.usefixtures("liang")
def test_a_change_that_changes_nothing_says_so_and_leaves_no_trail(
    office: Office, app: App
) -> None:
    same = office("subscriber", "change", LIANG, "--role", "liaison", "--name", " 梁毅 ")

    assert same.out == f"{LIANG} 本来就是这样：没有改动。\n"
    assert office("subscriber", "pause", LIANG, "--resume").out.endswith(
        "本来就没有暂停：没有改动。\n"
    )
    assert office("subscriber", "return", LIANG).out.endswith("本来就在任：没有改动。\n")
    assert [action for action, _ in audited(app)] == ["subscriber.add"]


def test_a_contact_may_belong_to_no_enterprise(office: Office, liang: dict[str, object]) -> None:
    assert office("subscriber", "change", LIANG, "--no-enterprise").code == 0

    assert without(shown(office), "enterprise") == without(liang, "enterprise")
    assert shown(office)["enterprise"] is None


REFUSED = {
    "nothing named": (["change", LIANG], 2, "没有写明要改什么"),
    "both enterprises": (
        ["change", LIANG, "--enterprise", "太行", "--no-enterprise"],
        2,
        "只能写一个",
    ),
    "no such enterprise": (["change", LIANG, "--enterprise", "无此厂"], 2, "没有单位 无此厂"),
    "an empty enterprise": (["change", LIANG, "--enterprise", " "], 2, "没有单位"),
    "no name": (["change", LIANG, "--name", ""], 2, "姓名不能为空"),
    "an escape": (["change", LIANG, "--phone", "1\x1b[31m"], 2, "U+001B"),
    "a long phone": (["change", LIANG, "--phone", "1" * 41], 2, "最多 40 个"),
    "no address": (["change", LIANG, "--email", "没有"], 2, "不是邮件地址"),
    "somebody's address": (["change", LIANG, "--email", WANG.upper()], 1, "已在册"),
    "an unknown role": (["change", LIANG, "--role", "皇帝"], 2, "没有职务 '皇帝'"),
    "a second liaison": (["change", WANG, "--role", "联络员"], 1, f"已有联络员 {LIANG}"),
    "no day": (["pause", LIANG], 2, "--until"),
    "a day and none": (["pause", LIANG, "--until", TOMORROW, "--resume"], 2, "只写一个"),
    "no such day": (["pause", LIANG, "--until", "2026-02-30"], 2, "'2026-02-30' 不是日期"),
    "a long day": (["pause", LIANG, "--until", "9" * 10_000], 2, "不是日期"),
    "a day that is over": (["pause", LIANG, "--until", YESTERDAY], 2, "已经过去"),
    "a new one without name": (["replace", LIANG, "x@sanjin.example"], 2, "--name"),
    "himself": (["replace", LIANG, LIANG.upper()], 1, "不能由本人接替"),
    "no successor": (["replace", LIANG, ""], 2, "没有填写邮件地址"),
    "an unknown predecessor": (["replace", "x@sanjin.example", WANG], 2, "没有订阅者"),
}


@pytest.mark.usefixtures("liang")
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused_in_one_sentence_and_nothing_changes(
    office: Office, app: App, case: str
) -> None:
    arguments, code, reason = REFUSED[case]
    office("subscriber", "add", WANG, "--name", "王芳", "--enterprise", "太行重工有限公司")
    before = (shown(office), shown(office, WANG))

    refused = office("subscriber", *arguments)

    assert (refused.code, refused.out) == (code, "")
    assert reason in refused.sentence
    assert len(refused.sentence) < 700
    assert (shown(office), shown(office, WANG)) == before
    assert {action for action, _ in audited(app)} == {"subscriber.add"}


@pytest.mark.usefixtures("liang")
def test_a_pause_lasts_through_its_day_and_can_be_ended(office: Office, app: App) -> None:
    year, month, day = TOMORROW.split("-")

    paused = office("subscriber", "pause", LIANG, "--until", f"{year}年{month}月{day}日")

    assert paused.out == f"{LIANG}：暂停至 {TOMORROW}（含当日）。\n"
    assert f"本人暂停，至 {TOMORROW}（含当日）" in office("subscriber", "show", LIANG).out
    assert shown(office)["barrier"] == "paused"
    assert office("subscriber", "pause", LIANG, "--resume").out == f"{LIANG}：已恢复。\n"
    assert shown(office)["mailable"] is True
    actions = [action for action, _ in audited(app)]
    assert actions == ["subscriber.add", "subscriber.pause", "subscriber.pause"]


@pytest.mark.usefixtures("liang")
def test_who_leaves_is_kept_but_not_mailed_and_may_come_back(office: Office) -> None:
    assert office("subscriber", "depart", LIANG).out == f"梁毅 <{LIANG}> 已离任。\n"
    assert (shown(office)["barrier"], shown(office)["enterprise"]) == (
        "departed",
        "太行重工有限公司",
    )
    assert office("subscriber", "depart", LIANG).out.endswith("本来就已离任：没有改动。\n")
    assert office("subscriber", "return", LIANG).out == f"梁毅 <{LIANG}> 在任。\n"
    assert shown(office)["mailable"] is True


def test_a_successor_inherits_all_but_consent(office: Office, liang: dict[str, object]) -> None:
    replaced = office("subscriber", "replace", LIANG, WANG, "--name", "王芳", "--phone", "139")

    assert replaced.out == (
        f"梁毅 已离任，由 王芳 <{WANG}> 接替：太行重工有限公司，联络员。\n"
        f"尚无同意依据，不会向他投递；取得同意后：distribution consent grant {WANG} --basis 依据；"
        f"或请他本人确认：distribution subscriber confirm {WANG} --request\n"
    )
    his_own = ("email", "name", "phone", "consents", "created_at", "mailable", "barrier", "facts")
    assert without(shown(office, WANG), *his_own) == without(liang, *his_own)
    assert shown(office)["barrier"] == "departed"


@pytest.mark.usefixtures("liang")
def test_a_successor_who_is_known_keeps_his_name_and_consent(office: Office) -> None:
    office("subscriber", "add", WANG, "--name", "王芳", "--consent", "旧表")

    replaced = office("subscriber", "replace", LIANG, WANG)

    assert replaced.out == f"梁毅 已离任，由 王芳 <{WANG}> 接替：太行重工有限公司，联络员。\n"
    assert (shown(office, WANG)["mailable"], shown(office, WANG)["role"]) == (True, "liaison")
    assert "接任（前任编号：1）" in office("subscriber", "history", WANG).out


@pytest.mark.usefixtures("liang")
def test_a_successor_may_agree_at_once(office: Office) -> None:
    office("subscriber", "replace", LIANG, WANG, "--name", "王芳", "--consent", "来电")

    assert shown(office, WANG)["mailable"] is True

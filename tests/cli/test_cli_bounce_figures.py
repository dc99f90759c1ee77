"""`distribution bounce report` and `unreachable`: figures, and whom to telephone."""

import os
from pathlib import Path

import pytest
from bounce_desk import QIAN, SUN, WORKS, ZHAO, bounced, came, many, refused, rows, suppress
from cli_office import Office
from databases import only_sqlite
from returned_mails import bounce, complaint
from sqlalchemy import update

from distribution.app import App
from distribution.models import Subscriber
from distribution.tables import open_table
from distribution.words import SuppressionReason

# -- report --------------------------------------------------------------------------------------


def test_a_report_counts_by_class_provider_enterprise_and_consequence(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    bounced(app, mailed, ZHAO)
    bounced(app, mailed, ZHAO, words="550 5.1.1 no such user")
    refused(app, mailed, QIAN)
    bounced(app, mailed, SUN, "5.2.2", "552 5.2.2 mailbox full")
    came(app, bounce("nobody@other.example"))

    shown, found = office("bounce", "report"), office("bounce", "report", "--json").document

    said = rows(shown.out)
    assert (shown.code, shown.err) == (0, "")
    assert said[1] == ["未送达", "3", "封：退信", "2、投递时被拒", "1。"]
    for line in (
        ["地址不存在", "1", "1", "2", "0"],
        ["邮箱已满", "1", "0", "1", "0"],
        ["fenhe.example", "2", "1", "3", "0"],
        [WORKS, "2", "1", "3", "0"],
        ["抑制地址", "1", "1", "2", "0"],
        ["累计", "1", "0", "1", "0"],
    ):
        assert line in said
    assert "· 退信：已交中继、其后退回的投递" in shown.out
    assert list(found) == [
        "run", "since", "until", "returned", "refused", "delayed", "total", "meanings", "lanes",
        "enterprises", "consequences", "mails", "notes",
    ]  # fmt: skip
    assert (found["returned"], found["refused"], found["total"]) == (2, 1, 3)
    assert found["mails"]["unmatched"] == 1
    assert [one["meaning"] for one in found["meanings"]] == ["bad_address", "mailbox_full"]


def test_a_report_of_a_run_agrees_with_its_own(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    bounced(app, mailed, ZHAO)
    refused(app, mailed, QIAN)
    came(app, complaint(app.addresses.message_id(mailed[SUN])))

    found = office("bounce", "report", "--run", "1", "--json").document
    run = office("report", "run", "1", "--json").document

    assert found["returned"] == run["bounced"]["total"] == 1
    assert found["refused"] == run["books"]["states"]["failed"] == 1
    assert found["mails"]["complaints"] == run["complaints"] == 1
    assert run["meanings"] == [
        {"meaning": "bad_address", "label": "地址不存在", "returned": 1, "refused": 1, "delayed": 0}
    ]
    assert "未找到对应邮件（封）" not in office("bounce", "report", "--run", "1").out


def test_a_report_of_a_time_in_which_nothing_came_says_so(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    bounced(app, mailed, ZHAO)

    shown = office("bounce", "report", "--since", "2026-01-01", "--until", "2026-01-31")

    assert shown.out.splitlines()[:2] == [
        "退信统计 · 自 2026-01-01 至 2026-01-31",
        "没有退信，也没有投递时被拒的。",
    ]


@only_sqlite
def test_many_providers_are_listed_on_demand(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    many(app, mailed[ZHAO], 30)

    short, whole = office("bounce", "report").out, office("bounce", "report", "--all").out

    assert short.count("还有 10 行：加 --all 全部列出") == 2
    assert ("加 --all" in whole, "d29.example" in whole) == (False, True)


# -- unreachable ---------------------------------------------------------------------------------


def test_enterprises_mail_no_longer_reaches_are_listed_with_their_phones(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    for email in mailed:
        suppress(app, email, SuppressionReason.HARD_BOUNCE)

    shown, found = office("bounce", "unreachable"), office("bounce", "unreachable", "--json")

    first = rows(shown.out)[2]
    assert [first[0], *first[3:7]] == [WORKS, "其他", "0351-0000001", ZHAO, "硬退信"]
    assert "共 1 家企业，3 位联系人" in shown.out
    assert [one["email"] for one in found.document] == [ZHAO, QIAN, SUN]
    assert found.document[0] | {"since": None, "last_at": None} == {
        "enterprise": WORKS,
        "region": "",
        "name": ZHAO,
        "role": "other",
        "phone": "0351-0000001",
        "email": ZHAO,
        "reason": "hard_bounce",
        "domain": None,
        "evidence": "依据",
        "since": None,
        "last_issue": "2026-09",
        "last_at": None,
    }


@pytest.mark.usefixtures("mailed")
def test_as_long_as_one_contact_is_reached_nobody_is_listed(office: Office, app: App) -> None:
    for email in (ZHAO, QIAN):
        suppress(app, email, SuppressionReason.HARD_BOUNCE)

    assert office("bounce", "unreachable").out == "没有邮件到不了的会员企业。\n"
    assert office("bounce", "unreachable", "--json").document == []


@only_sqlite
@pytest.mark.parametrize("suffix", ["xlsx", "csv", "tsv"])
def test_the_list_is_exported_over_the_old_one_and_no_name_is_a_formula(
    office: Office, app: App, mailed: dict[str, int], tmp_path: Path, suffix: str
) -> None:
    for email in mailed:
        suppress(app, email, SuppressionReason.HARD_BOUNCE)
    with app.transaction() as session:
        name = '=HYPERLINK("https://x.example")'
        session.execute(update(Subscriber).where(Subscriber.email == ZHAO).values(name=name))
    path = tmp_path / f"待联络.{suffix}"
    path.write_text("旧", encoding="utf-8")

    done = office("bounce", "unreachable", "--out", str(path))

    assert (done.code, done.out) == (0, f"已写出 3 位联系人：{path}\n")
    with open_table(path) as table:
        heading, first, *others = [cells for _, cells in table.rows()]
    assert heading[:6] == ["单位", "地区", "联系人", "职务", "电话", "邮箱"]
    assert (first[0], first[4:7]) == (WORKS, ["0351-0000001", ZHAO, "硬退信"])
    assert first[8:10] == ["2026-09", "2026-12-01"]
    assert len(others) == 2
    if suffix != "xlsx":
        assert "'=HYPERLINK" in path.read_text(encoding="utf-8-sig")


@only_sqlite
def test_a_folder_is_no_file_to_export_to(office: Office, tmp_path: Path) -> None:
    refusal = office("bounce", "unreachable", "--out", str(tmp_path))

    assert (refusal.code, refusal.out) == (2, "")
    assert str(tmp_path) in refusal.err


@only_sqlite
@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_place_without_permission_is_named(office: Office, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    assert "没有权限" in office("bounce", "unreachable", "--out", str(tmp_path / "x.csv")).sentence

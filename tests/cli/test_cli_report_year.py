"""`distribution report board`, `enterprise` and `send`: for people, for programmes, by mail."""

from io import BytesIO
from pathlib import Path

import pytest
from cli_office import Office
from lxml import html as reader  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook
from reports.report_samples import article_ids, clicked, opened, rows, send_sample
from sqlalchemy import select

from distribution import audience, clock
from distribution.app import App
from distribution.cli import common
from distribution.models import Audit, Enterprise, Subscriber
from workers.current import set_app

YEAR = clock.today().year


@pytest.fixture
def sent(app: App) -> int:
    """A sent run of which a few readers read something; its number."""
    run_id = send_sample(app)
    with app.transaction() as session:
        for row in rows(session, run_id)[:8]:
            opened(session, run_id, row)
            clicked(session, run_id, row, article_ids(session, run_id)[3])
    return run_id


def enterprise_of(app: App) -> str:
    with app.reading() as session:
        return session.scalars(select(Enterprise.name).order_by(Enterprise.id)).first() or ""


def test_the_board_gets_a_page_a_workbook_and_a_document_of_the_same_year(
    office: Office, sent: int, tmp_path: Path
) -> None:
    page, workbook = tmp_path / "board.html", tmp_path / "board.xlsx"
    told = office("report", "board")
    files = office("report", "board", "--html", str(page), "--xlsx", str(workbook))
    found = office("report", "board", "--year", str(YEAR), "--json").document
    sheets = CalamineWorkbook.from_filelike(BytesIO(workbook.read_bytes()))
    facts = dict(row[:2] for row in sheets.get_sheet_by_name("概要").to_python())
    run = office("report", "run", str(sent), "--json").document

    assert (told.code, files.code) == (0, 0)
    assert f"{YEAR} 年" in told.out
    assert "活跃读者：同意统计的读者中" in told.out.replace("\n  ", "")
    assert files.out.splitlines() == [f"已写入 {page}", f"已写入 {workbook}"]
    assert reader.fromstring(page.read_bytes()).findtext(".//h1").endswith(f"{YEAR} 年度投递报告")
    assert found["this"]["sums"]["accepted"] == run["books"]["states"]["accepted"]
    assert facts["已交中继（封）"] == found["this"]["sums"]["accepted"]
    assert found["notes"]["unreached"].startswith("未送达：")


def test_a_year_of_which_nothing_is_known_is_said_to_be_one(office: Office) -> None:
    told = office("report", "board", "--year", "2031")

    assert (told.code, told.err) == (0, "")
    assert "2031 年还没有投递，会员企业 0 家" in told.out
    assert office("report", "board", "--year", "1").code == 2


def test_whoever_visits_an_enterprise_gets_its_year(
    office: Office, app: App, sent: int, tmp_path: Path
) -> None:
    name, page, workbook = enterprise_of(app), tmp_path / "v.html", tmp_path / "v.xlsx"
    told = office("report", "enterprise", name)
    files = office("report", "enterprise", name, "--html", str(page), "--xlsx", str(workbook))
    found = office("report", "enterprise", name, "--json").document
    with app.reading() as session:
        emails = session.scalars(
            select(Subscriber.email)
            .join(Enterprise, Enterprise.id == Subscriber.enterprise_id)
            .where(Enterprise.name == name)
        ).all()
    sheets = CalamineWorkbook.from_filelike(BytesIO(workbook.read_bytes()))
    contacts = sheets.get_sheet_by_name("联系人").to_python()

    assert (told.code, files.code) == (0, 0)
    assert name in told.out
    assert "不论是否同意统计都不按人列出" in told.out.replace("\n  ", "")
    assert {one["email"] for one in found["contacts"]} == set(emails)
    assert {row[2] for row in contacts[1:]} == set(emails)
    assert not {"opened", "clicked", "readers"} & set(found["contacts"][0])
    assert all(email in page.read_text(encoding="utf-8") for email in emails)
    assert sent


def test_a_name_that_is_nobodys_or_many_ones_is_told_in_a_sentence(
    office: Office, app: App
) -> None:
    with app.transaction() as session:
        for name in ("汾河泵业", "汾河轴承"):
            audience.ensure_enterprise(session, name, at=clock.now())
    nobody, many = (office("report", "enterprise", name) for name in ("不存在", "汾河"))

    assert nobody.code == many.code != 0
    assert "不存在" in nobody.err
    assert "汾河泵业" in many.err
    assert nobody.err.count("\n") == many.err.count("\n") == 1


def test_page_and_document_do_not_share_a_line(office: Office, tmp_path: Path) -> None:
    both = office("report", "board", "--html", "-", "--json")
    wrong = office("report", "board", "--html", str(tmp_path / "board.pdf"))

    assert (both.code, wrong.code) == (2, 2)
    assert "标准输出" in both.err
    assert ".html" in wrong.err


def test_a_report_goes_to_the_board_by_mail_on_request(
    office: Office, app: App, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = office("report", "send", str(sent))
    office("staff", "add", "甲秘书长", "--email", "a@jixie.example", "--role", "board")
    told = office("report", "send", str(sent))
    again = office("report", "send", str(sent), "--to", "甲秘书长")
    monkeypatch.setenv("DISTRIBUTION_ADMIN_ADDRESSES", "a@jixie.example,b@jixie.example")
    common.installation().engine.dispose()
    common.installation.cache_clear()
    both = office("report", "send", str(sent))
    set_app(None)
    letters = office("letter", "list", "--purpose", "report", "--json").document
    shown = office("letter", "show", str(letters[0]["id"]))
    with app.reading() as session:
        deeds = session.scalars(select(Audit).where(Audit.action == "report.send")).all()
    mails = [path.read_bytes() for path in (app.settings.home / "outbox").rglob("*.eml")]

    assert (nobody.code, told.code, again.code, both.code) == (1, 0, 0, 0)
    assert "--role board" in nobody.err
    assert "admin_addresses" in nobody.err
    assert f"批次 {sent} 的报告寄给 甲秘书长" in told.out
    assert [line.split("寄给 ")[1] for line in both.out.splitlines()[:2]] == [
        "甲秘书长（a@jixie.example）。",
        "b@jixie.example。",
    ]
    assert [letter["state"] for letter in letters] == ["sent"] * 4
    assert "期投递报告.xlsx" in shown.out
    assert [deed.detail["to"] for deed in deeds] == [
        *[["甲秘书长"]] * 2,
        ["甲秘书长", "b@jixie.example"],
    ]
    assert sum(b"multipart/mixed" in mail for mail in mails) == 4

"""1,000 enterprises and 5,000 contacts, written and read again in every form: the same audience."""

import csv
import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite
from sqlalchemy import delete, select

from distribution import audience, clock, tables
from distribution.app import App
from distribution.audience.credit_code import check_character
from distribution.cli import common
from distribution.models import Base, Topic
from distribution.words import Purpose

FIRMS, PEOPLE = 1_000, 5_000
TOPICS = ("政策措施", "装备制造", "质量管理", "省内信息", "科技前沿", "行业资讯", "产教融合")
ROLES = ("联络员", "总经理", "技术", "质量", "人事", "行政", "其他")
NAMES = ("魏𠮷安", "柏喆", "欧阳思远", "O'Brien", "阿依古丽·买买提", "=SUM(A1)", "-李", "王 芳")
CITIES = ("太原", "大同", "长治", "北京", "")
HOSTS = ("taihang.example", "例子.example", "Fenhe.Example")


def firms(choose: random.Random) -> list[list[object]]:
    rows = []
    for number in range(FIRMS):
        body = f"911401{number:08d}MA0"[:17]
        rows.append(
            [
                f"虚构机械{number}（集团）有限公司",
                f"机{number}" if number % 3 else "",
                body + check_character(body) if number % 2 else "",
                choose.choice(CITIES),
                choose.choice(("C35", "C34 通用设备制造业", "制造业", "")),
                date(2020, 1, 1 + number % 28),
                date(2030, 12, 31) if number % 4 else ("2026-01-31" if number % 8 else None),
                choose.choice(("", "理事单位", "+分期缴费，\n下半年再谈")),
                "、".join(choose.sample(TOPICS, number % 3)),
            ]
        )
    return rows


def people(choose: random.Random) -> list[list[object]]:
    rows = []
    for number in range(PEOPLE):
        firm = number // 5
        rows.append(
            [
                f"虚构机械{firm}（集团）有限公司" if number % 11 else "",
                choose.choice(NAMES) + str(number),
                ROLES[number % 5] if number % 11 else "其他",
                f"Contact.{number}@{choose.choice(HOSTS)}",
                f"0351-{2_000_000 + number}" if number % 2 else "",
                "、".join(choose.sample(TOPICS, choose.randrange(5))),
                "、".join(choose.sample(("液压", "轴承", "@一号机", "煤矿智能化"), number % 3)),
                choose.choice(("每期", "有匹配时")),
                choose.choice(("个性化", "标准版")),
                choose.choice(("图文", "纯文本")),
                choose.choice(("", "入会登记表 2026-03", "电话确认")),
                "来电要求不再接收" if number % 17 == 0 else "",
                choose.choice(("", "同意", "不同意")),
                date(2031, 1, 31) if number % 13 == 0 else None,
            ]
        )
    return rows


FIRM_HEADINGS = (
    *("单位名称", "简称", "统一社会信用代码", "地区", "行业", "入会日期", "会籍到期", "备注"),
    "关注主题",
)
PEOPLE_HEADINGS = (
    *("单位名称", "姓名", "职务", "邮箱", "手机", "关注主题", "关注词", "接收频率", "版本", "格式"),
    *("同意依据", "退订说明", "阅读统计", "暂停至"),
)


COLUMNS = (
    *("name", "short_name", "credit_code", "region", "industry", "member_since", "member_until"),
    *("suspended_at", "notes"),
)


def snapshot(app: App) -> list[str]:
    """Everything that matters of everybody, in no database's own order or numbers."""
    today = clock.today()
    with app.reading() as session:
        found: list[object] = [
            [getattr(one.row, column) for column in COLUMNS] + [one.topics]
            for one in audience.exported_enterprises(
                session, audience.TheseEnterprises(), today=today
            )
        ]
        found += audience.exported_contacts(session, audience.Those())
        found += [
            (one.recipient, one.barrier, one.topics, one.topics_from, one.tracking, one.format)
            for one in audience.readers_after(session, 0, PEOPLE + 1).readers
        ]
    return sorted(map(repr, found))


def emptied(app: App) -> None:
    with app.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table is not Topic.__table__:
                session.execute(delete(table))


def recoded(encoding: str, separator: str) -> Callable[[Path], None]:
    """The same text in another encoding and with another separator, as other programmes save it."""

    def change(path: Path) -> None:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=separator).writerows(rows)

    return change


def as_it_is(_: Path) -> None:
    pass


FORMS = {
    "xlsx": (".xlsx", as_it_is),
    "csv": (".csv", as_it_is),
    "tsv": (".tsv", as_it_is),
    "utf-8": (".csv", recoded("utf-8", ",")),
    "gb18030": (".csv", recoded("gb18030", ",")),
    "gb18030-semicolon": (".csv", recoded("gb18030", ";")),
    "utf-16": (".csv", recoded("utf-16", "\t")),
    "utf-16-bare": (".csv", recoded("utf-16-le", ",")),
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with both lists, and everybody of them in the audience."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    choose = random.Random(20261125)  # noqa: S311 - made-up people, no secret
    tables.write_table(folder / "firms.xlsx", FIRM_HEADINGS, firms(choose))  # type: ignore[arg-type]
    tables.write_table(folder / "people.xlsx", PEOPLE_HEADINGS, people(choose))  # type: ignore[arg-type]
    return folder


def imported(office: Office, noun: str, file: str) -> None:
    done = office(noun, "import", file, "--apply")
    assert done.code == 0, done.out + done.err


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database lies once it is filled: the first test fills it, the others copy it."""
    return tmp_path_factory.mktemp("filled") / "distribution.db"


def filled_once(office: Office, app: App, filled: Path) -> None:
    app.engine.dispose()  # SQLite then leaves one file
    own = app.settings.home / "distribution.db"
    if filled.exists():
        shutil.copy(filled, own)
        return
    imported_from_the_desk(office)
    common.installation().engine.dispose()
    shutil.copy(own, filled)


def imported_from_the_desk(office: Office) -> None:
    imported(office, "enterprise", "firms.xlsx")
    imported(office, "subscriber", "people.xlsx")


def round_trip(office: Office, app: App, form: str) -> None:
    extension, change = FORMS[form]
    before = snapshot(app)
    assert len(before) == FIRMS + 2 * PEOPLE
    for noun in ("enterprise", "subscriber"):
        assert office(noun, "list", "--out", f"{noun}{extension}").code == 0
        change(Path(f"{noun}{extension}"))

    emptied(app)
    for noun in ("enterprise", "subscriber"):
        imported(office, noun, f"{noun}{extension}")

    assert snapshot(app) == before


@only_sqlite
@pytest.mark.parametrize("form", FORMS)
def test_what_was_written_is_read_again_as_the_same_audience(
    office: Office, app: App, desk: Path, filled: Path, form: str
) -> None:
    assert desk.exists()
    filled_once(office, app, filled)
    round_trip(office, app, form)
    with app.reading() as session:
        said = audience.consents(session, purpose=Purpose.DIGEST, limit=1)
        assert said[0][0].channel.startswith("import-")
        assert session.scalar(select(Topic.id).limit(1)) is not None


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_on_postgresql_too(office: Office, app: App, desk: Path) -> None:
    assert desk.exists()
    imported_from_the_desk(office)
    round_trip(office, app, "csv")

"""Lists as a test writes them down, and what becomes of them."""

from collections.abc import Sequence
from datetime import datetime

from audience_people import HASHER, NOW

from distribution import audience
from distribution.app import App
from distribution.audience import Result, Source, Verdict

PEOPLE = ("单位名称", "姓名", "职务", "邮箱", "电话", "关注主题", "关注词")
FIRMS = ("单位名称", "统一社会信用代码", "地区", "行业", "入会日期", "会籍到期", "备注", "关注主题")
ZHANG = (
    "太行重工",
    "张三",
    "联络员",
    "zhang@taihang.example",
    "0351-2022001",
    "质量管理、政策措施",
    "液压",
)
LI = ("太行重工", "李四", "质量", "li@taihang.example", "", "", "")


def numbered(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[tuple[int, list[str]]]:
    return [(at, list(row)) for at, row in enumerate((headings, *rows), start=1)]


class Told(list[Verdict]):
    """Collects verdicts."""

    def __call__(self, verdicts: Sequence[Verdict]) -> None:
        self.extend(verdicts)

    @property
    def outcomes(self) -> list[str]:
        return [one.outcome.value for one in self]

    @property
    def reasons(self) -> list[str]:
        return [one.reason for one in self]


def source(name: str = "list.csv", *, basis: str = "入会登记表 2026-03") -> Source:
    return Source(name, (name + basis).ljust(64, "0")[:64], basis)


def people(
    app: App,
    *rows: Sequence[str],
    headings: Sequence[str] = PEOPLE,
    of: Source | None = None,
    at: datetime = NOW,
) -> tuple[Told, Result]:
    """Import a list of contacts."""
    told = Told()
    reader = audience.read_contacts(numbered(headings, rows))
    result = audience.import_contacts(
        app.transaction, reader, of or source(), HASHER, told, by="test", at=at
    )
    return told, result


def firms(
    app: App,
    *rows: Sequence[str],
    headings: Sequence[str] = FIRMS,
    of: Source | None = None,
    at: datetime = NOW,
) -> tuple[Told, Result]:
    """Import a list of enterprises."""
    told = Told()
    reader = audience.read_enterprises(numbered(headings, rows))
    result = audience.import_enterprises(
        app.transaction, reader, of or source("firms.csv"), told, by="test", at=at
    )
    return told, result


def undo(app: App, import_id: int | None) -> dict[str, int]:
    assert import_id is not None
    with app.transaction() as session:
        return audience.undo(session, audience.find_import(session, import_id), by="test", at=NOW)

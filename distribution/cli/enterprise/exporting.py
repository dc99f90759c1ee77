"""How a list of enterprises is written so that an import understands all of it."""

from datetime import date

from distribution import audience
from distribution.audience import ExportedEnterprise
from distribution.tables import Cell

HEADINGS = (
    "单位名称", "简称", "统一社会信用代码", "地区", "行业", "入会日期", "会籍到期", "备注",
    "关注主题", "状态",
)  # fmt: skip


def cells(one: ExportedEnterprise, today: date) -> list[Cell]:
    """One row; what stands below 状态 is derived, an import leaves it out."""
    row = one.row
    stands = audience.membership(
        row.member_since, row.member_until, suspended=row.suspended_at is not None, today=today
    )
    return [
        row.name,
        row.short_name,
        row.credit_code,
        row.region,
        industry(row.industry),
        row.member_since,
        row.member_until,
        row.notes,
        "、".join(one.topics),
        stands.label,
    ]


def industry(code: str) -> str:
    """An industry by code and name, as far as the standard knows it.

    >>> industry("C35"), industry("")
    ('C35 专用设备制造业', '')
    """
    name = audience.industry_name(code)
    return code if name == code else f"{code} {name}"

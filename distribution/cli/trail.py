"""What is said of a change: to the audit trail from what to what, to a person which facts."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from distribution.words import Word

PERSONAL = frozenset({"name", "phone", "address"})
"""Of a contact: the trail says that they changed, never what they were."""
PRIVATE_NOTES = frozenset({"notes"})
"""Of an enterprise: people write names and numbers into them."""
_CHANGED = "changed"

_LABELS = {
    "name": "名称",
    "short_name": "简称",
    "credit_code": "统一社会信用代码",
    "region": "地区",
    "industry": "行业",
    "member_since": "入会日期",
    "member_until": "会籍到期",
    "notes": "备注",
    "phone": "电话",
    "address": "邮箱",
    "role": "职务",
    "enterprise_id": "单位",
    "departed_at": "离任",
    "topics": "关注主题",
    "watch_words": "关注词",
    "edition": "版本",
    "frequency": "接收频率",
    "format": "邮件格式",
}


def detail(
    changed: Mapping[str, tuple[Any, Any]], hidden: Collection[str] = PERSONAL
) -> dict[str, object]:
    """Field to [before, after], JSON-able; of what is hidden only that it changed.

    >>> detail({"phone": ("1", "2"), "short_name": ("", "太重")})
    {'phone': 'changed', 'short_name': ['', '太重']}
    """
    return {
        field: _CHANGED if field in hidden else [_plain(value) for value in pair]
        for field, pair in changed.items()
    }


def told(changed: Collection[str]) -> str:
    """Which facts changed, for people.

    >>> told({"role": (1, 2), "phone": (3, 4)})
    '职务、电话'
    """
    return "、".join(_LABELS.get(field, field) for field in changed)


def _plain(value: object) -> object:
    if isinstance(value, Word):
        return value.value
    return value.isoformat() if isinstance(value, date) else value

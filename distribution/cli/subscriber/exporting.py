"""How a list of contacts is written so that an import understands all of it."""

from distribution import clock
from distribution.audience import ExportedContact
from distribution.cli.choices import MAILABLE
from distribution.tables import Cell
from distribution.words import Tracking

HEADINGS = (
    "单位名称", "姓名", "职务", "邮箱", "手机", "关注主题", "关注词", "接收频率", "版本", "格式",
    "同意依据", "退订说明", "阅读统计", "暂停至", "状态",
)  # fmt: skip
_TRACKING = {Tracking.GRANTED: "同意", Tracking.DENIED: "不同意", Tracking.UNKNOWN: ""}


def cells(contact: ExportedContact) -> list[Cell]:
    """One row; what stands below 状态 is derived, an import leaves it out."""
    return [
        contact.enterprise,
        contact.name,
        contact.role.label if contact.role else None,
        contact.email,
        contact.phone,
        "、".join(contact.topics),
        "、".join(contact.watch_words),
        contact.frequency.label,
        contact.edition.label,
        contact.format.label,
        contact.basis,
        contact.left,
        _TRACKING[contact.tracking],
        clock.last_day_before(contact.paused_until) if contact.paused_until else None,
        contact.barrier.label if contact.barrier else MAILABLE,
    ]

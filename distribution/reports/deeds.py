"""Audit rows about a person in the words of those who read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from distribution.models import Audit
from distribution.words import (
    Decision,
    Edition,
    Frequency,
    MailFormat,
    Purpose,
    RequestKind,
    Role,
    SuppressionReason,
)

_DEEDS = {
    "subscriber.add": "新增订阅者",
    "subscriber.change": "修改资料",
    "subscriber.interests": "修改关注",
    "subscriber.pause": "暂停投递",
    "subscriber.resume": "恢复投递",
    "subscriber.depart": "登记离任",
    "subscriber.leave": "登记离任",
    "subscriber.return": "登记回任",
    "subscriber.replace": "由他人接任",
    "subscriber.succeed": "接任",
    "subscriber.bulk": "批量修改",
    "subscriber.granted": "代为登记同意",
    "subscriber.withdrawn": "代为登记撤回",
    "subscriber.requested": "请求本人确认",
    "subscriber.voided": "作废同意记录",
    "subscriber.unsubscribe": "代为退订",
    "subscriber.confirm": "写确认信",
    "subscriber.welcome": "写欢迎信",
    "subscriber.export": "导出全部资料",
    "subscriber.erase": "删除资料",
    "reader.preferences": "本人修改设置",
    "reader.leave": "本人退订",
    "reader.confirm": "本人确认订阅",
    "reader.sign_up": "本人在网上登记",
    "subscriber.check": "核对单位",
    "reader.return": "本人恢复订阅",
    "reader.pause": "本人暂停",
    "reader.resume": "本人恢复投递",
    "reader.ask_to_move": "本人请求更换邮箱",
    "reader.move": "本人更换邮箱",
    "reader.copy": "本人索取资料副本",
    "consent.granted": "登记同意",
    "consent.withdrawn": "登记撤回",
    "consent.requested": "请求本人确认",
    "consent.voided": "作废同意记录",
    "suppression.add": "停用地址",
    "suppression.release": "恢复使用地址",
    "request.add": "登记资料请求",
    "request.close": "答复资料请求",
}
_FIELDS = {
    "topics": "关注主题",
    "less": "少看",
    "more": "多看",
    "words": "关注词",
    "watch_words": "关注词",
    "edition": "版本",
    "frequency": "频率",
    "format": "格式",
    "name": "姓名",
    "phone": "电话",
    "role": "职务",
    "enterprise": "单位",
    "enterprise_id": "单位编号",
    "address": "邮箱",
    "email": "邮箱",
    "reason": "缘由",
    "basis": "依据",
    "channel": "渠道",
    "until": "至",
    "kind": "种类",
    "request": "请求编号",
    "purpose": "用途",
    "tracking": "阅读统计",
    "departed_at": "离任时间",
    "successor": "接任者编号",
    "predecessor": "前任编号",
    "why": "缘由",
    "was": "抑制缘由",
    "due": "期限",
    "letter": "信件编号",
    "unchecked": "单位待核对",
}
_WORDS: dict[str, str] = {
    word.value: word.label
    for kind in (
        Edition,
        Frequency,
        MailFormat,
        Role,
        Purpose,
        Decision,
        RequestKind,
        SuppressionReason,
    )
    for word in kind
} | {"web": "网页", "one-click": "一键退订", "mail": "来信", "complaint": "投诉"}
_LISTS = ("topics", "words", "watch_words")
_CHANGED = "changed"
_COUPLE = 2


def deed_of(row: Audit, topic_names: Mapping[str, str]) -> str:
    """One deed in a sentence; codes nobody has translated are shown as they are.

    >>> detail = {"edition": ["personalised", "standard"], "phone": "changed"}
    >>> deed_of(Audit(action="subscriber.change", detail=detail), {})
    '修改资料（版本：个性化 → 标准版；电话：已改）'
    """
    what = _DEEDS.get(row.action, row.action)
    details = in_words(row.detail, topic_names)
    return f"{what}（{'；'.join(details)}）" if details else what


def in_words(facts: Mapping[str, Any], topic_names: Mapping[str, str]) -> list[str]:
    """Facts as a document has them, each as people say it; those that say nothing are left out.

    >>> in_words({"role": "liaison", "topics": ["policy"], "phone": None}, {"policy": "政策措施"})
    ['职务：联络员', '关注主题：政策措施']
    """
    known = _WORDS | dict(topic_names)
    return [
        f"{_FIELDS.get(field, field)}：{_said(field, value, known)}"
        for field, value in facts.items()
        if value is not None
    ]


def _said(field: str, value: Any, known: Mapping[str, str]) -> str:  # noqa: ANN401 - any JSON
    if value == _CHANGED:
        return "已改"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return "、".join(known.get(part.strip(), part.strip()) for part in value.split(",")) or "无"
    if isinstance(value, dict):
        return "；".join(
            f"{_FIELDS.get(inner, inner)}：{_said(inner, said, known)}"
            for inner, said in value.items()
        )
    if isinstance(value, Sequence):
        before_and_after = len(value) == _COUPLE and (
            field not in _LISTS or isinstance(value[0], list)
        )
        parts = [_said(field, part, known) for part in value]
        return (" → " if before_and_after else "、").join(parts) or "无"
    return "无" if value is None else str(value)

"""How a judgement is told: what it means, what follows for the reader, which rule spoke and why."""

from dataclasses import dataclass
from pathlib import Path

import click

from distribution.cli.common import printable
from distribution.replies import (
    IN_A_ROW,
    Judgement,
    RecipientResult,
    ReturnedReport,
    Rule,
    Said,
    consequence_of,
)
from distribution.words import Consequence, Meaning, Returned

_OF_REFUSALS = {
    Consequence.SUPPRESSED: "此后不再寄给这个地址",
    Consequence.COUNTED: f"接连 {IN_A_ROW} 期如此才抑制，其间寄到一次即从头计",
    Consequence.SLOWED: "对这家服务商发得慢些，不动读者",
    Consequence.STOPPED: "暂停寄往这家服务商，提醒管理员，不动读者",
    Consequence.NONE: "只记录，不动读者",
}
_OF_KINDS = {
    Returned.DELAYED: "不改动：对方仍在重试，可能还会送达",
    Returned.COMPLAINT: "退订，并抑制地址",
    Returned.LEAVE: "退订：若寄到我们邮件所给的退订地址；别处的转给编辑",
    Returned.AUTO_REPLY: "不改动",
    Returned.CHALLENGE: "不改动",
    Returned.DELIVERED: "不改动",
    Returned.OTHER: "转给编辑：若是读者的回信；其余不改动",
    Returned.UNREADABLE: "不改动：这不是邮件",
}
_DEPARTED = "请管理员核实：信中说本人已离开单位或岗位"


@dataclass(frozen=True, slots=True)
class Rules:
    """The admin's own rules, and where they stand."""

    rules: tuple[Rule, ...]
    path: Path | None


def show_mail(report: ReturnedReport, number: int, own: Rules) -> None:
    """Print what a mail is and how each of its results is judged."""
    if number > 1:
        click.echo()
    click.echo(f"{f'第 {number} 封' if number > 1 else '这封信'}是：{report.kind.label}")
    if report.kind is not Returned.BOUNCE:
        click.echo(f"后果：{_DEPARTED if report.departed else _OF_KINDS[report.kind]}")
    for result in report.results:
        click.echo(f"收件人：{'、'.join(result.recipients) or '未写明'}")
        click.echo(f"原话：{result.diagnostic or '没有'}")
        _show(result.judgement, own, result)


def show_reply(judged: Judgement, own: Rules) -> None:
    """Print how a reply is judged."""
    if judged.said is None or not judged.said.code.strip("0"):
        click.echo("应答码：没有写明，只按文字判断")
    _show(judged, own)


def document_of_mail(report: ReturnedReport, number: int, own: Rules) -> dict[str, object]:
    """The same as JSON."""
    return {
        "number": number,
        "kind": report.kind.value,
        "departed": report.departed,
        "results": [
            {
                "recipient": result.recipients[0] if result.recipients else None,
                "failed": result.failed,
                "status": result.status or None,
                "diagnostic": result.diagnostic,
                **document_of_reply(result.judgement, own),
                "suppress": result.dead,
                "consequence": _consequence(result.judgement, result).value,
            }
            for result in report.results
        ],
    }


def document_of_reply(judged: Judgement, own: Rules) -> dict[str, object]:
    """How a reply is judged, as JSON."""
    rule = judged.rule
    return {
        "class": judged.meaning.value,
        "suppress": judged.dead,
        "temporary": judged.temporary,
        "consequence": _consequence(judged).value,
        "rule": rule.name if rule else None,
        "rules_file": str(own.path) if rule in own.rules else None,
        "because": list(_reasons(rule, judged.said)),
        "source": rule.source if rule else None,
        "example": rule.example if rule else None,
    }


def rule_of(judged: Judgement) -> str:
    """The rule's name, or that there is none."""
    return judged.rule.name if judged.rule else "没有规则适用"


def yes(value: bool) -> str:  # noqa: FBT001 - a column's value
    """A truth in a column."""
    return "是" if value else "否"


def _show(judged: Judgement, own: Rules, result: RecipientResult | None = None) -> None:
    dead = judged.dead if result is None else result.dead
    click.echo(f"含义：{judged.meaning.label}")
    click.echo(f"说明地址本身失效：{yes(dead)}")
    click.echo(f"过后再投可能成功：{yes(judged.temporary)}")
    click.echo(f"后果：{_told_consequence(judged, result)}")
    where = f"（{own.path}）" if judged.rule in own.rules else ""
    click.echo(f"规则：{rule_of(judged)}{where}")
    if judged.rule is not None:
        click.echo(f"因为：{'，'.join(_reasons(judged.rule, judged.said))}")
        if judged.rule.means is not judged.meaning:
            click.echo(f"存疑：{_doubt(judged, judged.rule)}")
        click.echo(f"依据：{printable(judged.rule.source)}")
        click.echo(f"例子：{printable(judged.rule.example)}")


def _consequence(judged: Judgement, result: RecipientResult | None = None) -> Consequence:
    if result is not None and not result.failed:
        return Consequence.NONE
    dead = judged.dead if result is None else result.dead
    return consequence_of(judged.meaning, dead=dead, temporary=judged.temporary)


def _told_consequence(judged: Judgement, result: RecipientResult | None) -> str:
    if result is not None and not result.failed:
        return _OF_KINDS[Returned.DELAYED]
    found = _consequence(judged, result)
    told = f"{found.label}：{_OF_REFUSALS[found]}"
    if result is None and judged.temporary:
        return f"投递时先自动重试；{told}"
    return told


def _reasons(rule: Rule | None, said: Said | None) -> list[str]:
    """What of the reply made the rule fit."""
    if rule is None or said is None:
        return []
    words = rule.fitting(said)
    facts = (
        words and f"含有“{printable(words)}”",
        rule.enhanced and f"增强状态码 {said.enhanced}",
        rule.code and f"应答码 {said.code}",
        rule.provider and f"服务商 {said.provider}",
        rule.phase and f"拒收的一步是 {said.phase}",
    )
    return [fact for fact in facts if fact]


def _doubt(judged: Judgement, rule: Rule) -> str:
    if judged.meaning is Meaning.REPUTATION:
        return f"规则说的是{rule.means.label}，但拒收的一步不是收件人，应是说发信方的域名"
    return f"规则说的是{rule.means.label}，但未写明是在收件人这一步拒收，不作地址失效的证据"

"""`distribution topic default`: what contacts get who chose nothing, by role and industry."""

from collections.abc import Callable

import click

from distribution import audience, audit, clock, topics
from distribution.audience import DefaultTopics
from distribution.cli.choices import ROLE, labels
from distribution.cli.common import (
    Command,
    admin,
    as_json,
    installation,
    printable,
    show_json,
    show_table,
    split,
)
from distribution.errors import DistributionError
from distribution.words import Role

_ANY = "任何"


class WhoseDefault(DistributionError):
    """Raised for a rule that speaks of nobody in particular."""

    def __init__(self) -> None:
        super().__init__("请用 --role 或 --industry 写明是谁的默认主题，两个都可写")


class NoTopics(DistributionError):
    """Raised for a rule that would give nothing."""

    def __init__(self) -> None:
        super().__init__(
            "请用 --topics 写明主题；不再需要这条规则请用 distribution topic default drop"
        )


def _whose(command: Command) -> Command:
    role: Callable[[Command], Command] = click.option(
        "--role", type=ROLE, help=f"职务：{labels(tuple(Role))}。"
    )
    industry: Callable[[Command], Command] = click.option(
        "--industry", help="行业：GB/T 4754 的门类或大类，代码或名称。"
    )
    return role(industry(command))


@click.group("default")
def group() -> None:
    """默认主题：没有自己选择、单位也没有选择的联系人，按职务与行业得到什么。"""


@group.command("list")
@as_json
def list_defaults(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出默认规则；几条都合的，最具体的在前，合在一起。"""
    with installation().reading() as session:
        rules = audience.default_rules(session)
        names = topics.names(session)
    if as_json:
        show_json(
            [
                {
                    "role": rule.role.value if rule.role else None,
                    "industry": rule.industry or None,
                    "topics": list(rule.topics),
                }
                for rule in rules
            ]
        )
        return
    show_table(
        ("职务", "行业", "主题"),
        [
            (
                rule.role.label if rule.role else _ANY,
                _industry(rule.industry),
                "、".join(names[code] for code in rule.topics),
            )
            for rule in rules
        ],
        empty="没有默认规则：用 distribution topic default set 新增",
    )


@group.command("set")
@_whose
@click.option("--topics", "given", required=True, help="主题，按顺序，逗号分隔。")
def set_default(role: Role | None, industry: str | None, given: str) -> None:
    """定下一个职务、一个行业或两者合起来的默认主题。

    例如：distribution topic default set --role 质量 --topics quality,equipment
    """
    wanted = split(given)
    if not wanted:
        raise NoTopics
    before, after = _set(role, industry, wanted)
    whose = _in_words(role, industry)
    if before == after:
        click.echo(printable(f"{whose}的默认主题本来就是这样：没有改动。"))
        return
    with installation().reading() as session:
        names = topics.names(session)
    listed = "、".join(names[code] for code in after)
    click.echo(printable(f"{whose}的默认主题：{listed}。"))


@group.command("drop")
@_whose
def drop(role: Role | None, industry: str | None) -> None:
    """删去一条默认规则。"""
    before, _ = _set(role, industry, ())
    said = "已删去" if before else "本来就没有：没有改动"
    click.echo(printable(f"{_in_words(role, industry)}的默认主题{said}。"))


def _set(
    role: Role | None, industry: str | None, wanted: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Set the topics of a rule; returns what they were and are."""
    if role is None and not (industry or "").strip():
        raise WhoseDefault
    code, at = _code(industry), clock.now()
    with installation().transaction() as session:
        before = _topics(audience.default_rules(session), role, code)
        audience.set_default(session, role, code, wanted)
        after = _topics(audience.default_rules(session), role, code)
        if before != after:
            facts = {"before": list(before), "now": list(after)}
            subject = f"{role.value if role else '*'}/{code or '*'}"
            audit.record(session, "topic.default", subject, by=admin(), at=at, **facts)
    return before, after


def _topics(rules: tuple[DefaultTopics, ...], role: Role | None, industry: str) -> tuple[str, ...]:
    return next(
        (rule.topics for rule in rules if (rule.role, rule.industry) == (role, industry)), ()
    )


def _code(industry: str | None) -> str:
    return audience.read_industry(industry) if industry and industry.strip() else ""


def _industry(code: str) -> str:
    return f"{code} {audience.industry_name(code)}" if code else _ANY


def _in_words(role: Role | None, industry: str | None) -> str:
    whose = [role.label] if role else []
    return "、".join([*whose, *([_industry(_code(industry))] if _code(industry) else [])])

"""`distribution doctor`: what an installation stands on, one line each."""

import os
import sys
from collections import Counter
from dataclasses import asdict

import click

from distribution.cli.common import as_json, printable, show_json
from distribution.doctor import Finding, Grade, examine

_COLOURS = {Grade.GOOD: "green", Grade.NOTE: "yellow", Grade.BAD: "red"}


@click.command("doctor")
@as_json
def command(as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """体检：数据库、队列、中继、时钟、磁盘、密钥、发件域名的 DNS；不发邮件，不改动任何内容。

    ✓ 正常，! 请留意，✗ 有问题；有 ✗ 时退出码为 1，设置读不懂时为 2。
    """
    found: list[Finding] = []
    for finding in examine(os.environ):
        found.append(finding)
        if not as_json:
            _say(finding)
    grades = Counter(finding.grade for finding in found)
    if as_json:
        show_json({"well": not grades[Grade.BAD], "findings": [asdict(one) for one in found]})
    else:
        click.echo(f"\n{_summary(grades)}")
    if grades[Grade.BAD]:
        sys.exit(1)


def _say(finding: Finding) -> None:
    sign = click.style(finding.grade.sign, fg=_COLOURS[finding.grade], bold=True)
    click.echo(f"{sign} {printable(finding.words)}")


def _summary(grades: Counter[Grade]) -> str:
    """How it ends, in a sentence.

    >>> _summary(Counter({Grade.GOOD: 9, Grade.NOTE: 1}))
    '没有问题；请留意 1 处。'
    """
    notes = f"；请留意 {grades[Grade.NOTE]} 处" if grades[Grade.NOTE] else ""
    return f"有 {grades[Grade.BAD]} 处问题{notes}。" if grades[Grade.BAD] else f"没有问题{notes}。"

"""`distribution bounce explain`: what a mail or a reply means, by which rule, and why."""

import sys
from pathlib import Path

import click

from distribution import mailboxes
from distribution.cli.bounce import scoring
from distribution.cli.common import as_json, show_json, show_table
from distribution.cli.issue.files import CannotRead
from distribution.errors import DistributionError
from distribution.replies import (
    Judgement,
    ReturnedReport,
    judge,
    provider_named,
    provider_of_host,
    read_returned,
    reply_code,
)

STANDARD_INPUT = "-"
_LONGEST_NAME = 1000


class NothingToExplain(DistributionError):
    """Raised where neither a mail nor a reply was given."""


@click.command("explain")
@click.argument("given", metavar="[文件或应答]", required=False)
@click.option(
    "--host", metavar="主机", default="", help="说这句应答的主机，如 mx3.qq.com；退信自己写明主机。"
)
@click.option(
    "--replies",
    metavar="表.tsv",
    type=click.Path(path_type=Path),
    help="逐行判断应答表中的例子（列 provider、example）。",
)
@click.option(
    "--score-lines", is_flag=True, help="与 --replies 同用：每行一个 JSON，供评分程序读。"
)
@as_json
def explain(  # click's flags
    given: str | None,
    host: str,
    replies: Path | None,
    score_lines: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """说明一封退信或一句应答如何判断：类别、是否说明地址失效、依据哪条规则。

    不改动任何内容，也不读数据库。- 为标准输入。

    例如：distribution bounce explain "550 Mailbox not found" --host mx3.qq.com
    """
    _check_options(given, replies, score_lines=score_lines, as_json=as_json)
    if replies is not None:
        _explain_table(replies, score_lines=score_lines, as_json=as_json)
        return
    if not given:
        raise NothingToExplain(
            '没有要说明的：请给出退信文件，或写出一句应答，如 "550 User not found"'
        )
    mail = _mail(given)
    if mail is not None:
        _show_mail(read_returned(mail), as_json=as_json)
        return
    judged = judge(int(reply_code(given) or 0), given, _provider(host))
    if as_json:
        show_json(_document(judged))
    else:
        _show(judged)


def _check_options(
    given: str | None, replies: Path | None, *, score_lines: bool, as_json: bool
) -> None:
    if score_lines and replies is None:
        raise NothingToExplain(
            "--score-lines 要与 --replies 同用；退信请用 bounce read --score-lines"
        )
    if score_lines and as_json:
        raise click.UsageError("--score-lines 与 --json 只能用一个。")
    if given and replies is not None:
        raise click.UsageError("文件或应答与 --replies 只能用一个。")


def _mail(given: str) -> bytes | None:
    """The first mail of a file; None where it is a reply in words that was given."""
    path = Path(given)
    try:
        if given == STANDARD_INPUT:
            return next(mailboxes.mails_of(sys.stdin.buffer), b"")
        if len(given) < _LONGEST_NAME and path.is_file():
            with path.open("rb") as file:
                return next(mailboxes.mails_of(file), b"")
    except OSError as error:
        raise CannotRead(path, error) from error
    if path.suffix in (".eml", ".msg", ".mbox") and " " not in given:
        raise NothingToExplain(f"没有文件 {given}：请检查路径")
    return None


def _provider(host: str) -> str:
    return provider_of_host(host) or provider_named(host)


def _explain_table(path: Path, *, score_lines: bool, as_json: bool) -> None:
    if score_lines:
        for line in scoring.reply_lines(path):
            click.echo(line)
        return
    judged = [
        (example, judge(int(reply_code(example) or 0), example, provider_named(provider)))
        for provider, example in scoring.examples(path)
    ]
    if as_json:
        show_json([{"reply": example, **_document(found)} for example, found in judged])
        return
    show_table(
        ("应答", "含义", "地址失效", "规则"),
        [
            (example, found.meaning.label, _yes(found.dead), _rule(found))
            for example, found in judged
        ],
    )


def _show_mail(report: ReturnedReport, *, as_json: bool) -> None:
    if as_json:
        results = [
            {
                "recipient": result.recipients[0] if result.recipients else None,
                "failed": result.failed,
                "status": result.status or None,
                "diagnostic": result.diagnostic,
                **_document(result.judgement),
                "suppress": result.dead,
            }
            for result in report.results
        ]
        show_json({"kind": report.kind.value, "results": results})
        return
    click.echo(f"这封信是：{report.kind.label}")
    for result in report.results:
        click.echo(f"收件人：{'、'.join(result.recipients) or '未写明'}")
        click.echo(f"原话：{result.diagnostic or '没有'}")
        _show(result.judgement, dead=result.dead)


def _show(judged: Judgement, *, dead: bool | None = None) -> None:
    click.echo(f"含义：{judged.meaning.label}")
    click.echo(f"说明地址本身失效：{_yes(judged.dead if dead is None else dead)}")
    click.echo(f"过后再投可能成功：{_yes(judged.temporary)}")
    click.echo(f"规则：{_rule(judged)}")
    if judged.rule is not None:
        click.echo(f"依据：{judged.rule.source}")
        click.echo(f"例子：{judged.rule.example}")


def _document(judged: Judgement) -> dict[str, object]:
    rule = judged.rule
    return {
        "class": judged.meaning.value,
        "suppress": judged.dead,
        "temporary": judged.temporary,
        "rule": rule.name if rule else None,
        "source": rule.source if rule else None,
        "example": rule.example if rule else None,
    }


def _rule(judged: Judgement) -> str:
    return judged.rule.name if judged.rule else "没有规则适用"


def _yes(value: bool) -> str:  # noqa: FBT001 - a column's value
    return "是" if value else "否"

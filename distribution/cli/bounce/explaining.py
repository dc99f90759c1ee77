"""`distribution bounce explain`: what a mail or a reply means, by which rule, and why."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click

from distribution import config, mailboxes, replies
from distribution.cli.bounce import scoring
from distribution.cli.bounce.explained import (
    Rules,
    document_of_mail,
    document_of_reply,
    rule_of,
    show_mail,
    show_reply,
    yes,
)
from distribution.cli.common import as_json, show_json, show_table
from distribution.cli.issue.files import CannotRead
from distribution.errors import DistributionError
from distribution.replies import Judgement, ReturnedReport, provider_named, provider_of_host
from distribution.words import Returned

STANDARD_INPUT = "-"
_LONGEST_NAME = 1000
_LIKE_A_FILE = re.compile(r"[^\s]{1,1000}\.(?:eml|msg|mbox|mbx|txt)|[~.]{0,2}/[^\s]{1,1000}")
_TAKEN = re.compile(r"\s*([23]\d\d)(?:[ -]|\s*\Z)")
_SPEAKER = re.compile(r"\bhost ([\w.-]{1,253})[\[ (]")  # Postfix: "host mx.example[192.0.2.1] said"


class NothingToExplain(DistributionError):
    """Raised where neither a mail nor a reply was given."""


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail of a file, or what stands there instead."""

    number: int
    report: ReturnedReport
    words: str
    """Of a reply, where it is no mail."""


@click.command("explain")
@click.argument("given", metavar="[文件或应答]", required=False)
@click.option(
    "--host", metavar="主机", default="", help="说这句应答的主机，如 mx3.qq.com；退信自己写明主机。"
)
@click.option(
    "--rules",
    metavar="规则.toml",
    type=click.Path(path_type=Path),
    help="试用这个应答规则文件，而不用已设置的；单独给出时只检查它。",
)
@click.option(
    "--replies",
    "table",
    metavar="表.tsv",
    type=click.Path(path_type=Path),
    help="逐行判断应答表中的例子（列 provider、example）。",
)
@click.option(
    "--score-lines", is_flag=True, help="与 --replies 同用：每行一个 JSON，供评分程序读。"
)
@as_json
def explain(
    given: str | None,
    host: str,
    rules: Path | None,
    table: Path | None,
    score_lines: bool,  # noqa: FBT001 - click's flags
    as_json: bool,  # noqa: FBT001 - click's flags
) -> None:
    """说明退信（可以是几封）或一句应答如何判断：类别、有何后果、依据哪条规则。

    不改动任何内容，也不读数据库。- 为标准输入。

    例如：distribution bounce explain "550 Mailbox not found" --host mx3.qq.com
    """
    _check_options(given, table, score_lines=score_lines, as_json=as_json)
    own = _rules(rules, settings=not score_lines)
    if table is not None:
        _explain_table(table, own, score_lines=score_lines, as_json=as_json)
    elif given:
        _explain(given, host, own, as_json=as_json)
    elif rules is not None:
        _tell_checked(own, as_json=as_json)
    else:
        raise NothingToExplain(
            '没有要说明的：请给出退信文件，或写出一句应答，如 "550 User not found"'
        )


def _check_options(
    given: str | None, table: Path | None, *, score_lines: bool, as_json: bool
) -> None:
    if score_lines and table is None:
        raise NothingToExplain(
            "--score-lines 要与 --replies 同用；退信请用 bounce read --score-lines"
        )
    if score_lines and as_json:
        raise click.UsageError("--score-lines 与 --json 只能用一个。")
    if given and table is not None:
        raise click.UsageError("文件或应答与 --replies 只能用一个。")


def _rules(given: Path | None, *, settings: bool) -> Rules:
    """The admin's rules: of the file that is tried, else of the settings; scores are of ours."""
    path = given
    if path is None and settings:
        path = config.load(os.environ).settings.rules_file
    return Rules(replies.read_rules(path) if path else (), path)


def _tell_checked(own: Rules, *, as_json: bool) -> None:
    if as_json:
        show_json({"file": str(own.path), "rules": len(own.rules)})
        return
    click.echo(
        f"{own.path} 中有 {len(own.rules)} 条规则，都可以用："
        "放到本装置文件夹的 reply_rules.toml，或在设置 reply_rules 中写明，重新启动后生效。"
    )


def _explain(given: str, host: str, own: Rules, *, as_json: bool) -> None:
    if given == STANDARD_INPUT:
        _explain_file("标准输入", sys.stdin.buffer, host, own, as_json=as_json)
    elif _is_file(given):
        try:
            with Path(given).open("rb") as file:
                _explain_file(f"文件 {given} ", file, host, own, as_json=as_json)
        except OSError as error:
            raise CannotRead(Path(given), error) from error
    else:
        _explain_reply(given, host, own, as_json=as_json)


def _is_file(given: str) -> bool:
    """Whether a file is meant; raises NothingToExplain where it cannot be one."""
    path = Path(given)
    if len(given) >= _LONGEST_NAME or "\0" in given:
        return False
    try:
        if path.is_dir():
            raise NothingToExplain(f"{given} 是文件夹：请给出其中的文件")
        if path.exists():
            return True
    except OSError:  # a sentence too long for a name
        return False
    if _LIKE_A_FILE.fullmatch(given):
        raise NothingToExplain(f"没有文件 {given}：请检查路径")
    return False


def _explain_file(name: str, file: BinaryIO, host: str, own: Rules, *, as_json: bool) -> None:
    """Explain each mail of a file, or the reply in words that stands there instead."""
    documents, last = [], 0
    for mail in _mails(file, own):
        last = mail.number
        if mail.report.kind is Returned.UNREADABLE and mail.words:
            _explain_reply(mail.words, host, own, as_json=as_json)
            return
        if mail.report.kind is Returned.UNREADABLE and last == 1:
            raise NothingToExplain(
                f"{name}既不是邮件，也不是一句应答：请从邮件程序另存为 .eml 后再试"
            )
        if as_json:
            documents.append(document_of_mail(mail.report, mail.number, own))
        else:
            show_mail(mail.report, mail.number, own)
    if not last:
        raise NothingToExplain(f"{name}是空的：请给出退信或一句应答")
    if as_json:
        show_json(documents)


def _mails(file: BinaryIO, own: Rules) -> Iterator[_Mail]:
    for number, raw in enumerate(mailboxes.mails_of(file), start=1):
        words = replies.words_of(raw) if number == 1 else ""
        yield _Mail(number, _report(raw, own), words)


def _report(raw: bytes, own: Rules) -> ReturnedReport:
    """Of a mail, or of what a provider posts."""
    report = replies.read_returned(raw, own=own.rules)
    if report.kind is not Returned.UNREADABLE or not raw.lstrip().startswith(b"{"):
        return report
    notices = (read(raw, own=own.rules) for read in replies.NOTICE_READERS.values())
    return next((one for one in notices if one.kind is not Returned.UNREADABLE), report)


def _explain_reply(words: str, host: str, own: Rules, *, as_json: bool) -> None:
    taken = _TAKEN.match(words)
    if taken is not None:
        _tell_taken(taken.group(1), as_json=as_json)
        return
    if not words.strip():
        raise NothingToExplain("应答是空的：请写出对方的原话")
    speaker = _SPEAKER.search(words)
    judged = _judge(words, _provider(host or (speaker.group(1) if speaker else "")), own)
    if as_json:
        show_json(document_of_reply(judged, own))
    else:
        show_reply(judged, own)


def _tell_taken(code: str, *, as_json: bool) -> None:
    if as_json:
        show_json({"class": None, "suppress": False, "code": code, "consequence": "none"})
    else:
        click.echo(f"{code} 不是拒收：对方已收下或请继续，不改动任何内容。")


def _judge(words: str, provider: str, own: Rules) -> Judgement:
    return replies.judge(int(replies.reply_code(words) or 0), words, provider, own=own.rules)


def _provider(host: str) -> str:
    return provider_of_host(host) or provider_named(host)


def _explain_table(path: Path, own: Rules, *, score_lines: bool, as_json: bool) -> None:
    if score_lines:
        for line in scoring.reply_lines(path, own.rules):
            click.echo(line)
        return
    judged = [
        (example, _judge(example, provider_named(provider), own))
        for provider, example in scoring.examples(path)
    ]
    if as_json:
        show_json(
            [{"reply": example, **document_of_reply(found, own)} for example, found in judged]
        )
        return
    show_table(
        ("应答", "含义", "地址失效", "规则"),
        [
            (example, found.meaning.label, yes(found.dead), rule_of(found))
            for example, found in judged
        ],
    )

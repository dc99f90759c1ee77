"""`distribution bounce read`: read mails that came back, from files."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import click

from distribution import audit, clock, events, mailboxes
from distribution.app import App
from distribution.cli.bounce import scoring
from distribution.cli.common import admin, as_json, installation, show_json, show_table
from distribution.cli.issue.files import CannotRead
from distribution.errors import DistributionError
from distribution.events import Outcome
from distribution.words import Returned

STANDARD_INPUT = "-"
LINE_EVERY = 1000
"""Mails after which a person at a terminal hears how far it is."""
LABELS = {
    "suppressed": "抑制地址",
    "left": "已退订",
    "recorded": "已记录",
    "known": "以前处理过",
    "no_delivery": "未找到对应投递",
    "unreadable": "不是邮件",
}
UNSETTLED = ("no_delivery", "unreadable")


class NoMailHere(DistributionError):
    """Raised for a name that leads to no mail: nothing there, nothing in it, a folder."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail that was read, and what was made of it."""

    file: str
    number: int
    """Of the mail in its file, from 1."""
    inbox_id: int
    outcome: Outcome | None
    """None: the mail had been judged before."""

    @property
    def result(self) -> str:
        return "known" if self.outcome is None else _result(self.outcome)


@click.command("read")
@click.argument("files", metavar="文件…", nargs=-1, required=True)
@click.option(
    "--score-lines",
    is_flag=True,
    help="只判断、不登记也不读数据库：每个文件一行 JSON，供评分程序读。",
)
@as_json
def read(
    files: tuple[str, ...],
    score_lines: bool,  # noqa: FBT001 - click's flags
    as_json: bool,  # noqa: FBT001 - click's flags
) -> None:
    """读入退信文件（.eml 或 mbox；- 为标准输入），登记并据此抑制地址或退订。

    同一封信再次读入不改动任何内容。有不是邮件的或未找到对应投递的，退出码为 1。

    例如：distribution bounce read 退信.eml
    """
    if score_lines and as_json:
        raise click.UsageError("--score-lines 与 --json 只能用一个。")
    if score_lines:
        for name in files:
            click.echo(scoring.mail_line(Path(name)))
        return
    app, names = installation(), list(dict.fromkeys(files))
    for name in names:  # all of them first: where one cannot be read, nothing is done
        _check(name)
    done: list[_Read] = []
    try:
        for mail in _judged(app, names):
            done.append(mail)
            _say_how_far(len(done))
    except KeyboardInterrupt:
        click.echo(err=True)  # after the terminal's ^C
        raise click.Abort("已中止：其余未读入，可以再次运行。") from None
    finally:  # each of them is kept, whatever befell those after it
        if done:
            _tell(done, as_json=as_json)
    if any(mail.result in UNSETTLED for mail in done):
        sys.exit(1)


def _check(name: str) -> None:
    """Refuse what cannot be read or is empty, without taking anything out of a pipe."""
    try:
        if name == STANDARD_INPUT:
            if isinstance(sys.stdin.buffer, BufferedReader) and not sys.stdin.buffer.peek(1):
                raise _empty(name)
            return
        path = Path(name)
        if not name:
            raise NoMailHere("文件名是空的：请给出退信文件，或用 - 从标准输入读入")
        if path.is_dir():
            raise NoMailHere(
                f"{name} 是文件夹：请给出其中的文件；要自动收取整个 Maildir，请设置 bounce_maildir"
            )
        if not path.exists():
            raise NoMailHere(f"没有文件 {name}：请检查路径")
        if path.is_file():
            with path.open("rb") as file:
                if not file.peek(1):
                    raise _empty(name)
    except OSError as error:
        raise CannotRead(Path(name), error) from error


def _empty(name: str) -> NoMailHere:
    what = "标准输入" if name == STANDARD_INPUT else f"文件 {name} "
    return NoMailHere(f"{what}是空的：请给出退回的邮件")


def _judged(app: App, names: Sequence[str]) -> Iterator[_Read]:
    for name in names:
        number = 0
        for number, raw in enumerate(_mails(name), start=1):
            yield _judge(app, name, number, raw)
        if not number:  # a device or a pipe, which cannot be looked into beforehand
            raise _empty(name)


def _mails(name: str) -> Iterator[bytes]:
    try:
        if name == STANDARD_INPUT:
            yield from mailboxes.mails_of(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as file:
                yield from mailboxes.mails_of(file)
    except OSError as error:
        raise CannotRead(Path(name), error) from error


def _judge(app: App, name: str, number: int, raw: bytes) -> _Read:
    """Store and judge one mail in a transaction of its own."""
    at = clock.now()
    with app.transaction() as session:
        inbox_id, _ = events.receive_mail(session, raw, at)
        outcomes = events.judge_mails(session, [inbox_id], app.addresses, at)
        for outcome in outcomes:
            audit.record(
                session,
                "bounce.read",
                str(inbox_id),
                by=admin(),
                at=at,
                kind=outcome.kind.value,
                result=_result(outcome),
            )
    return _Read(name, number, inbox_id, outcomes[0] if outcomes else None)


def _result(outcome: Outcome) -> str:
    if outcome.kind is Returned.UNREADABLE:
        return "unreadable"
    if outcome.delivery_id is None:
        return "no_delivery"
    if outcome.suppressed:
        return "suppressed"
    return "left" if outcome.left else "recorded"


def _say_how_far(count: int) -> None:
    if count % LINE_EVERY == 0 and sys.stderr.isatty():
        click.echo(f"已读入 {count} 封……", err=True)


def _tell(done: list[_Read], *, as_json: bool) -> None:
    if as_json:
        show_json([_document(mail) for mail in done])
        return
    show_table(
        ("文件", "是什么", "收件人", "状态码", "结果"),
        [
            (
                mail.file if mail.number == 1 else f"{mail.file}（第 {mail.number} 封）",
                mail.outcome.kind.label if mail.outcome else None,
                mail.outcome.recipient if mail.outcome else None,
                mail.outcome.status if mail.outcome else None,
                LABELS[mail.result],
            )
            for mail in done
        ],
    )
    if any(mail.result == "unreadable" for mail in done):
        click.echo("不是邮件的也已留底，但读不出是谁的退信：请从邮件程序另存为 .eml 后读入。")


def _document(mail: _Read) -> dict[str, object]:
    found = mail.outcome
    return {
        "file": mail.file,
        "number": mail.number,
        "kind": found.kind.value if found else None,
        "recipient": found.recipient if found else None,
        "status": found.status if found else None,
        "diagnostic": found.diagnostic if found else None,
        "result": mail.result,
        "inbox": mail.inbox_id,
        "delivery": found.delivery_id if found else None,
        "found_by": found.found_by.value if found and found.found_by else None,
    }

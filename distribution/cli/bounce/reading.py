"""`distribution bounce read`: read mails that came back, from files."""

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from io import BufferedReader
from pathlib import Path

import click

from distribution import audit, clock, events, mailboxes
from distribution.app import App
from distribution.cli.bounce import scoring
from distribution.cli.bounce.piping import OPTION, SET_UP, Piped, existing, take
from distribution.cli.bounce.telling import UNSETTLED, Told, result_of, say_how_far, tell
from distribution.cli.common import admin, as_json, installation
from distribution.cli.issue.files import CannotRead
from distribution.db import insisting
from distribution.errors import DistributionError

STANDARD_INPUT = "-"


class NoMailHere(DistributionError):
    """Raised for a name that leads to no mail: nothing there, nothing in it, a folder."""


@click.command("read", cls=Piped, epilog=SET_UP)
@click.argument("files", metavar="文件…", nargs=-1, required=True)
@click.option(
    "--score-lines",
    is_flag=True,
    help="只判断、不登记也不读数据库：每个文件一行 JSON，供评分程序读。",
)
@click.option(
    OPTION,
    is_flag=True,
    help="由 Postfix 或 Exim 经管道送来一封：不显示内容；退出码只有 0（已收下）与 75（稍后再送）。",
)
@as_json
def read(
    files: tuple[str, ...],
    score_lines: bool,  # noqa: FBT001 - click's flags
    pipe: bool,  # noqa: FBT001 - click's flags
    as_json: bool,  # noqa: FBT001 - click's flags
) -> None:
    """读入退信文件（.eml 或 mbox；- 为标准输入），登记并据此抑制地址或退订。

    同一封信再次读入不改动任何内容。有不是邮件的或未找到对应投递的，退出码为 1。

    例如：distribution bounce read 退信.eml
    """
    if score_lines and as_json:
        raise click.UsageError("--score-lines 与 --json 只能用一个。")
    if pipe:
        if files != (STANDARD_INPUT,) or score_lines or as_json:
            raise click.UsageError(f"{OPTION} 只能这样用：distribution bounce read - {OPTION}")
        take(existing())
    elif score_lines:
        for name in files:
            click.echo(scoring.mail_line(Path(name)))
    else:
        _read(installation(), list(dict.fromkeys(files)), as_json=as_json)


def _read(app: App, names: Sequence[str], *, as_json: bool) -> None:
    for name in names:  # all of them first: where one cannot be read, nothing is done
        _check(name)
    done: list[Told] = []
    try:
        for mail in _judged(app, names):
            done.append(mail)
            say_how_far(len(done))
    except KeyboardInterrupt:
        click.echo(err=True)  # after the terminal's ^C
        raise click.Abort("已中止：其余未读入，可以再次运行。") from None
    finally:  # each of them is kept, whatever befell those after it
        if done:
            tell(done, "文件", as_json=as_json)
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


def _judged(app: App, names: Sequence[str]) -> Iterator[Told]:
    for name in names:
        number = 0
        for number, raw in enumerate(_mails(name), start=1):
            yield insisting(partial(_judge, app, name, number, raw))
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


def _judge(app: App, name: str, number: int, raw: bytes) -> Told:
    """Store and judge one mail in a transaction of its own."""
    at = clock.now()
    with app.transaction() as session:
        inbox_id, _ = events.receive_mail(session, raw, at)
        outcomes = events.judge_mails(session, [inbox_id], app.desk, at)
        for outcome in outcomes:
            audit.record(
                session,
                "bounce.read",
                str(inbox_id),
                by=admin(),
                at=at,
                kind=outcome.kind.value,
                result=result_of(outcome),
            )
    return Told(name, number, inbox_id, outcomes[0] if outcomes else None)

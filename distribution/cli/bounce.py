"""`distribution bounce`: read mails that came back, from files."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import click

from distribution import audit, clock, events, mailboxes, replies
from distribution.app import App
from distribution.cli.common import admin, as_json, installation, show_json, show_table
from distribution.cli.issue import CannotRead
from distribution.errors import DistributionError
from distribution.events import Outcome
from distribution.words import Returned

STANDARD_INPUT = "-"
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
    kind: Returned
    recipient: str
    status: str
    diagnostic: str
    result: str
    inbox_id: int | None = None
    outcome: Outcome | None = None


@click.group("bounce")
def group() -> None:
    """退信：读入退回的邮件、投诉与来信退订。"""


@group.command("read")
@click.argument("files", metavar="文件…", nargs=-1, required=True)
@as_json
def read(files: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """读入退信文件（.eml 或 mbox；- 为标准输入），登记并据此抑制地址或退订。

    同一封信再次读入不改动任何内容。有不是邮件的或未找到对应投递的，退出码为 1。

    例如：distribution bounce read 退信.eml
    """
    app, names = installation(), list(dict.fromkeys(files))
    for name in names:  # all of them first: where one cannot be read, nothing is done
        _check(name)
    done = [
        _judge(app, name, number, raw)
        for name in names
        for number, raw in enumerate(_mails(name), start=1)
    ]
    if as_json:
        show_json([_document(mail) for mail in done])
    else:
        _show(done)
    if any(mail.result in UNSETTLED for mail in done):
        sys.exit(1)


def _check(name: str) -> None:
    """Refuse what cannot be read or is empty, without taking anything out of a pipe."""
    try:
        if name == STANDARD_INPUT:
            _refuse_empty(name, sys.stdin.buffer)
            return
        path = Path(name)
        if path.is_dir():
            raise NoMailHere(
                f"{name} 是文件夹：请给出其中的文件；要自动收取整个 Maildir，请设置 bounce_maildir"
            )
        if not path.exists():
            raise NoMailHere(f"没有文件 {name}：请检查路径")
        if path.is_file():
            with path.open("rb") as file:
                _refuse_empty(name, file)
    except OSError as error:
        raise CannotRead(Path(name), error) from error


def _refuse_empty(name: str, file: BinaryIO) -> None:
    if isinstance(file, BufferedReader) and not file.peek(1):
        what = "标准输入" if name == STANDARD_INPUT else f"文件 {name}"
        raise NoMailHere(f"{what}是空的：请给出退回的邮件")


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
    """Store and judge one mail in a transaction of its own; what is no mail is not kept."""
    report, at = replies.read_returned(raw), clock.now()
    mail = _Read(name, number, report.kind, "、".join(report.recipients), report.status, "", "")
    if report.kind is Returned.UNREADABLE:
        return replace(mail, result="unreadable")
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
    mail = replace(mail, inbox_id=inbox_id, diagnostic=report.diagnostic)
    if not outcomes:
        return replace(mail, result="known")
    (outcome,) = outcomes
    recipient = outcome.recipient or mail.recipient
    return replace(mail, recipient=recipient, result=_result(outcome), outcome=outcome)


def _result(outcome: Outcome) -> str:
    if outcome.delivery_id is None:
        return "no_delivery"
    if outcome.suppressed:
        return "suppressed"
    return "left" if outcome.left else "recorded"


def _show(done: list[_Read]) -> None:
    show_table(
        ("文件", "是什么", "收件人", "状态码", "结果"),
        [
            (
                mail.file if mail.number == 1 else f"{mail.file}（第 {mail.number} 封）",
                mail.kind.label,
                mail.recipient,
                mail.status,
                LABELS[mail.result],
            )
            for mail in done
        ],
    )


def _document(mail: _Read) -> dict[str, object]:
    found = mail.outcome
    found_by = None if found is None or found.found_by is None else found.found_by.value
    return {
        "file": mail.file,
        "number": mail.number,
        "kind": mail.kind.value,
        "recipient": mail.recipient,
        "status": mail.status,
        "diagnostic": mail.diagnostic,
        "result": mail.result,
        "inbox": mail.inbox_id,
        "delivery": None if found is None else found.delivery_id,
        "found_by": found_by,
    }

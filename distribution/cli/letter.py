"""`distribution letter`: single mails outside any run: what they say, what became of them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from distribution import audit, clock, config, delivery
from distribution.cli.chinese import why
from distribution.cli.choices import Choice, NothingNamed, labels
from distribution.cli.common import (
    admin,
    as_json,
    installation,
    printable,
    show_json,
    show_table,
)
from distribution.cli.listing import show_list
from distribution.cli.posting import post
from distribution.digests import Attachment
from distribution.errors import DistributionError, Refused
from distribution.models import Letter
from distribution.words import LetterPurpose, LetterState

_STATE = Choice(tuple(LetterState), "状态")
_PURPOSE = Choice(tuple(LetterPurpose), "种类")
_number = click.argument("letter_id", metavar="编号", type=int)


class CannotWrite(DistributionError):
    """Raised when a letter cannot be written where it is wanted."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path} 写不进去（{reason}）：请换一个 --out")


class NoDoubt(Refused):
    """Raised when a letter is to be settled about which there is no doubt."""

    def __init__(self, letter_id: int, state: LetterState) -> None:
        self.letter_id, self.state = letter_id, state
        super().__init__(f"信 {letter_id} 的状态是 {state.label}，不是存疑：没有改动")


class Emptied(Refused):
    """Raised when a letter is to be sent or shown whose text is gone."""

    def __init__(self, letter_id: int) -> None:
        self.letter_id = letter_id
        super().__init__(f"信 {letter_id} 的文字已过保存期或已应本人要求删除：不能再寄，也不能写出")


@click.group("letter")
def group() -> None:
    """单独的信：确认信、欢迎信、样刊、提醒；不属于任何批次。"""


@group.command("list")
@click.option("--state", type=_STATE, help=f"只列 {labels(tuple(LetterState))}。")
@click.option("--purpose", type=_PURPOSE, help=f"只列 {labels(tuple(LetterPurpose))}。")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@as_json
def list_letters(
    *, state: LetterState | None, purpose: LetterPurpose | None, limit: int, as_json: bool
) -> None:
    """列出单独的信，新的在前。"""
    with installation().reading() as session:
        found = delivery.list_letters(session, state=state, purpose=purpose, limit=limit)
        if as_json:
            show_json([_document(letter) for letter in found])
            return
        show_list(
            ("编号", "写于", "种类", "收件人", "状态", "说明"),
            [
                (
                    row.id,
                    row.created_at,
                    row.purpose.label,
                    row.recipient,
                    row.state.label,
                    row.reply,
                )
                for row in found
            ],
            elastic=("说明",),
            spare=("说明",),
            empty="没有单独的信。",
        )
        if len(found) == limit:
            click.echo(f"只列出最近 {limit} 封；--limit 可改。")


@group.command("show")
@_number
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件",
    help="写入文件，按扩展名 .eml、.html 或 .txt。",
)
@as_json
def show(letter_id: int, out: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """查看一封信：写给谁、说了什么、结果如何。"""
    with installation().reading() as session:
        letter = delivery.find_letter(session, letter_id)
        files = delivery.files_of(session, letter_id)
        if out is not None:
            _write(letter, files, out)
            click.echo(printable(f"已写出：{out}"))
        elif as_json:
            names = [file.name for file in files]
            said = {"text": letter.text, "html": letter.html, "attachments": names}
            show_json(_document(letter) | said)
        else:
            rows = [*_rows(letter), *(("附件", file.name) for file in files)]
            show_table(("项目", "内容"), rows)
            click.echo(f"\n{_lines(letter.text)}")


@group.command("post")
def post_letters() -> None:
    """把到期的信寄出去；distribution worker 与 up 运行时会自己寄。"""
    app = installation()
    config.refuse_trial_settings(app.settings)
    if not post(app, at=clock.now()):
        click.echo("没有到期的信。")


@group.command("settle")
@_number
@click.option("--arrived", is_flag=True, help="对方已收到：不再寄。")
@click.option("--again", is_flag=True, help="没有收到：再寄一次。")
def settle(letter_id: int, *, arrived: bool, again: bool) -> None:
    """了结一封存疑的信：由管理员查明对方收到没有。"""
    if arrived == again:
        raise NothingNamed("请写 --arrived 或 --again，只写一个")
    app, at = installation(), clock.now()
    state = LetterState.SENT if arrived else LetterState.WAITING
    with app.transaction() as session:
        letter = delivery.find_letter(session, letter_id)
        if again and not letter.text:
            raise Emptied(letter_id)
        if not delivery.resolve_letter(session, letter_id, state, "管理员了结"):
            raise NoDoubt(letter_id, letter.state)
        audit.record(session, "letter.settle", str(letter_id), by=admin(), at=at, state=state.value)
    click.echo(f"信 {letter_id}：{state.label}。")


def _write(letter: Letter, files: Sequence[Attachment], out: Path) -> None:
    if not letter.text:
        raise Emptied(letter.id)
    office, at = installation().office, letter.handed_at or letter.created_at
    made: dict[str, Callable[[], bytes]] = {
        ".eml": partial(delivery.message_of, letter, office, at=at, attached=files),
        ".html": letter.html.encode,
        ".txt": letter.text.encode,
    }
    if out.suffix.lower() not in made:
        raise CannotWrite(out, "只认 .eml、.html 和 .txt")
    if out.suffix.lower() == ".html" and not letter.html:
        raise CannotWrite(out, "这封信只有文字")
    try:
        out.write_bytes(made[out.suffix.lower()]())
    except OSError as error:
        raise CannotWrite(out, why(error)) from error


def _rows(letter: Letter) -> list[tuple[str, object]]:
    return [
        ("编号", letter.id),
        ("种类", letter.purpose.label),
        ("收件人", letter.recipient),
        ("主题", letter.subject),
        ("状态", letter.state.label),
        ("说明", letter.reply),
        ("写于", letter.created_at),
        ("交付", letter.handed_at),
        ("了结", letter.settled_at),
        ("试过", f"{letter.attempts} 次"),
    ]


def _lines(text: str) -> str:
    if not text:
        return "（文字已过保存期，或已应本人要求删除。）"
    return "\n".join(map(printable, text.splitlines()))


def _document(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "purpose": letter.purpose.value,
        "subscriber": letter.subscriber_id,
        "recipient": letter.recipient,
        "subject": letter.subject,
        "state": letter.state.value,
        "reply": letter.reply,
        "attempts": letter.attempts,
        "created_at": letter.created_at,
        "next_attempt_at": letter.next_attempt_at if letter.state is LetterState.WAITING else None,
        "handed_at": letter.handed_at,
        "settled_at": letter.settled_at,
    }

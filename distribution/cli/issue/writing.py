"""`distribution issue note` and `notice`: what the editor and the federation write to readers."""

import codecs
from collections.abc import Callable
from pathlib import Path

import click

from distribution import audit, clock, issues
from distribution.cli.common import (
    Command,
    admin,
    as_json,
    installation,
    printable,
    show_json,
)
from distribution.cli.issue.files import CannotRead
from distribution.issues import Desk, InvalidFact

_MOST_BYTES = 64 * 1024
"""Read of a file: more than the longest text has in any encoding."""
_LABELS = {"note": "卷首语", "notice": "联合会通知"}


def _words(command: Command) -> Command:
    """What both commands take."""
    for option in (
        as_json,
        click.option("--off", is_flag=True, help="不要了。"),
        click.option(
            "--file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="文字在这个文件里。",
        ),
        click.argument("text", metavar="[文字]", required=False),
        click.argument("key", metavar="期号"),
    ):
        command = option(command)
    return command


@click.command("note")
@_words
def note(key: str, text: str | None, file: Path | None, off: bool, as_json: bool) -> None:  # noqa: FBT001
    """写一期的卷首语：在每封邮件的开头；不给文字则显示现有的。

    可用 Markdown 的段落、**加粗**、*强调*、列表和链接，最多 2000 个字。

    例如：distribution issue note 2023-09 --file 卷首语.md
    """
    _write("note", issues.write_note, key, _given(text, file, off=off), as_json=as_json)


@click.command("notice")
@_words
def notice(key: str, text: str | None, file: Path | None, off: bool, as_json: bool) -> None:  # noqa: FBT001
    """写一期的联合会通知；不给文字则显示现有的。

    可用 Markdown 的段落、**加粗**、*强调*、列表和链接，最多 2000 个字。

    例如：distribution issue notice 2023-09 "年会定于十一月八日召开。"
    """
    _write("notice", issues.write_notice, key, _given(text, file, off=off), as_json=as_json)


def _given(text: str | None, file: Path | None, *, off: bool) -> tuple[str | None] | None:
    """What is to be written, None for nothing any more; None where nothing was asked."""
    if (text is not None) + (file is not None) + off > 1:
        raise click.UsageError("文字、--file 与 --off 只能用一个。")
    if file is not None:
        return (_text_of(file),)
    return (text,) if off or text is not None else None


def _write(
    name: str,
    write: Callable[[Desk, str | None], bool],
    key: str,
    given: tuple[str | None] | None,
    *,
    as_json: bool,
) -> None:
    if given is not None and not _changed(name, write, key, given[0]) and not as_json:
        click.echo("本来就是这样：没有改动。")
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        words, key = {"note": row.note, "notice": row.notice}[name], issues.key_of(row)
    if as_json:
        show_json({"issue": key, name: words})
        return
    click.echo(f"{key} 期{'的' if words else '没有'}{_LABELS[name]}{'：' if words else '。'}")
    for line in words.split("\n") if words else ():
        click.echo(printable(line))


def _changed(
    name: str, write: Callable[[Desk, str | None], bool], key: str, text: str | None
) -> bool:
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        changed = write(desk, text)
        if changed:
            words = {"note": desk.row.note, "notice": desk.row.notice}[name]
            audit.record(session, f"issue.{name}", desk.key, by=admin(), at=at, text=words)
    return changed


def _text_of(path: Path) -> str:
    """A text as offices keep it: UTF-16 by its mark, else UTF-8, else GB18030."""
    try:
        with path.open("rb") as opened:
            data = opened.read(_MOST_BYTES)
    except OSError as error:
        raise CannotRead(path, error) from error
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidFact(f"文件 {path}", " 不是文本：请另存为 UTF-8 编码的文本文件再试")

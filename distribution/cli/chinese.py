"""Click in Chinese: its placeholders, and help that counts columns, not characters."""

from collections.abc import Iterable, Iterator
from gettext import gettext

import click
from rich.cells import cell_len

_LARGEST = 2**63 - 1
"""The largest number a column of either database holds."""


def row_number(_context: click.Context, _parameter: click.Parameter, value: int) -> int:
    """A callback of numbers that name a row: refuses what would overflow the database."""
    if abs(value) > _LARGEST:
        raise click.BadParameter("没有这么大的编号。")
    return value


class _Formatter(click.HelpFormatter):
    """Lays out help by the columns a terminal shows: a Chinese character takes two."""

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for paragraph in text.split("\n\n"):
            for line in folded(" ".join(paragraph.split()), self.width - self.current_indent):
                self.write(f"{indent}{line}\n")
            self.write("\n")
        self.buffer.pop()  # no empty line after the last paragraph

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows, indent = list(rows), " " * self.current_indent
        first_column = min(max(cell_len(term) for term, _ in rows), col_max) + col_spacing
        for term, meaning in rows:
            gap = first_column - cell_len(term)
            self.write(f"{indent}{term}")
            start = " " * gap if gap >= col_spacing else f"\n{indent}{' ' * first_column}"
            lines = list(folded(meaning, max(self.width - first_column - 2, 10)))
            following = "\n" + indent + " " * first_column
            self.write((start if lines else "") + following.join(lines) + "\n")


class _Context(click.Context):
    formatter_class = _Formatter


def folded(text: str, width: int) -> Iterator[str]:
    """Fold one paragraph into lines of `width` columns, at blanks where there are any near.

    >>> list(folded("投递批次：distribution run", 12))
    ['投递批次：', 'distribution', 'run']
    """
    line = ""
    for piece in _pieces(text):
        if cell_len(line + piece.rstrip()) > width and line:
            yield line.rstrip()
            line = ""
        line += piece
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """What must not be torn: runs of narrow characters; wide ones stand alone with punctuation."""
    piece = ""
    for character in text:
        wide = cell_len(character) > 1
        if character in "，。；：、！？）》」":
            piece += character
            continue
        if piece and (wide or piece[-1] == " " or cell_len(piece[-1]) > 1):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def speak(command: click.Command) -> click.Command:
    """Make a command and all below it speak Chinese where click would say [OPTIONS] or TEXT."""
    command.context_class = _Context
    command.options_metavar = "[选项]"
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.metavar is None:
            parameter.metavar = _placeholder(parameter)
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]…"
        for below in command.commands.values():
            speak(below)
    return command


def _placeholder(option: click.Option) -> str | None:
    if option.is_flag or option.count:
        return None
    if isinstance(option.type, click.types.IntParamType):
        return "数字"
    return "文件" if isinstance(option.type, click.Path) else "文字"


def complain(error: click.ClickException) -> None:
    """Print a usage error: how the command is used, where help is, and the sentence."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        hint = gettext("Try '{command} {option}' for help.")
        click.echo(context.get_usage(), err=True)
        click.echo(hint.format(command=context.command_path, option="--help") + "\n", err=True)
    sentence = error.format_message()
    if isinstance(error, click.MissingParameter):
        sentence = sentence.removesuffix(".") + "。"  # click's full stop stands in no catalogue
    click.echo(gettext("Error: {message}").format(message=sentence), err=True)

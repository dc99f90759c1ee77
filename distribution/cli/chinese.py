"""Click and the system in Chinese: placeholders, ranges, reasons, help that counts columns."""

import errno
from collections.abc import Iterable, Iterator
from datetime import timedelta
from gettext import gettext

import click
from rich.cells import cell_len

from distribution import own_files

_LARGEST = 2**63 - 1
"""The largest number a column of either database holds."""

_SECOND, _MINUTE, _HOUR, _DAY = 1, 60, 3600, 86_400

_CLOSING = "，。；：、！？）》」…"
_OPENING = "（《「"
_GOOD_FILL = 2 / 3
"""Of the width: a line filled so far may well end at a blank or a punctuation mark."""


def why(error: OSError) -> str:
    """Why the system refused: in Chinese where it is the usual, else in its own words.

    >>> why(PermissionError(13, "Permission denied"))
    '没有权限'
    """
    missing = error.errno == errno.ENOENT  # of what is to be written it may be a folder
    return "不存在" if missing else own_files.reason(error)


def row_number(
    _context: click.Context, _parameter: click.Parameter, value: int | None
) -> int | None:
    """A callback of numbers that name a row: refuses what would overflow the database."""
    if value is not None and abs(value) > _LARGEST:
        raise click.BadParameter("没有这么大的编号。")
    return value


def speed(rate: float) -> str:
    """Of so many mails a second.

    >>> speed(12), speed(0.5)
    ('12.0 封/秒', '30 封/分')
    """
    return f"{rate:.1f} 封/秒" if rate >= 1 else f"{rate * _MINUTE:.0f} 封/分"


def spoken(span: timedelta) -> str:
    """A length of time as people say it, in two units at most.

    >>> spoken(timedelta(seconds=42)), spoken(timedelta(minutes=80)), spoken(timedelta(days=2))
    ('42 秒', '1 小时 20 分', '2 天')
    """
    left = max(0, round(span.total_seconds()))
    parts = []
    for length, unit in ((_DAY, "天"), (_HOUR, "小时"), (_MINUTE, "分"), (_SECOND, "秒")):
        count, left = divmod(left, length)
        parts.append((count, unit))
    first = next((at for at, (count, _) in enumerate(parts) if count), len(parts) - 1)
    kept = [(count, unit) for count, unit in parts[first : first + 2] if count]
    return " ".join(f"{count} {unit}" for count, unit in kept) or "0 秒"


class _Formatter(click.HelpFormatter):
    """Lays out help by the columns a terminal shows: a Chinese character takes two."""

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for paragraph in text.split("\n\n"):
            for line in _lines(paragraph, self.width - self.current_indent):
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


class _Range(click.IntRange):
    """A range that is told in words instead of `1<=x<=64`."""

    def _describe_range(self) -> str:
        words = "{min} to {max}"
        if self.min is None or self.max is None:
            words = "at most {max}" if self.min is None else "at least {min}"
        return gettext(words).format(min=self.min, max=self.max)


def _lines(paragraph: str, width: int) -> Iterable[str]:
    """A paragraph folded; one that begins with a line of backspace stays as it is, as in click."""
    if paragraph.startswith("\b\n"):
        return paragraph.split("\n")[1:]
    return folded(_joined(paragraph), width)


def _joined(paragraph: str) -> str:
    r"""The lines of a paragraph in one; where Chinese meets Chinese there is no blank.

    >>> _joined("处理；\n  一个进程\n全包请用\ndistribution up\n。")
    '处理；一个进程全包请用 distribution up。'
    """
    text = ""
    for line in (" ".join(line.split()) for line in paragraph.strip().split("\n")):
        text += f"{_blank(text[-1:], line[:1])}{line}"
    return text


def _blank(before: str, after: str) -> str:
    """What stands between two lines that become one."""
    marks = (*_CLOSING, *_OPENING)
    both_wide = cell_len(before) > 1 and cell_len(after) > 1
    return "" if not before or both_wide or before in marks or after in marks else " "


def folded(text: str, width: int) -> Iterator[str]:
    """Fold one paragraph into lines of `width` columns, at blanks and marks where one is near.

    >>> list(folded("投递批次：distribution run", 12))
    ['投递批次：', 'distribution', 'run']
    >>> list(folded("处理退信与记录；一个进程全包", 24))
    ['处理退信与记录；', '一个进程全包']
    """
    line: list[str] = []
    for piece in _pieces(text):
        while line and cell_len("".join(line) + piece.rstrip()) > width:
            end = _end(line, width)
            yield "".join(line[:end]).rstrip()
            line = line[end:]
        line.append(piece)
    if "".join(line).strip():
        yield "".join(line).rstrip()


def _end(line: list[str], width: int) -> int:
    """After which piece a full line had best end: the last good place, unless it is far back."""
    for end in range(len(line), 0, -1):
        if cell_len("".join(line[:end])) < _GOOD_FILL * width:
            break
        if line[end - 1][-1] in f" {_CLOSING}":
            return end
    return len(line)


def _pieces(text: str) -> Iterator[str]:
    """What must not be torn: runs of narrow characters; wide ones stand alone with punctuation."""
    piece = ""
    for character in text:
        wide = cell_len(character) > 1
        if character in _CLOSING or (piece and piece[-1] in _OPENING):
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
        if isinstance(kind := parameter.type, click.IntRange):
            parameter.type = _Range(kind.min, kind.max, kind.min_open, kind.max_open, kind.clamp)
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
        sentence = _missing(error, sentence)
    sentence = sentence.replace("。 ", "。")  # click joins its sentences with a blank
    click.echo(gettext("Error: {message}").format(message=sentence), err=True)


def _missing(error: click.MissingParameter, sentence: str) -> str:
    """Click's full stop stands in no catalogue, and it gives each choice a line of its own."""
    kind = error.param.type if error.param is not None else None
    if not isinstance(kind, click.Choice):
        return sentence.removesuffix(".") + "。"
    return f"{sentence.partition('.')[0]}，可选：{'、'.join(map(str, kind.choices))}。"

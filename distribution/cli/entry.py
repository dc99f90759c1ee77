"""The entry point: Chinese help, one sentence per error, exit codes 0, 1 and 2.

Who was asked to stop, and has put in order what he had in hands, ends by the signal that asked him:
a shell sees 130 or 143, a script goes no further, and to systemd it is no failure.
"""

import errno
import gettext
import os
import signal
import sys
from pathlib import Path

_LONGEST = 600
"""Characters of an error; the middle of a longer one is left out."""
_BY_SIGNAL = 128


def main() -> None:
    """Run the command line; the only place where errors become words and exit codes."""
    try:
        _open_streams()
        code = _ended()
    except KeyboardInterrupt:  # while modules are being loaded, or at the very end
        sys.stderr.write("已中止。\n")
        code = 1
    except SystemExit as end:
        _end_by_signal(end.code)
        raise
    sys.exit(code)


def _end_by_signal(code: object) -> None:
    """End so where the code says it, see `stopping.Stop`; all is closed and written by now."""
    if isinstance(code, int) and code > _BY_SIGNAL:
        signal.signal(code - _BY_SIGNAL, signal.SIG_DFL)
        signal.raise_signal(code - _BY_SIGNAL)


def _ended() -> int:
    """Run the command; what is wrong is said in a sentence and gives its exit code."""
    _speak_chinese()
    from distribution.errors import DistributionError

    try:
        _refuse_garbled(sys.argv)
        return _run()
    except DistributionError as error:
        _say(f"distribution: {_short(str(error))}")
        return error.exit_code
    except BrokenPipeError:  # `| head` has seen enough
        _silence()
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        from distribution.cli.chinese import why

        _silence()
        _say(f"distribution: 写不进去（{why(error)}）：请腾出空间后重试")
        return 1


def _run() -> int:
    import click  # after the language is set: click looks its words up when they are used

    from distribution.cli import chinese
    from distribution.cli.root import root

    try:
        code = root.main(prog_name="distribution", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        chinese.complain(error)
        return 2
    except click.Abort as abort:
        _say(str(abort) or "已中止：没有做完的不算数，可以再次运行。")
        return 1
    finally:
        _close_database()
        sys.stdout.flush()  # here, where a broken pipe has somebody to catch it
    return code if isinstance(code, int) else 0


def _close_database() -> None:
    """Close what the command has opened: SQLite then leaves one file, with nothing beside it."""
    from distribution.cli.common import installation

    if installation.cache_info().currsize:
        installation().engine.dispose()


def _speak_chinese() -> None:
    """Give click's own words our catalogue; an explicit LANGUAGE of the person's stands."""
    os.environ.setdefault("LANGUAGE", "zh_CN")
    gettext.bindtextdomain("messages", str(Path(__file__).with_name("locale")))


def _open_streams() -> None:
    """See to it that what is said can be written, in any locale and with closed streams."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller: nobody wants to hear it
            mode = "r" if name == "stdin" else "w"
            nowhere = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - stays open
            setattr(sys, name, nowhere)
        elif name != "stdin" and hasattr(stream, "reconfigure"):
            narrow = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968")
            encoding = "utf-8" if narrow else stream.encoding
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _refuse_garbled(arguments: list[str]) -> None:
    """No database takes what is no text; said once here rather than by every command."""
    from distribution.errors import DistributionError

    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise DistributionError(
                f"参数 {argument!r} 不是 UTF-8 文字：请检查终端的编码或给文件改名"
            ) from None


def _say(sentence: str) -> None:
    import click

    from distribution.cli.common import printable

    click.echo(printable(sentence), err=True)


def _short(sentence: str) -> str:
    if len(sentence) <= _LONGEST:
        return sentence
    half = _LONGEST // 2
    return f"{sentence[:half]}…{sentence[-half:]}"


def _silence() -> None:
    """Keep the interpreter from writing into the broken stream once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""What click says by itself is Chinese too, and laid out by columns."""

import signal

import click
import pytest
from cli_office import Office
from databases import only_sqlite
from rich.cells import cell_len

from distribution.cli import chinese, stopping
from distribution.cli.root import root


def paths(group: click.Group, *before: str) -> list[tuple[str, ...]]:
    """Every command line that has a help of its own."""
    found = [before]
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += paths(command, *before, name)
        else:
            found.append((*before, name))
    return found


ENGLISH = (
    "OPTIONS", "COMMAND", "ARGS", "TEXT", "INTEGER", "FILE", "FOLDER", "RUN_ID", "Usage", "Options",
    "Commands", "default:", "required", "Show", "Error", "Missing", "Invalid", "No such", "Try",
)  # fmt: skip


@only_sqlite
@pytest.mark.parametrize("path", paths(root), ids=" ".join)
def test_help_is_chinese_and_fits_eighty_columns(office: Office, path: tuple[str, ...]) -> None:
    shown = office(*path, "--help")

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("用法：")
    assert [word for word in ENGLISH if word in shown.out] == []
    assert [line for line in shown.out.splitlines() if cell_len(line) > 80] == []


@only_sqlite
def test_the_meanings_of_options_stand_in_one_column(office: Office) -> None:
    lines = office("subscriber", "add", "--help").out.splitlines()

    rows = [line for line in lines if line.startswith("  -")]
    starts = {cell_len(line[: len(line) - len(line.split("  ", 2)[2].lstrip())]) for line in rows}
    assert len(starts) == 1


@only_sqlite
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["foo"], "没有命令 'foo'。"),
        (["run", "start"], "缺少参数 '批次号'。"),
        (["run", "start", "abc"], "'批次号' 的值无效：'abc' 应为数字。"),
        (["issue", "import"], "缺少参数 '文件'。"),
        (["issue", "import", "/none"], "'文件' 的值无效：路径 '/none' 不存在。"),
        (["subscriber", "add", "a@b.example"], "缺少选项 '--name'。"),
        (["run", "list", "--jsn"], "没有选项 '--jsn'。是不是 '--json'？"),
        (["run", "list", "more"], "多余的参数（more）"),
        (
            ["subscriber", "list", "--limit", "0"],
            "'--limit' 的值无效：0 应为 1 到 100000。",
        ),
    ],
)
def test_bad_usage_is_one_chinese_sentence_after_the_usage(
    office: Office, arguments: list[str], sentence: str
) -> None:
    refused = office(*arguments)

    assert (refused.code, refused.out) == (2, "")
    usage, hint, blank, said = refused.err.splitlines()
    assert usage.startswith("用法：")
    assert hint.startswith("用法见 'distribution")
    assert (blank, said) == ("", f"distribution: {sentence}")


@only_sqlite
def test_an_option_without_its_value_is_said_so(office: Office) -> None:
    assert office("subscriber", "add", "--name").sentence == "选项 '--name' 需要 1 个值。"


@only_sqlite
def test_a_noun_without_verb_shows_its_verbs_and_is_bad_usage(office: Office) -> None:
    shown = office("run")

    assert (shown.code, shown.out) == (2, "")
    assert "开始投递并显示进度" in shown.err


@pytest.mark.parametrize("width", [4, 11, 20, 79])
def test_folding_loses_nothing_and_keeps_the_width(width: int) -> None:
    text = "查看一期的全部文章，例如：distribution issue show 2023-09。" * 3

    lines = list(chinese.folded(text, width))

    assert "".join("".join(lines).split()) == "".join(text.split())
    widest = max(width, cell_len("distribution"), cell_len("2023-09。") + 2)
    assert all(cell_len(line) <= widest for line in lines)
    assert all(not line.startswith(("，", "。", "：")) for line in lines)


def test_a_second_interrupt_strikes_at_once() -> None:
    with stopping.asked_to_stop() as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

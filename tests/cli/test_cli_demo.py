"""`distribution demo`: a whole month in one command, and never over anything real."""

import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from cli_office import Outcome, programme
from processes import PATIENCE, PROGRAMME

from distribution.bundle import sample


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A finished demo, and what it said."""
    folder = tmp_path_factory.mktemp("demo") / "一个 文件夹"
    return folder, programme({}, "demo", str(folder))


def test_a_demo_sends_every_mail_and_its_books_are_right(shown: tuple[Path, Outcome]) -> None:
    folder, outcome = shown

    assert (outcome.code, outcome.err) == (0, "")
    assert "已导入示例期刊 2026-11：29 篇文章。" in outcome.out
    mails = list((folder / "outbox").glob("*.eml"))
    home = {"DISTRIBUTION_HOME": str(folder)}
    verified = programme(home, "run", "verify", "1", "--json").document
    assert verified["mismatches"] == []
    assert verified["states"]["accepted"] == len(mails) == 67


def test_a_demo_ends_with_a_report_of_what_its_readers_did(shown: tuple[Path, Outcome]) -> None:
    folder, outcome = shown

    assert "各单位" in outcome.out
    assert_all_parts_were_played(folder)


def assert_all_parts_were_played(folder: Path) -> None:
    report = programme({"DISTRIBUTION_HOME": str(folder)}, "report", "run", "1", "--json").document
    assert report["books"]["agree"]
    assert (report["bounced"]["permanent"], report["bounced"]["temporary"]) == (1, 1)
    assert report["bounced"]["suppressed"] == 1
    assert report["left"] == {"total": 1, "channels": {"one-click": 1}}
    assert (report["opened"]["human"], report["opened"]["machine"]) == (5, 1)
    assert report["clicked"]["readers"] == 3
    assert report["clicked"]["anonymous"] == 4
    assert report["interests"]["channels"]["link"] == 3
    assert sum(topic["lost"] for topic in report["interests"]["topics"]) == 3
    for name in ("report.html", "report.xlsx"):
        assert (folder / name).stat().st_size > 10_000


def test_a_demo_points_at_three_mails_that_differ(shown: tuple[Path, Outcome]) -> None:
    _, outcome = shown

    lines = outcome.out.partition("值得一看")[2].splitlines()
    files = [Path(line.strip()) for line in lines if line.endswith(".eml")]
    assert len({path.read_bytes() for path in files}) == 3


def test_what_a_demo_proposes_can_be_typed_as_it_stands(
    shown: tuple[Path, Outcome], tmp_path: Path
) -> None:
    folder, outcome = shown
    proposed = outcome.out.partition("接下来可以试：\n")[2].splitlines()

    commands = [shlex.split(line) for line in proposed]
    assert commands[0] == ["export", f"DISTRIBUTION_HOME={folder}"]
    assert {command[0] for command in commands[1:]} == {PROGRAMME}
    preview = next(command for command in commands if "preview" in command)
    words = [word.replace("digest.html", str(tmp_path / "digest.html")) for word in preview[1:]]
    assert programme({"DISTRIBUTION_HOME": str(folder)}, *words).code == 0


def test_a_demo_run_again_sends_nothing_more(shown: tuple[Path, Outcome]) -> None:
    folder, _ = shown
    before = {path: path.stat().st_mtime_ns for path in (folder / "outbox").glob("*.eml")}

    again = programme({}, "demo", str(folder))

    assert again.code == 0
    assert "没有再投递" in again.out
    assert {p: p.stat().st_mtime_ns for p in (folder / "outbox").glob("*.eml")} == before


def test_a_finished_demo_leaves_its_database_in_one_file(
    shown: tuple[Path, Outcome], tmp_path: Path
) -> None:
    folder, _ = shown

    shutil.copy(folder / "distribution.db", tmp_path)

    copied = programme({"DISTRIBUTION_HOME": str(tmp_path)}, "run", "list", "--json").document
    assert [run["total"] for run in copied] == [67]
    assert {path.name for path in folder.glob("distribution.db*")} == {"distribution.db"}


def started(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [PROGRAMME, "demo", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stdout is not None
    assert any(words in line for line in process.stdout)


def test_a_demo_interrupted_in_its_pause_is_finished_by_one_that_waits_for_it(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "demo"
    with started(folder) as first:
        wait_for(first, "已导入示例期刊")
        with started(folder) as second:
            wait_for(second, "正有另一个演示，等它结束")
            wait_for(first, "过一会儿才读信")
            first.send_signal(signal.SIGINT)
            assert first.communicate(timeout=PATIENCE)[1] == "\n已中止；再次运行同一命令即继续。\n"
            assert second.communicate(timeout=PATIENCE)[1] == ""

    assert (first.returncode, second.returncode) == (1, 0)
    assert_all_parts_were_played(folder)


REAL = 'sender_address = "digest@xinxi.cn"\n'
FIRST_LINE = "# 演示装置的设置；distribution config show 显示全部。\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.txt", "您好"),
        ("distribution.toml", REAL),
        ("distribution.toml", FIRST_LINE + 'transport = "smtp"\n'),
    ],
)
def test_a_demo_refuses_a_folder_that_holds_something_else(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8")

    refused = programme({}, "demo", str(tmp_path))

    assert (refused.code, refused.out) == (2, "")
    assert "里有别的东西，不是演示" in refused.sentence
    assert not (tmp_path / "outbox").exists()
    assert (tmp_path / name).read_text("utf-8") == content


def test_a_demo_without_a_place_to_write_says_so() -> None:
    refused = programme({}, "demo", "/proc/none")

    assert (refused.code, refused.out) == (2, "")
    assert "请另给一个可以写入的文件夹" in refused.sentence


def test_the_sample_of_a_demo_is_there() -> None:
    assert sample("issue.txt").is_file()
    assert sample("audience.toml").is_file()

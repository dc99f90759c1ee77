"""`distribution completion`: what a shell asks, and what it is answered."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite
from processes import PROGRAMME

BASH = shutil.which("bash")
ASK = """
source "$SCRIPT"
COMP_WORDS=({words})
COMP_CWORD={last}
_distribution_completion distribution
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@only_sqlite
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_about_our_programme(office: Office, shell: str) -> None:
    printed = office("completion", shell)

    assert (printed.code, printed.err) == (0, "")
    assert f"_DISTRIBUTION_COMPLETE={shell}_complete" in printed.out


@only_sqlite
def test_without_a_shell_the_choices_are_named_in_the_same_sentence(office: Office) -> None:
    asked = office("completion")

    assert asked.code == 2
    assert asked.err.endswith("distribution: 缺少参数 'bash|zsh|fish'，可选：bash、zsh、fish。\n")


def test_another_shell_is_refused(office: Office) -> None:
    refused = office("completion", "powershell")

    assert (refused.code, refused.out) == (2, "")
    assert "powershell" in refused.err


@only_sqlite
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("distribution subscriber re", {"replace", "return"}),
        ("distribution subscriber list --not", {"--not-opened-since"}),
        ("distribution subscriber list --role 质", {"质量"}),
        ("distribution subscriber list --state 已", {"已退订", "已离任"}),
        ("distribution enterprise list --sort 到", {"到期"}),
        ("distribution completion z", {"zsh"}),
    ],
)
def test_commands_options_and_words_are_completed(
    office: Office, monkeypatch: pytest.MonkeyPatch, words: str, offered: set[str]
) -> None:
    monkeypatch.setenv("_DISTRIBUTION_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))

    answer = office()

    assert (answer.code, answer.err) == (0, "")
    assert {line.removeprefix("plain,") for line in answer.out.splitlines()} == offered


@only_sqlite
@pytest.mark.skipif(BASH is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("distribution sub", {"subscriber"}),
        ("distribution subscriber list --edition ''", {"个性化", "标准版"}),
    ],
)
def test_bash_completes_a_command_and_a_word(
    office: Office, tmp_path: Path, words: str, offered: set[str]
) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(office("completion", "bash").out, encoding="utf-8")
    asked = ASK.format(words=words, last=len(words.split()) - 1)

    done = subprocess.run(
        [str(BASH), "--norc", "-c", asked],
        env={
            "PATH": f"{Path(PROGRAMME).parent}:/usr/bin:/bin",
            "SCRIPT": str(script),
            "LANG": "C.UTF-8",
            "DISTRIBUTION_HOME": str(tmp_path / "untouched"),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert set(done.stdout.split()) == offered
    assert not (tmp_path / "untouched").exists()

"""What lies in deploy/ can be read, and every command it names is one of ours."""

import configparser
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from distribution.cli.root import root
from distribution.config import PREFIX, Settings
from distribution.config.secret_files import is_secret

DEPLOY = Path(__file__).parents[1] / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted((DEPLOY / "systemd").iterdir())
ELSEWHERE = {"redis-server"}


def known(words: list[str]) -> bool:
    """Whether words begin with a command of ours that can be run."""
    command: click.Command = root
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.commands.get(word)
        if found is None:
            return False
        command = found
    return not isinstance(command, click.Group)


def commands() -> Iterator[tuple[str, list[str]]]:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".service":
            for line in re.findall(r"^ExecStart=\S+/distribution(.*)$", text, re.MULTILINE):
                yield path.name, line.split()
        if path.suffix == ".md":
            quoted = re.findall(r"`(distribution [^`\n]+)`", text)
            lines = re.findall(r"^(distribution .+)$", text, re.MULTILINE)
            for one in [*quoted, *lines]:
                yield path.name, one.split()[1:]
        for line in re.findall(r"^\s+command: (\[.*\])", text, re.MULTILINE):
            words = json.loads(line)
            if words[0] not in ELSEWHERE:
                yield path.name, words


@pytest.mark.parametrize(("where", "words"), list(commands()), ids=str)
def test_every_command_that_is_named_is_ours(where: str, words: list[str]) -> None:
    assert known(words), f"{where}: distribution {' '.join(words)}"


def test_the_look_finds_commands_and_knows_a_wrong_one() -> None:
    assert {tuple(words[:2]) for _, words in commands()} >= {
        ("worker", "--processes"),
        ("scheduler",),
        ("serve",),
        ("schedule", "tick"),
        ("db", "upgrade"),
        ("doctor",),
    }
    assert not known(["workers"])
    assert not known(["db"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    for name in re.findall(rf"{PREFIX}([A-Z_]+[A-Z])\b(?!\*)", path.read_text(encoding="utf-8")):
        setting = name.lower()
        secret = setting.removesuffix("_file")
        assert setting in Settings.model_fields or is_secret(secret), name


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_can_be_read_and_runs_as_an_ordinary_account(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign] # names as they are spelt
    unit.read(path, encoding="utf-8")

    assert unit["Unit"]["Description"]
    if path.suffix == ".service":
        service = unit["Service"]
        assert service["User"] == "distribution"
        assert service["NoNewPrivileges"] == "true"
        assert service["ProtectSystem"] == "strict"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text(encoding="utf-8")
        there = text.replace("/opt/distribution/.venv/bin/distribution", "/bin/true")
        (tmp_path / path.name).write_text(there, encoding="utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []


def test_the_proxy_logs_no_address_and_lets_nobody_claim_another() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    form = re.search(r"log_format distribution_quiet '([^']*)'", text)

    assert form is not None
    for telling in ("$request ", "$request_uri", "$uri", "$args", "$http_referer", "$remote_addr"):
        assert telling not in f"{form[1]} "
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_add_x_forwarded_for" not in text
    assert text.count("{") == text.count("}")

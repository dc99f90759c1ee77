"""What lies in deploy/ can be read, and every command it names is one of ours."""

import configparser
import json
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from processes import PROGRAMME, with_path

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
        ("purge",),
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


def limited(zone: str, request: str) -> bool:
    """Whether the proxy counts a request, by the map that this zone goes by."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    key = re.search(rf"limit_req_zone (\$\w+) zone={zone}:", text)
    assert key is not None
    body = re.search(rf"map .* {re.escape(key[1])} {{\n(.*?)\n}}", text, re.DOTALL)
    assert body is not None
    lines = [line.strip().removesuffix(";").rpartition(" ") for line in body[1].splitlines()]
    counted = {name.strip('"'): value for name, _, value in lines}
    default = counted.pop("default")
    found = (value for name, value in counted.items() if re.search(name.removeprefix("~"), request))
    return next(found, default) == "$binary_remote_addr"


def test_the_proxy_limits_strangers_and_not_what_one_host_does_for_many_readers() -> None:
    assert limited("distribution_pages", "/archive")
    assert not any(limited("distribution_pages", path) for path in ("/o/t", "/c/t/1", "/u/t"))
    assert limited("distribution_posts", "POST /subscribe")
    assert not any(
        limited("distribution_posts", request)
        for request in ("POST /u/t", "POST /hooks/ses", "GET /subscribe")
    )


def test_a_command_by_hand_has_the_settings_of_the_units(tmp_path: Path) -> None:
    home, account = tmp_path / "home", pwd.getpwuid(os.getuid()).pw_name
    home.mkdir()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret_keys").write_text("0123456789abcdef", encoding="utf-8")
    (tmp_path / "secrets" / "database_url").write_text("sqlite:////none.db", encoding="utf-8")
    shutil.copy(DEPLOY / "distribution.env", tmp_path)
    text = (DEPLOY / "distribution.sh").read_text(encoding="utf-8")
    for there, here in {
        "= distribution ]": f"= {account} ]",
        "/etc/distribution": str(tmp_path),
        "/var/lib/distribution": str(home),
        "/opt/distribution/.venv/bin/distribution": PROGRAMME,
    }.items():
        assert there in text
        text = text.replace(there, here)

    done = subprocess.run(
        ["sh", "-s", "config", "show", "--json"],
        input=text, capture_output=True, text=True, check=True, env=with_path({}),
    )  # fmt: skip

    found = {name: one["origin"] for name, one in json.loads(done.stdout).items()}
    assert found["secret_keys"] == "环境变量 DISTRIBUTION_SECRET_KEYS_FILE"
    assert found["database_url"] == "环境变量 DISTRIBUTION_DATABASE_URL_FILE"
    assert found["sender_address"] == "环境变量 DISTRIBUTION_SENDER_ADDRESS"

"""Secrets in files of their own: read, named as they were given, and never shown."""

from pathlib import Path

import pytest

from distribution import config
from distribution.doctor import keeping
from distribution.errors import InvalidSetting

KEY = "0123456789abcdef-key"


def load(home: Path, **environ: str) -> config.Configuration:
    named = {f"DISTRIBUTION_{name.upper()}": value for name, value in environ.items()}
    return config.load({"DISTRIBUTION_HOME": str(home), **named})


def secret(folder: Path, text: str | bytes) -> str:
    path = folder / "secret"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_a_secret_is_what_stands_in_the_file(tmp_path: Path) -> None:
    found = load(tmp_path, smtp_password_file=secret(tmp_path, "授权 码\n"))

    assert found.settings.smtp_password.get_secret_value() == "授权 码"
    assert found.origins["smtp_password"] == "环境变量 DISTRIBUTION_SMTP_PASSWORD_FILE"


def test_keys_stand_one_a_line_or_with_commas(tmp_path: Path) -> None:
    found = load(tmp_path, secret_keys_file=secret(tmp_path, f"new-{KEY}\nold-{KEY},first-{KEY}\n"))

    assert config.secret_keys(found.settings) == (f"new-{KEY}", f"old-{KEY}", f"first-{KEY}")


def test_it_beats_the_settings_file_as_the_environment_does(tmp_path: Path) -> None:
    (tmp_path / "distribution.toml").write_text('redis_url = "redis://a/0"\n', encoding="utf-8")
    found = load(tmp_path, redis_url_file=secret(tmp_path, "redis://b/0"))

    assert found.settings.redis_url.get_secret_value() == "redis://b/0"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "没有这个文件"),
        ("", "文件是空的"),
        (" \n", "文件是空的"),
        (b"\xff\xfe", "文件不是 UTF-8 文字"),
    ],
)
def test_a_file_that_holds_no_secret_is_named(
    tmp_path: Path, content: str | bytes | None, reason: str
) -> None:
    path = str(tmp_path / "secret") if content is None else secret(tmp_path, content)

    with pytest.raises(InvalidSetting) as fault:
        load(tmp_path, database_url_file=path)

    assert str(fault.value) == f"设置 DISTRIBUTION_DATABASE_URL_FILE={path!r} 无效：{reason}"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="读不了这个文件"):
        load(tmp_path, database_url_file=str(tmp_path))


def test_what_is_said_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="只能设置一个"):
        load(tmp_path, smtp_password="a", smtp_password_file=secret(tmp_path, "b"))


def test_a_bad_secret_is_blamed_on_its_file_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting) as fault:
        load(tmp_path, redis_url_file=secret(tmp_path, "Geheim"))

    assert fault.value.name == "DISTRIBUTION_REDIS_URL_FILE"
    assert "Geheim" not in f"{fault.value}{fault.value!r}{fault.value.__cause__}"


def test_only_secrets_have_files(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="没有这个设置"):
        load(tmp_path, smtp_host_file=secret(tmp_path, "relay.test"))
    assert load(tmp_path, smtp_ca_file="ca.pem").settings.smtp_ca_file == Path("ca.pem")


def test_a_secrets_file_that_everybody_may_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "secret").touch(0o644)
    named = {"DISTRIBUTION_SMTP_PASSWORD_FILE": str(tmp_path / "secret")}

    [found] = keeping.files_of_secrets(named | {"DISTRIBUTION_SMTP_CA_FILE": "/none"})

    assert found.words.startswith(
        f"谁都能读 {tmp_path / 'secret'}（DISTRIBUTION_SMTP_PASSWORD_FILE）"
    )
    (tmp_path / "secret").chmod(0o640)
    assert list(keeping.files_of_secrets(named)) == []

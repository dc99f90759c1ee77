"""Settings: default, then file, then environment; every fault named; secrets kept."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from distribution import config, db
from distribution.config import NotReadyToSend, Settings, UnreadableSettings
from distribution.errors import DistributionError, InvalidSetting

KEY = "0123456789abcdef-key"


def load(home: Path, text: str = "", **environ: str) -> config.Configuration:
    """Load settings from a file of this text and the environment."""
    home.mkdir(exist_ok=True)
    (home / "distribution.toml").write_text(text, encoding="utf-8")
    named = {f"DISTRIBUTION_{name.upper()}": value for name, value in environ.items()}
    return config.load({"DISTRIBUTION_HOME": str(home), "PATH": "/bin", **named})


def test_the_environment_beats_the_file_and_the_file_the_default(tmp_path: Path) -> None:
    text = 'batch_size = 7\nsmtp_port = 26\nsender_name = "三晋装备通讯"\n'

    found = load(tmp_path, text, batch_size="9", smtp_host="relay.xinxi.cn")

    settings = found.settings
    assert (settings.batch_size, settings.smtp_port, settings.connections) == (9, 26, 8)
    assert (settings.sender_name, settings.smtp_host) == ("三晋装备通讯", "relay.xinxi.cn")
    assert found.origins == {
        "home": "环境变量 DISTRIBUTION_HOME",
        "batch_size": "环境变量 DISTRIBUTION_BATCH_SIZE",
        "smtp_host": "环境变量 DISTRIBUTION_SMTP_HOST",
        "smtp_port": str(tmp_path / "distribution.toml"),
        "sender_name": str(tmp_path / "distribution.toml"),
    }


def test_without_file_and_environment_everything_has_a_default() -> None:
    found = config.load({})

    assert found.origins == {}
    assert found.settings.home == Path("distribution-data")
    assert found.settings.embedded
    assert found.settings.domain == "magazine.example"


def test_every_setting_is_described_for_people() -> None:
    assert all(field.description for field in Settings.model_fields.values())


FAULTS = {
    ("smtp_port", '"x"'): "应为整数",
    ("smtp_port", "0"): "应不小于 1",
    ("smtp_port", "65536"): "应不大于 65535",
    ("smtp_port", "true"): "应为整数",
    ("smtp_port", "[]"): "应为整数",
    ("connections", "1.5"): "应为整数",
    ("transport", '"pigeon"'): "应为 outbox、smtp 之一",
    ("smtp_security", '"ssl"'): "应为 none、starttls、tls 之一",
    ("sender_name", "3"): "应为文字",
    ("sender_name", '" "'): "不能为空",
    ("sender_name", '"a\\nb"'): "不能含控制字符",
    ("sender_address", '"x"'): "应为一个 ASCII 邮件地址",
    ("sender_address", '"a@b"'): "应为一个 ASCII 邮件地址",
    ("sender_address", '"编辑@b.cn"'): "应为一个 ASCII 邮件地址",
    ("sender_address", '"a@b.cn\\r\\nBcc: c@d.cn"'): "应为一个 ASCII 邮件地址",
    ("mail_domain", '"a b"'): "应为一个 ASCII 域名",
    ("bounce_imap_archive", '"a/b"'): "应为 1 至 40 个英文字母、数字、- 或 _",
    ("bounce_imap_archive", '""'): "应为 1 至 40 个英文字母、数字、- 或 _",
    ("mail_domain", '"中国"'): "应为一个 ASCII 域名",
    ("base_url", '"ftp://xinxi.cn"'): "应以 http:// 或 https:// 加域名开头",
    ("base_url", '"https://"'): "应以 http:// 或 https:// 加域名开头",
    ("base_url", '"https://三晋.中国"'): "应以 http:// 或 https:// 加域名开头",
    ("base_url", '"https://xinxi.cn/?a=1"'): "应以 http:// 或 https:// 加域名开头",
    ("base_url", '"https://xinxi.cn/\\n"'): "应以 http:// 或 https:// 加域名开头",
    ("smtp_ca_file", "3"): "应为一个文件的路径",
    ("batch_sise", "3"): "没有这个设置；是不是 batch_size？",
    ("zzz", "3"): "没有这个设置；全部设置是 home、database_url",
}


@pytest.mark.parametrize(("name", "value"), FAULTS, ids=" ".join)
def test_a_fault_in_the_file_names_setting_file_value_and_expectation(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(InvalidSetting) as fault:
        load(tmp_path, f"{name} = {value}\n")

    assert fault.value.name == f"{name}（{tmp_path / 'distribution.toml'}）"
    assert FAULTS[name, value] in fault.value.expected
    assert fault.value.value.isprintable() or "\n" in fault.value.value
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("batch_size", "many", "应为整数"),
        ("batch_size", "", "应为整数"),
        ("batch_size", "0", "应不小于 1"),
        ("transport", "SMTP", "应为 outbox、smtp 之一"),
        ("sender_name", "\udcff", "不是 UTF-8 文字"),
        ("unknown", "1", "没有这个设置"),
    ],
)
def test_a_fault_in_the_environment_is_named_as_it_is_spelt_there(
    tmp_path: Path, name: str, value: str, expected: str
) -> None:
    with pytest.raises(InvalidSetting) as fault:
        load(tmp_path, **{name: value})

    assert fault.value.name == f"DISTRIBUTION_{name.upper()}"
    assert expected in fault.value.expected


SECRETS = ("aliyun_token", "database_url", "redis_url", "secret_keys", "smtp_password")


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", ["Geheim", 4711, ["Geheim", 4711], True])
def test_no_secret_is_ever_in_a_fault_or_a_print(tmp_path: Path, name: str, value: object) -> None:
    written = str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
    try:
        said = repr(load(tmp_path, f"{name} = {written}\n"))
    except InvalidSetting as fault:
        said = f"{fault}{fault!r}{fault.__cause__}{fault.value}"

    assert "Geheim" not in said
    assert "4711" not in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a = [", "文件末尾或括号不合 TOML 的写法"),
        (b"\xff\xfe", "不是 UTF-8 文字"),
        (b"a = 1\na = 2\n", "不合 TOML 的写法"),
        (b"a = " + b"9" * 5_000, "不合 TOML 的写法"),
        (b"a = " + b"[" * 100_000, "不合 TOML 的写法"),
        (b"# " + b"x" * 300_000, "超过 256 KiB"),
    ],
    ids=["cut off", "letters", "twice", "digits", "brackets", "long"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "distribution.toml").write_bytes(content)

    with pytest.raises(UnreadableSettings) as fault:
        config.load({"DISTRIBUTION_HOME": str(tmp_path)})

    assert str(tmp_path / "distribution.toml") in str(fault.value)
    assert reason in str(fault.value)


def test_the_mark_that_windows_puts_before_a_text_is_no_fault(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeffbatch_size = 7\n").settings.batch_size == 7


def test_a_home_must_be_a_folder_and_is_said_by_the_environment_only(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "odd" / "distribution.toml").mkdir(parents=True)

    for home in (str(tmp_path / "file"), "", "  "):
        with pytest.raises(InvalidSetting, match="DISTRIBUTION_HOME"):
            config.load({"DISTRIBUTION_HOME": home})
    with pytest.raises(UnreadableSettings):
        config.load({"DISTRIBUTION_HOME": str(tmp_path / "odd")})
    with pytest.raises(InvalidSetting, match="只能用 DISTRIBUTION_HOME 指定"):
        load(tmp_path, 'home = "/elsewhere"')


@pytest.mark.parametrize("name", ["plain", "空 格", "50%20off", "a?b#c&d=e", "a'b\"c", "+"])
def test_the_database_lies_in_the_home_whatever_the_home_is_called(
    tmp_path: Path, name: str
) -> None:
    settings = load(tmp_path / name).settings

    engine = db.open_engine(settings.database)
    with engine.connect():
        pass
    engine.dispose()

    assert (tmp_path / name / "distribution.db").is_file()


def test_keys_are_written_as_a_list_or_with_commas(tmp_path: Path) -> None:
    expected = ("new-0123456789abcdef", "old-0123456789abcdef")

    for text in (
        f'secret_keys = ["{expected[0]}", "{expected[1]}"]',
        f'secret_keys = " {expected[0]} , {expected[1]},"',
    ):
        assert config.secret_keys(load(tmp_path, text).settings) == expected
    with pytest.raises(InvalidSetting, match="每把密钥至少 16 个字符"):
        load(tmp_path, 'secret_keys = "short"')


def test_an_embedded_installation_makes_its_key_once_and_for_itself_alone(tmp_path: Path) -> None:
    settings = load(tmp_path).settings

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: config.secret_keys(settings), range(16)))

    ((key,),) = made
    assert len(key) == 64
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert config.secret_keys(settings) == (key,)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["distribution.toml", "secret.key"]


@pytest.mark.parametrize("text", ['transport = "smtp"', 'database_url = "postgresql://h/d"'])
def test_everybody_else_must_say_the_key(tmp_path: Path, text: str) -> None:
    settings = load(tmp_path, text).settings

    with pytest.raises(InvalidSetting, match=r"没有密钥.*至少 16 个"):
        config.secret_keys(settings)
    assert not settings.key_file.exists()


def test_an_empty_key_file_is_no_key(tmp_path: Path) -> None:
    settings = load(tmp_path).settings
    settings.key_file.write_text("\n")

    with pytest.raises(InvalidSetting, match=r"没有密钥.*至少 16 个"):
        config.secret_keys(settings)


REAL = {
    "transport": "smtp",
    "base_url": "https://xinxi.cn",
    "sender_address": "digest@mail.xinxi.cn",
    "secret_keys": KEY,
}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, None),
        ({"transport": "outbox", "base_url": "http://localhost"}, None),
        ({"base_url": "http://localhost:8000"}, "base_url"),
        ({"base_url": "http://LOCALHOST"}, "base_url"),
        ({"base_url": "http://127.0.0.1"}, "base_url"),
        ({"base_url": "http://127.1.2.3:80"}, "base_url"),
        ({"base_url": "http://[::1]:8000"}, "base_url"),
        ({"base_url": "http://0.0.0.0"}, "base_url"),
        ({"base_url": "https://app.localhost"}, "base_url"),
        ({"base_url": "https://xinxi.cn/localhost"}, None),
        ({"sender_address": "digest@magazine.example"}, "sender_address"),
        ({"sender_address": "digest@Example.COM"}, "sender_address"),
        ({"sender_address": "digest@mail.example.org"}, "sender_address"),
        ({"sender_address": "digest@xinxi.invalid"}, "sender_address"),
        ({"sender_address": "digest@notexample.com"}, None),
        ({"mail_domain": "bounce.example"}, "mail_domain"),
        ({"mail_domain": "bounce.xinxi.cn"}, None),
        ({"secret_keys": ""}, "SECRET_KEYS"),
    ],
)
def test_real_mail_is_refused_with_what_only_fits_a_trial(
    tmp_path: Path, changes: dict[str, str], named: str | None
) -> None:
    settings = load(tmp_path, **{**REAL, **changes}).settings

    if named is None:
        config.refuse_trial_settings(settings)
        return
    with pytest.raises(DistributionError, match=named) as refused:
        config.refuse_trial_settings(settings)
    assert isinstance(refused.value, NotReadyToSend | InvalidSetting)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("web_host", "", "应为本机的一个 IP 地址"),
        ("web_host", "nonsense", "应为本机的一个 IP 地址"),
        ("web_host", "[::1]", "应为本机的一个 IP 地址"),
        ("redis_url", "localhost:6379", "应为 redis://"),
        ("redis_url", "http://localhost", "应为 redis://"),
    ],
)
def test_an_address_to_listen_at_or_of_redis_is_checked(
    tmp_path: Path, name: str, value: str, told: str
) -> None:
    with pytest.raises(InvalidSetting, match=told) as refused:
        load(tmp_path / "home", **{name: value})
    assert name != "redis_url" or value not in str(refused.value)
    with pytest.raises(InvalidSetting, match=r"distribution\.toml"):
        load(tmp_path / "home", text=f'{name} = "{value}"\n')


def test_an_empty_path_is_no_path(tmp_path: Path) -> None:
    settings = load(tmp_path / "home", text='smtp_ca_file = ""\n', bounce_maildir=" ").settings
    assert settings.bounce_maildir is None
    assert settings.smtp_ca_file is None


def test_several_values_are_parted_by_the_commas_of_a_chinese_keyboard_too(tmp_path: Path) -> None:
    settings = load(tmp_path, 'accounts = "root=王秘书，lili=李编辑"').settings
    assert settings.people == {"root": "王秘书", "lili": "李编辑"}

"""`distribution relay`: where mail goes, whether it can, and what the relays' logs tell."""

from datetime import timedelta
from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite
from postfix_lines import alive
from runs import add_reader, make_issue, plan, relay_settings, start
from sink import Act, Fault, Sink, Step

from distribution import clock
from distribution.app import App, open_app
from workers.following import Follower

SECRET = "do-not-show-this"


def write_relays(environment: dict[str, str], text: str) -> Path:
    path = Path(environment["DISTRIBUTION_HOME"]) / "relays.toml"
    path.write_text(text, encoding="utf-8")
    return path


def use(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@only_sqlite
def test_relays_are_listed_in_their_order_without_secrets(
    office: Office, environment: dict[str, str]
) -> None:
    write_relays(
        environment,
        f'[t]\nhost = "smtp.tencent.example"\nlanes = ["qq"]\nusername = "u"\n'
        f'password = "{SECRET}"\nrate = 2\n[main]\nhost = "localhost"\n',
    )
    shown, document = office("relay", "list"), office("relay", "list", "--json").document

    assert shown.code == 0
    assert SECRET not in shown.out
    assert SECRET not in str(document)
    assert [(one["name"], one["lanes"], one["rate"]) for one in document] == [
        ("t", ["qq"], 2),
        ("main", None, None),
    ]
    assert "QQ 邮箱" in shown.out
    assert "transport 是 outbox" in shown.out


@only_sqlite
def test_a_relay_is_checked_without_a_mail(
    office: Office, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    with Sink() as sink:
        use(monkeypatch, relay_settings(sink))
        good = office("relay", "check")

    assert (good.code, good.err) == (0, "")
    assert f"relay：中继 127.0.0.1:{sink.port} 连接、问候都正常。" in good.out
    assert [line[:4] for line in sink.commands] == ["EHLO", "QUIT"]
    assert environment


@only_sqlite
def test_one_relay_that_fails_is_said_and_gives_exit_code_one(
    office: Office, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.setenv("DISTRIBUTION_TRANSPORT", "smtp")
    with Sink(users={"u": "right"}) as sink:
        write_relays(
            environment,
            f'[a]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
            f'[b]\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
            f'username = "u"\npassword = "{SECRET}"\n',
        )
        both, one = office("relay", "check"), office("relay", "check", "a")
        unknown = office("relay", "check", "c")
        document = office("relay", "check", "--json")

    assert (both.code, one.code, unknown.code) == (1, 0, 2)
    lines = both.out.splitlines()
    assert [line[:2] for line in lines] == ["a：", "b："]
    assert "拒绝登录" in lines[1]
    assert SECRET not in both.out
    assert "没有中继 c" in unknown.sentence
    assert document.code == 1
    assert [(found["name"], found["good"]) for found in document.document] == [
        ("a", True),
        ("b", False),
    ]


@only_sqlite
def test_a_fault_in_the_file_is_said_by_every_command(
    office: Office, environment: dict[str, str]
) -> None:
    path = write_relays(environment, '[a]\nhost = "x"\nlane = ["qq"]\n')
    said = office("run", "list")

    assert said.code == 2
    assert said.sentence.startswith(f"中继文件 {path} [a] 的 lane 不能用：没有这一项")


@only_sqlite
def test_a_relay_is_set_in_one_place_only(
    office: Office, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    write_relays(environment, '[a]\nhost = "x"\n')
    monkeypatch.setenv("DISTRIBUTION_SMTP_HOST", "smtp.example.com")

    assert "请删去两者之一" in office("relay", "list").sentence


@only_sqlite
def test_no_log_is_followed_at_first(office: Office, environment: dict[str, str]) -> None:
    assert environment
    assert "没有跟踪任何日志" in office("relay", "log").out
    assert office("relay", "log", "--json").document == []


@only_sqlite
def test_a_log_that_nobody_has_read_yet_is_not_called_none(
    office: Office, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], tmp_path: Path
) -> None:
    assert environment
    with Sink() as sink:
        for name, value in relay_settings(sink, relay_log=tmp_path / "mail.log").items():
            monkeypatch.setenv(name, value)

    said = office("relay", "log").out

    assert said == "已设置日志的中继：relay；投递进程还没有读过。\n"


@only_sqlite
def test_a_followed_log_and_what_each_doubt_awaits_are_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "mail.log"
    log.write_text(alive(), encoding="utf-8")
    with Sink({Step.ACCEPTED: Fault(Act.CLOSE)}) as sink:
        settings = relay_settings(sink, relay_log=log)
        use(monkeypatch, settings)
        app = open_app(environment | settings)
        send_one(app)
        Follower().look(app)
        app.engine.dispose()
        [shown] = office("relay", "log", "--json").document
        listed = office("relay", "log").out
        doubts = office("run", "doubt", "list")
        [doubt] = office("run", "doubt", "list", "--json").document

    assert (shown["path"], shown["gap"]) == (str(log), "first")
    assert shown["continuous_since"]
    assert f"{len(alive())} 字节" in shown["place"]
    assert "开始跟踪" in listed
    assert doubt["awaits"] == "gap"
    assert doubt["relay"] == app.relays[0].identity
    assert "日志在交付前后有缺口" in doubts.out
    assert "中继的日志里有没有这封信" in doubts.out


def send_one(app: App) -> None:
    """A mail that the relay takes without a word."""
    at = clock.now()
    with app.transaction() as session:
        add_reader(session, app, "wang.fang@fenhe.example", at)
    start(app, plan(app, make_issue(app), at), at, timedelta(days=1))
    app.sender.pump(timedelta(seconds=30))

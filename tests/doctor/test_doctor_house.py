"""The doctor on secrets, disks, addresses, and who is at work."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from databases import only_sqlite
from patients import Check, line, lines, troubles
from processes import PROGRAMME, with_path
from runs import plan_for, start
from sqlalchemy import update

from distribution import audience, clock, delivery, staff
from distribution.app import App
from distribution.doctor import disk, keeping, processes, website
from distribution.models import Heartbeat
from distribution.words import StaffRole

pytestmark = only_sqlite
KEY = "DISTRIBUTION_SECRET_KEYS"
ANYWHERE = "0.0.0.0"  # noqa: S104 - told, not bound
REAL = {"transport": "smtp", "base_url": "https://j.test", "sender_address": "a@j.test"}


def private(environment: dict[str, str]) -> Path:
    """The home, with nothing in it that others may read."""
    home = Path(environment["DISTRIBUTION_HOME"])
    for path in home.iterdir():
        path.chmod(0o600)
    return home


def secret_troubles(environment: dict[str, str], **settings: object) -> list[str]:
    said = troubles(keeping.check, environment, **settings)
    return [one for one in said if "以 root 运行" not in one]


def test_files_of_this_account_alone_are_in_order(environment: dict[str, str]) -> None:
    private(environment)

    assert secret_troubles(environment) == []


def test_a_key_that_others_may_read_is_said(environment: dict[str, str]) -> None:
    home = private(environment)
    (home / "secret.key").write_text("0123456789abcdef" * 4, encoding="utf-8")
    (home / "secret.key").chmod(0o640)
    settings = home / "distribution.toml"
    settings.touch(0o644)

    assert secret_troubles(environment) == [
        f"✗ 别的账号能读 {home / 'secret.key'}（0640）：请运行 chmod 600 {home / 'secret.key'}",
        f"! 别的账号能读 {settings}（0644）：请运行 chmod 600 {settings}",
    ]


def test_a_relays_password_that_everybody_may_read_is_said(environment: dict[str, str]) -> None:
    home = private(environment)
    (home / "relays.toml").write_text(
        '[main]\nhost = "localhost"\nusername = "u"\npassword_file = "main.password"\n',
        encoding="utf-8",
    )
    (home / "relays.toml").chmod(0o600)
    own = home / "main.password"
    own.write_text("geheim\n", encoding="utf-8")
    own.chmod(0o644)

    assert secret_troubles(environment) == [
        f"! 谁都能读 {own}（中继 main 的 password_file）：请运行 chmod o= {own}"
    ]
    own.chmod(0o640)  # a group may well be meant to read it
    assert secret_troubles(environment) == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("at-least-sixteen-characters", "✗ 密钥是示例或太简单"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "✗ 密钥是示例或太简单"),
        ("3f9c1a7e5b2d8064", "! 密钥只有 16 个字符"),
        ("3f9c1a7e5b2d80643f9c1a7e5b2d8064,change-me-change-me", "✗ 第 2 把密钥是示例"),
    ],
)
def test_a_key_that_can_be_guessed_is_said(
    environment: dict[str, str], key: str, said: str
) -> None:
    home = private(environment)
    del environment[KEY]
    (home / "secret.key").write_text(key.replace(",", "\n"), encoding="utf-8")
    (home / "secret.key").chmod(0o600)

    [found] = secret_troubles(environment)

    assert found.startswith(said)
    assert key.split(",", maxsplit=1)[0] not in found


def test_real_mail_without_a_key_is_said(environment: dict[str, str]) -> None:
    private(environment)
    del environment[KEY]

    assert secret_troubles(environment)[0].startswith("! 还没有密钥：第一次使用时自动写入")
    assert secret_troubles(environment, **REAL)[0].startswith("✗ 设置 DISTRIBUTION_SECRET_KEYS=''")


def test_root_is_one_too_many(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    private(environment)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert line(keeping.check, environment).startswith("! 以 root 运行，用不着")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert troubles(keeping.check, environment) == []


def test_disks_with_room_are_in_order_and_without_are_not(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert troubles(disk.check, environment, disk_alert_mb=0) == []
    assert "少于 1000000 MB（disk_alert_mb）" in line(
        disk.check, environment, disk_alert_mb=1_000_000
    )
    monkeypatch.setattr(disk, "_LEAST", 10**18)
    assert line(disk.check, environment).startswith("✗ ")


def test_a_home_that_takes_nothing_is_said(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere

    assert f"✗ 文件夹 {environment['DISTRIBUTION_HOME']} 写不进去" in "\n".join(
        lines(disk.check, environment, disk_alert_mb=0)
    )


def test_an_outbox_that_is_no_folder_is_said(environment: dict[str, str]) -> None:
    outbox = Path(environment["DISTRIBUTION_HOME"]) / "outbox"
    outbox.touch()

    assert line(disk.check, environment, disk_alert_mb=0).startswith(f"✗ {outbox} 不是文件夹")


def test_a_key_file_that_is_none_is_said(environment: dict[str, str]) -> None:
    home = private(environment)
    del environment[KEY]
    (home / "secret.key").mkdir()

    assert secret_troubles(environment) == [
        f"✗ 设置 secret_keys='' 无效：读不了 {home / 'secret.key'}（是文件夹）"
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (REAL | {"base_url": "http://localhost:8000"}, "✗ base_url 是 http://localhost:8000"),
        (REAL | {"sender_address": "a@x.example"}, "✗ sender_address 是示例地址"),
        (REAL | {"base_url": "http://j.test"}, "! base_url 是 http://j.test，读者的链接明文"),
        (REAL | {"trusted_proxies": "0.0.0.0/0"}, "✗ trusted_proxies 含 0.0.0.0/0"),
        (REAL | {"web_host": ANYWHERE}, "! 网页在 0.0.0.0 上监听，只信本机的反向代理"),
        (REAL | {"metrics_host": ANYWHERE, "metrics_port": 9401}, "! 指标在 0.0.0.0 上监听"),
    ],
    ids=str,
)
def test_an_address_that_does_not_do_is_said(
    environment: dict[str, str], settings: dict[str, object], said: str
) -> None:
    [found] = addresses(environment, **settings)
    assert found.startswith(said)


def test_addresses_in_order_have_no_trouble(environment: dict[str, str]) -> None:
    assert addresses(environment) == []
    assert addresses(environment, **REAL) == []


def addresses(environment: dict[str, str], **settings: object) -> list[str]:
    """What is wrong with them; no pages are served while tests run."""
    said = troubles(website.check, environment, **settings, web_port=1)
    said.remove("! 本机 127.0.0.1:1 没有网页服务应答：若在别的主机上，不要紧")
    return said


@pytest.mark.parametrize(("status", "said"), [(200, "✓ 网页服务在"), (503, "✗ 网页服务在")])
def test_pages_that_answer_say_how_they_are(
    environment: dict[str, str], status: int, said: str
) -> None:
    with answering(status) as port:
        assert said_of(website.check, environment, "网页服务", web_port=port).startswith(said)


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Somebody who answers one request so; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                line.recv(4096)
                line.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())

        thread = Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_the_emergency_switch_is_said(environment: dict[str, str]) -> None:
    (Path(environment["DISTRIBUTION_HOME"]) / "STOP").touch()

    assert said_of(processes.check, environment, "投递已全部停止").startswith("✗ ")


def test_nobody_at_work_is_said_the_louder_the_more_waits(
    environment: dict[str, str], app: App
) -> None:
    assert said_of(processes.check, environment, "没有进程在工作").startswith("! ")
    start(app, plan_for(app, 1), clock.now())
    assert said_of(processes.check, environment, "有 1 个投递中的批次").startswith("✗ ")

    with app.transaction() as session:
        delivery.claim(session, "worker")
    assert said_of(processes.check, environment, "投递进程在工作").startswith("✓ ")


def test_who_showed_his_health_lately_is_at_work(environment: dict[str, str], app: App) -> None:
    with app.transaction() as session:
        delivery.beat(session, "host", 7)
    assert "host 上的进程 7" in said_of(processes.check, environment, "✓ 进程在工作")
    with app.transaction() as session:
        long_ago = clock.now().replace(year=2020)
        session.execute(update(Heartbeat).values(beat_at=long_ago))
    assert said_of(processes.check, environment, "没有进程在工作").startswith("! ")


def test_a_month_without_scheduler_is_said(environment: dict[str, str]) -> None:
    assert said_of(processes.check, environment, "还没有进程看过日程").startswith("! ")
    off = said_of(processes.check, environment, "没有自动投递", schedule="off")
    assert off.startswith("! ")


def said_of(check: Check, environment: dict[str, str], about: str, **settings: object) -> str:
    """The line in which this is said."""
    [found] = [one for one in lines(check, environment, **settings) if about in one]
    return found


def test_an_ordinary_account_is_enough(environment: dict[str, str]) -> None:
    private(environment)
    disguise = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
    done = subprocess.run(
        [*(disguise if os.geteuid() == 0 else []), PROGRAMME, "doctor"],
        env=with_path(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr:
        pytest.skip("root cannot put itself into another's place here")

    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ 以普通账号运行" in done.stdout
    assert "✓ 数据库写得进去" in done.stdout


def test_a_file_of_days_that_cannot_be_used_is_said(environment: dict[str, str]) -> None:
    own = Path(environment["DISTRIBUTION_HOME"]) / "holidays.toml"
    own.write_text('[[day]]\ndate = 2027-02-08\noff = true\nname = "春节"\n', encoding="utf-8")
    assert f"✓ 休息日文件 {own} 读得懂：1 天" in lines(processes.check, environment)

    own.write_text("[[day]]\n", encoding="utf-8")
    [said, *_] = troubles(processes.check, environment)
    assert said.startswith(f"✗ 休息日文件 {own} 第 1 个 [[day]] 不能用")
    assert not any(
        "休息日" in one for one in troubles(processes.check, environment, schedule="off")
    )


def test_an_office_in_which_nobody_is_told_is_said(app: App, environment: dict[str, str]) -> None:
    assert any("提醒没有人收" in one for one in troubles(processes.check, environment))
    known = troubles(processes.check, environment, admin_addresses="wang@jikan.example")
    with app.transaction() as session:
        address = audience.read_address("wang@jikan.example")
        staff.add(session, "王", address, [StaffRole.ADMIN], by="test", at=clock.now())
    staffed = troubles(processes.check, environment)
    assert [one for one in (*known, *staffed) if "提醒没有人收" in one] == []

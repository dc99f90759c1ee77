"""The doctor on relays and brokers: real servers, each broken in its own way."""

import ssl
from pathlib import Path

import pytest
import servers
import trustme
from databases import only_sqlite
from patients import line, lines, troubles
from runs import relay_settings
from sink import Act, Fault, Sink, Step

from distribution.doctor import broker, mailbox, relay

pytestmark = only_sqlite
SECRET = "do-not-show-this"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_relay_in_order_is_one_line_and_gets_no_mail(environment: dict[str, str]) -> None:
    with Sink() as sink:
        [said] = lines(relay.check, environment, **bare(sink))

    assert said.startswith(f"✓ relay：中继 127.0.0.1:{sink.port} 连接、EHLO都正常（没有发信）；")
    assert [command[:4] for command in sink.commands] == ["EHLO", "QUIT"]


def bare(sink: Sink, **more: object) -> dict[str, object]:
    """The sink as the relay."""
    named = relay_settings(sink, **more)
    return {name.removeprefix("DISTRIBUTION_").lower(): value for name, value in named.items()}


def test_a_certificate_nobody_signed_is_said(
    environment: dict[str, str], authority: trustme.CA, tmp_path: Path
) -> None:
    with Sink(tls=tls(authority, "127.0.0.1")) as sink:
        unknown = line(relay.check, environment, **bare(sink, smtp_security="starttls"))
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        known = {"smtp_security": "starttls", "smtp_ca_file": tmp_path / "ca.pem"}
        assert troubles(relay.check, environment, **bare(sink, **known)) == []
    with Sink(tls=tls(authority, "other.test")) as sink:
        other = line(relay.check, environment, **bare(sink, **known))

    for said in (unknown, other):
        assert said.startswith("✗ relay：中继 127.0.0.1:")
        assert "的证书不可信" in said


def test_a_relay_without_tls_is_said(environment: dict[str, str]) -> None:
    with Sink() as sink:
        said = line(relay.check, environment, **bare(sink, smtp_security="starttls"))

    assert "不提供 STARTTLS" in said


def test_a_refused_login_is_said_without_the_password(environment: dict[str, str]) -> None:
    login = {"smtp_username": "journal", "smtp_password": SECRET}
    with Sink(users={"journal": "right"}) as sink:
        said = line(relay.check, environment, **bare(sink, **login))

    assert "拒绝登录" in said
    assert SECRET not in said


def test_a_relay_that_is_not_there_is_said(environment: dict[str, str]) -> None:
    with Sink() as sink:
        gone = bare(sink)

    assert "连接不上" in line(relay.check, environment, **gone)


def test_a_log_of_the_relay_that_cannot_be_read_is_said(
    environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "mail.log"
    with Sink() as sink:
        missing = line(relay.check, environment, **bare(sink, relay_log=log))
        log.touch()
        there = troubles(relay.check, environment, **bare(sink, relay_log=log))
        journal = troubles(relay.check, environment, **bare(sink, relay_log="journal"))

    assert missing.startswith(f"! relay：中继的日志 {log} 读不了（没有这个文件）")
    assert there == journal == []


def test_a_relay_that_turns_us_away_is_said_in_its_words(environment: dict[str, str]) -> None:
    with Sink({Step.BANNER: Fault(Act.SAY, "554 5.7.1 go away")}) as sink:
        said = line(relay.check, environment, **bare(sink))

    assert "554 5.7.1 go away" in said


def test_no_relay_is_asked_where_mails_go_into_a_folder(environment: dict[str, str]) -> None:
    assert line(relay.check, environment).startswith("! 邮件写入 home 的 outbox 文件夹")


# -- brokers -------------------------------------------------------------------------------------


def test_a_broker_in_order_has_no_trouble(
    environment: dict[str, str], redis_server: servers.Redis
) -> None:
    assert troubles(broker.check, environment, redis_url=redis_server.url) == []
    assert lines(broker.check, environment) == ["✓ 队列在进程内，不用 Redis"]


@pytest.mark.parametrize(("most", "sign"), [(0, "!"), (50_000_000, "✗")])
def test_a_broker_that_throws_away_is_said(
    environment: dict[str, str], redis_server: servers.Redis, most: int, sign: str
) -> None:
    import redis

    with redis.Redis.from_url(redis_server.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("maxmemory", most)

    said = line(broker.check, environment, redis_url=redis_server.url)
    assert said.startswith(f"{sign} Redis 内存满时会丢消息（maxmemory-policy 为 allkeys-lru）")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"redis://:{SECRET}@127.0.0.1:1/0", "拒绝连接"),
        (f"redis://:{SECRET}/x@127.0.0.1/0", "地址读不懂"),
        ("unix:///none/redis.sock", "没有这个文件"),
    ],
)
def test_a_broker_that_is_away_is_said(environment: dict[str, str], url: str, why: str) -> None:
    said = line(broker.check, environment, redis_url=url)

    assert said == f"✗ Redis 连不上（{why}）：请检查 redis_url 与 Redis 服务"


# -- mailboxes -----------------------------------------------------------------------------------


def test_a_folder_for_bounces_is_looked_into(environment: dict[str, str], tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    (tmp_path / "box" / "new" / "1").write_bytes(b"Subject: x\r\n\r\n")

    good = lines(mailbox.check, environment, bounce_maildir=tmp_path / "box")
    assert good == [f"✓ 收退信的 Maildir {tmp_path / 'box'} 打得开，待处理 1 封"]
    assert line(mailbox.check, environment, bounce_maildir=tmp_path / "none").startswith("✗ ")


def test_a_server_for_bounces_that_is_not_there_is_said(environment: dict[str, str]) -> None:
    half = {"bounce_imap_host": "127.0.0.1", "bounce_imap_port": 1}
    whole = half | {"bounce_imap_username": "u", "bounce_imap_password": SECRET}

    assert "没有 bounce_imap_username" in line(mailbox.check, environment, **half)
    said = line(mailbox.check, environment, **whole)
    assert said.startswith("✗ 收退信的 IMAP 服务器 127.0.0.1:1 连不上")
    assert SECRET not in said


def test_real_mail_without_a_place_for_bounces_is_noted(environment: dict[str, str]) -> None:
    assert line(mailbox.check, environment, transport="smtp").startswith("! 没有地方收退信")

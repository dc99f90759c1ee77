"""The file of relays: read whole, in its order, and what is wrong said in one sentence."""

from datetime import timedelta
from pathlib import Path

import pytest

from distribution.transports import InvalidRelays, Relay, Timeouts, read_relays

USUAL = Relay("localhost", connections=8, timeouts=Timeouts(dot=timedelta(seconds=7)))
SECRET = "do-not-show-this"


def read(folder: Path, text: str) -> tuple[Relay, ...]:
    path = folder / "relays.toml"
    path.write_text(text, encoding="utf-8")
    return read_relays(path, USUAL)


def test_all_keys_of_a_relay_are_read(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f" {SECRET} \n", encoding="utf-8")
    tencent, main = read(
        tmp_path,
        """
        [tencent]
        host = "smtp.tencent.example"
        port = 465
        security = "tls"
        username = "editor"
        password_file = "password"
        ca_file = "ca.pem"
        connections = 2
        mails_per_connection = 20
        rate = 0.5
        lanes = ["QQ 邮箱", "Example.com"]
        log = "journal"

        [main]
        host = "localhost"
        log = "/var/log/mail.log"
        """,
    )

    assert tencent == Relay(
        "smtp.tencent.example",
        465,
        "tls",
        "editor",
        SECRET,
        tmp_path / "password",
        connections=2,
        mails_per_connection=20,
        ca_file=tmp_path / "ca.pem",
        name="tencent",
        lanes=frozenset({"qq", "example.com"}),
        rate=0.5,
        log=Path("journal"),
        timeouts=USUAL.timeouts,
    )
    assert (main.name, main.connections, main.timeouts) == ("main", 8, USUAL.timeouts)
    assert (main.lanes, main.log) == (frozenset(), Path("/var/log/mail.log"))
    assert SECRET not in repr(tencent)


@pytest.mark.parametrize(
    ("text", "table", "key", "why"),
    [
        ("", "", "", "里面没有中继"),
        ("[a\n", "", "", "第 1 行不合 TOML"),
        ("a = " + "9" * 5_000, "", "", "不合 TOML 的写法"),
        ('[a]\nhost = "x"\nhots = "y"', "a", "hots", "没有这一项，可用的是 host、port"),
        ("[a]\nport = 25", "a", "host", "缺少"),
        ('[a]\nhost = "x y"', "a", "host", "应为主机名"),
        ('[a]\nhost = "x"\nport = true', "a", "port", "应为整数，1 至 65535"),
        ('[a]\nhost = "x"\nsecurity = "ssl"', "a", "security", "starttls"),
        ('[a]\nhost = "x"\nconnections = 0', "a", "connections", "1 至 200"),
        ('[a]\nhost = "x"\nrate = 0', "a", "rate", "每秒封数"),
        ('[a]\nhost = "x"\nlanes = []', "a", "lanes", "一串线路"),
        ('[a]\nhost = "x"\nlanes = ["天气"]', "a", "lanes", "没有线路 '天气'"),
        ('[a]\nhost = "x"\nlanes = ["qq"]', "", "", "至少留一个不写 lanes 的中继"),
        ('[a]\nhost = "x"\nusername = "u"', "a", "password", "没有口令"),
        (f'[a]\nhost = "x"\npassword = "{SECRET}"', "a", "username", "没有用户名"),
        (
            f'[a]\nhost = "x"\nusername = "u"\npassword = "{SECRET}"\npassword_file = "p"',
            "a",
            "password_file",
            "只能写一个",
        ),
        (f'[a]\nhost = "x"\nusername = "u"\npassword = ["{SECRET}"]', "a", "password", "文字"),
        ('[a]\nhost = "x"\nusername = "u"\npassword_file = "p"', "a", "password_file", "没有这个"),
        ('["主"]\nhost = "x"', "主", "", "英文字母"),
        ('host = "x"', "host", "", "应写成单独一行 [host]"),
        ("".join(f'[r{n}]\nhost = "x"\n' for n in range(21)), "", "", "最多 20 个"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    tmp_path: Path, text: str, table: str, key: str, why: str
) -> None:
    with pytest.raises(InvalidRelays) as found:
        read(tmp_path, text)

    error = found.value
    assert (error.table, error.key) == (table, key)
    assert why in error.why
    assert str(error).startswith(f"中继文件 {tmp_path / 'relays.toml'}")
    assert "\n" not in str(error)
    assert SECRET not in str(error)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidRelays, match="没有这个文件"):
        read_relays(tmp_path / "gone.toml", USUAL)


def test_relays_on_the_loopback_of_two_hosts_are_two_however_long_their_names_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = set()
    for host in ("sender-1", *(f"sender-in-a-building-with-a-long-name-{n}" for n in (1, 2))):
        monkeypatch.setattr("platform.node", lambda host=host: host)
        known.add(Relay("localhost", name="postfix").identity)

    assert "postfix@sender-1" in known
    assert (len(known), max(map(len, known))) == (3, 40)  # as many as `deliveries.relay` holds

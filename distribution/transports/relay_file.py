"""The file of relays: one table for each, in the order in which they relieve each other.

What a person writes is checked whole, so that nothing is found wrong in the middle of a run.
No error shows a password.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from distribution import own_files
from distribution.errors import DistributionError
from distribution.own_files import UnusableFile
from distribution.replies import lane_named
from distribution.transports.relay import JOURNAL, Relay

MOST_BYTES = 64 * 1024
MOST_RELAYS = 20
MOST_CONNECTIONS = 200
_LONGEST_TEXT = 500
_LONGEST_FILE = 1024
_MOST_LANES = 200
_MOST_MAILS = 100_000
_LEAST_RATE, _MOST_RATE = 0.1, 10_000
_PORTS = 65_535
_SECURITIES = ("none", "starttls", "tls")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,23}")


class InvalidRelays(DistributionError):
    """Raised for a file of relays that cannot be used.

    `table` is the faulty relay's and `key` what is wrong in it; empty where it is the whole.
    """

    def __init__(self, path: Path, table: str, key: str, why: str) -> None:
        self.path, self.table, self.key, self.why = path, table, key, why
        where = "".join((f" [{table}]" * bool(table), f" 的 {key}" * bool(key)))
        super().__init__(f"中继文件 {path}{where} 不能用：{why}")


def read_relays(path: Path, usual: Relay) -> tuple[Relay, ...]:
    """The relays of a file in its order; raises InvalidRelays.

    `usual` has what a table leaves out: connections, mails on each, time-outs.
    """
    relays = tuple(_relay(path, name, table, usual) for name, table in _tables(path).items())
    if all(relay.lanes for relay in relays):
        why = "每个中继都写了 lanes，其他线路无处可去：请至少留一个不写 lanes 的中继"
        raise InvalidRelays(path, "", "", why)
    return relays


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        content = own_files.read_toml(path, MOST_BYTES)
    except UnusableFile as error:
        raise InvalidRelays(path, "", "", str(error)) from error
    if not content:
        raise InvalidRelays(path, "", "", "里面没有中继：请为每个中继写一个 [名称] 及其 host")
    if len(content) > MOST_RELAYS:
        raise InvalidRelays(path, "", "", f"有 {len(content)} 个中继，最多 {MOST_RELAYS} 个")
    return content


def _relay(path: Path, name: str, table: object, usual: Relay) -> Relay:
    if not _NAME.fullmatch(name):
        why = "中继的名称应为 1 至 24 个英文字母、数字、- 或 _"
        raise InvalidRelays(path, name, "", why)
    if not isinstance(table, dict):
        raise InvalidRelays(path, name, "", f"应写成单独一行 [{name}]，其下每行一项")
    for key, value in table.items():
        if key not in _KEYS:
            known = f"没有这一项，可用的是 {'、'.join(_KEYS)}"
            raise InvalidRelays(path, name, key, known)
        fits, expected = _KEYS[key]
        if not fits(value):
            raise InvalidRelays(path, name, key, f"应为{expected}")
    if "host" not in table:
        raise InvalidRelays(path, name, "host", "缺少：请写明中继的主机名")
    return Relay(
        host=table["host"],
        port=table.get("port", 25),
        security=table.get("security", "starttls"),
        username=table.get("username", ""),
        password=_password(path, name, table),
        password_file=_file(path, table.get("password_file")),
        connections=table.get("connections", usual.connections),
        mails_per_connection=table.get("mails_per_connection", usual.mails_per_connection),
        ca_file=_file(path, table.get("ca_file")),
        name=name,
        lanes=_lanes(path, name, table.get("lanes", [])),
        rate=table.get("rate", 0),
        log=_log(path, table.get("log")),
        timeouts=usual.timeouts,
    )


def _password(path: Path, name: str, table: Mapping[str, Any]) -> str:
    if "password" in table and "password_file" in table:
        why = "与 password 只能写一个：请删去其一"
        raise InvalidRelays(path, name, "password_file", why)
    if "username" in table and not {"password", "password_file"} & set(table):
        raise InvalidRelays(path, name, "password", "有 username 而没有口令，请补上")
    if "username" not in table and {"password", "password_file"} & set(table):
        raise InvalidRelays(path, name, "username", "有口令而没有用户名，请补上")
    file = _file(path, table.get("password_file"))
    if file is None:
        return str(table.get("password", ""))
    try:
        password = own_files.read_bytes(file, _LONGEST_FILE).decode().strip()
    except UnusableFile as error:
        raise InvalidRelays(path, name, "password_file", f"{file} {error}") from error
    except UnicodeDecodeError:
        raise InvalidRelays(path, name, "password_file", f"{file} 不是 UTF-8 文字") from None
    if not _is_text(password):
        raise InvalidRelays(path, name, "password_file", f"{file} 里应有一行口令")
    return password


def _lanes(path: Path, name: str, given: list[str]) -> frozenset[str]:
    found = {one: lane_named(one) for one in given}
    for one, lane in found.items():
        if not lane:
            why = f"没有线路 {one!r}：请写服务商代码（如 qq）、名称（如 QQ 邮箱）或域名"
            raise InvalidRelays(path, name, "lanes", why)
    return frozenset(found.values())


def _file(path: Path, given: str | None) -> Path | None:
    """A file named in it lies beside it unless its whole path is given."""
    return None if given is None else path.parent / given


def _log(path: Path, given: str | None) -> Path | None:
    return Path(given) if given == JOURNAL else _file(path, given)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT and value.isprintable()


def _is_host(value: object) -> bool:
    return _is_text(value) and isinstance(value, str) and value.isascii() and " " not in value


def _is_lanes(value: object) -> bool:
    return isinstance(value, list) and 0 < len(value) <= _MOST_LANES and all(map(_is_text, value))


def _is_rate(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and _LEAST_RATE <= value <= _MOST_RATE  # type: ignore[operator] # it is a number


def _whole(most: int) -> tuple[Callable[[object], bool], str]:
    return (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most,
        f"整数，1 至 {most}",
    )


_TEXT = (_is_text, f"引号中的文字，不能为空，最多 {_LONGEST_TEXT} 个字符")
_KEYS: dict[str, tuple[Callable[[object], bool], str]] = {
    "host": (_is_host, "主机名或 IP 地址，写在引号中"),
    "port": _whole(_PORTS),
    "security": (lambda value: value in _SECURITIES, f"{'、'.join(_SECURITIES)} 之一"),
    "username": _TEXT,
    "password": _TEXT,
    "password_file": _TEXT,
    "ca_file": _TEXT,
    "connections": _whole(MOST_CONNECTIONS),
    "mails_per_connection": _whole(_MOST_MAILS),
    "rate": (_is_rate, f"每秒封数，{_LEAST_RATE} 至 {_MOST_RATE}"),
    "lanes": (_is_lanes, '一串线路，如 ["qq", "netease"]'),
    "log": (_is_text, f"Postfix 日志的路径，或 {JOURNAL}"),
}

"""Kinds of settings that hold several values: a list in TOML, commas of any width in a text."""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

_DNS_PORT = 53
_MOST_PORT = 65_535


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split("[,，]", value) if part.strip())
    return value


def server_of(text: str) -> tuple[str, int]:
    """The address and the port of a DNS server; raises ValueError.

    >>> server_of("223.5.5.5"), server_of("127.0.0.1:5353"), server_of("[2400:3200::1]:54")
    (('223.5.5.5', 53), ('127.0.0.1', 5353), ('2400:3200::1', 54))
    >>> server_of("2400:3200::1")
    ('2400:3200::1', 53)
    """
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, port = text, str(_DNS_PORT)
    if not port.isascii() or not port.isdigit() or not 0 < int(port) <= _MOST_PORT:
        raise ValueError(port)
    return str(ip_address(host.removeprefix("[").removesuffix("]"))), int(port)


def _servers(values: tuple[str, ...]) -> tuple[str, ...]:
    try:
        for value in values:
            server_of(value)
    except ValueError as error:
        message = "应为一个或几个 IP 地址，逗号分隔，可带端口，例如 223.5.5.5 或 127.0.0.1:5353"
        raise ValueError(message) from error
    return values


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    try:
        for value in values:
            ip_network(value)
    except ValueError as error:
        message = "应为一个或几个 IP 地址或网段，逗号分隔，例如 127.0.0.1 或 10.0.0.0/8"
        raise ValueError(message) from error
    return values


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Servers = Annotated[Listed, AfterValidator(_servers)]
"""DNS servers, see `server_of`."""
Networks = Annotated[Listed, AfterValidator(_networks)]
"""Addresses and networks."""

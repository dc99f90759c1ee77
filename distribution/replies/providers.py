"""Mailbox providers by the domain of an address, and by the names of their hosts."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

OTHER = "other"
"""Everybody else; also the table that says what a provider's own does not."""


@cache
def tables() -> dict[str, dict[str, Any]]:
    """What providers.toml says, by code."""
    text = Path(__file__).with_name("providers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def provider_of(address: str) -> str:
    """The provider's code, or `other`.

    >>> provider_of("someone@Foxmail.com"), provider_of("a@fenhe-cnc.example")
    ('qq', 'other')
    """
    return by_domain().get(address.rpartition("@")[2].lower(), OTHER)


def provider_of_host(host: str) -> str:
    """The provider whose host it is, by the end of its name; empty where it is nobody's.

    >>> provider_of_host("newxmesmtplogicsvrszc2-0.qq.com"), provider_of_host("notqq.com")
    ('qq', '')
    """
    return spoken_by(table_of_host(host))


def provider_named(name: str) -> str:
    """The provider whose code stands in a name as people write it, or `other`.

    >>> provider_named("QQ / Tencent Exmail"), provider_named("eYou")
    ('qq', 'other')
    """
    known = by_domain().values()
    return next((word for word in re.split(r"\W+", name.lower()) if word in known), OTHER)


def known_providers() -> tuple[str, ...]:
    """The codes of all providers."""
    return tuple(dict.fromkeys(spoken_by(code) for code in _by_host().values()))


def spoken_by(code: str) -> str:
    """The provider whose words are heard in a lane.

    >>> spoken_by("exmail"), spoken_by("qq"), spoken_by("fenhe.example")
    ('qq', 'qq', 'fenhe.example')
    """
    return str(tables().get(code, {}).get("of", code))


def table_of_host(host: str) -> str:
    """The code of the table whose host it is, by the longest end; empty where it is nobody's.

    >>> table_of_host("mxbiz1.qq.com"), table_of_host("mx3.qq.com.")
    ('exmail', 'qq')
    """
    names = host.lower().strip(".").split(".")
    ends = (".".join(names[start:]) for start in range(len(names)))
    return next((_by_host()[end] for end in ends if end in _by_host()), "")


@cache
def by_domain() -> dict[str, str]:
    """Codes by the domains of addresses."""
    return {domain: code for code, entry in tables().items() for domain in entry["domains"]}


@cache
def _by_host() -> dict[str, str]:
    return {
        end: code
        for code, entry in tables().items()
        for end in (*entry["domains"], *entry.get("hosts", ()))
    }

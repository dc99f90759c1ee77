"""Mailbox providers by the domain of an address."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

OTHER = "other"
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]+(\.[a-z0-9_-]+)+")


def provider_of(address: str) -> str:
    """The provider's code, or `other`.

    >>> provider_of("someone@Foxmail.com"), provider_of("a@fenhe-cnc.example")
    ('qq', 'other')
    """
    return _by_domain().get(address.rpartition("@")[2].lower(), OTHER)


def lane_of(address: str) -> str:
    """The lane of an ASCII address: its provider's, else its domain's own.

    What one company's gateway says then holds up nobody else.

    >>> lane_of("a@QQ.com"), lane_of("a@Example.com")
    ('qq', 'example.com')
    """
    provider = provider_of(address)
    return address.rpartition("@")[2].lower() if provider == OTHER else provider


def lane_label(lane: str) -> str:
    """A lane's name for people.

    >>> lane_label("qq"), lane_label("example.com")
    ('QQ 邮箱', 'example.com')
    """
    entry = _content().get(lane)
    return str(entry["name"]) if entry else lane


def lane_named(name: str) -> str:
    """The lane a person means by code, name or domain; empty where it can be none.

    >>> lane_named("QQ 邮箱"), lane_named("foxmail.com"), lane_named("Example.com")
    ('qq', 'qq', 'example.com')
    >>> lane_named("天气")
    ''
    """
    given = "".join(unicodedata.normalize("NFKC", name).lower().split()).lstrip("@")
    for code, entry in _content().items():
        if given in (code, "".join(str(entry["name"]).lower().split())):
            return code
    return lane_of(f"@{given}") if _DOMAIN.fullmatch(given) else ""


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("providers.toml").read_text(encoding="utf-8"))


@cache
def _by_domain() -> dict[str, str]:
    return {domain: code for code, entry in _content().items() for domain in entry["domains"]}


def provider_of_host(host: str) -> str:
    """The provider whose host it is, by the end of its name; empty where it is nobody's.

    >>> provider_of_host("newxmesmtplogicsvrszc2-0.qq.com"), provider_of_host("notqq.com")
    ('qq', '')
    """
    names = host.lower().strip(".").split(".")
    ends = (".".join(names[start:]) for start in range(len(names)))
    return next((_by_host()[end] for end in ends if end in _by_host()), "")


def provider_named(name: str) -> str:
    """The provider whose code stands in a name as people write it, or `other`.

    >>> provider_named("QQ / Tencent Exmail"), provider_named("eYou")
    ('qq', 'other')
    """
    known = _by_domain().values()
    return next((word for word in re.split(r"\W+", name.lower()) if word in known), OTHER)


def known_providers() -> tuple[str, ...]:
    """The codes of all providers."""
    return tuple(dict.fromkeys(_by_host().values()))


@cache
def _by_host() -> dict[str, str]:
    return {
        end: code
        for code, entry in _content().items()
        for end in (*entry["domains"], *entry.get("hosts", ()))
    }

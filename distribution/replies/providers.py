"""Mailbox providers by the domain of an address."""

import re
import tomllib
from functools import cache
from pathlib import Path

OTHER = "other"


def provider_of(address: str) -> str:
    """The provider's code, or `other`.

    >>> provider_of("someone@Foxmail.com"), provider_of("a@fenhe-cnc.example")
    ('qq', 'other')
    """
    return _by_domain().get(address.rpartition("@")[2].lower(), OTHER)


@cache
def _by_domain() -> dict[str, str]:
    content = tomllib.loads(Path(__file__).with_name("providers.toml").read_text(encoding="utf-8"))
    return {domain: code for code, entry in content.items() for domain in entry["domains"]}


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


@cache
def _by_host() -> dict[str, str]:
    content = tomllib.loads(Path(__file__).with_name("providers.toml").read_text(encoding="utf-8"))
    return {
        end: code
        for code, entry in content.items()
        for end in (*entry["domains"], *entry.get("hosts", ()))
    }

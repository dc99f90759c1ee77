"""Mailbox providers by the domain of an address."""

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

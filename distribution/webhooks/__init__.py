"""Webhooks: what providers post to us, believed only where it is proved to be theirs."""

from collections.abc import Mapping

from distribution.config import Settings
from distribution.webhooks import aliyun, sns
from distribution.webhooks.calls import (
    Call,
    CannotFetch,
    Fetch,
    Heard,
    Invitation,
    NotGenuine,
    Notice,
    Provider,
    Unneeded,
)

PROVIDERS: Mapping[str, Provider] = {
    sns.SOURCE: Provider(sns.configured, sns.hear),
    aliyun.SOURCE: Provider(aliyun.configured, aliyun.hear),
}
"""By the last part of their address here; docs/webhooks.md says how the next is written."""


def configured(settings: Settings) -> bool:
    """Whether any provider is believed, so that notices may come."""
    return any(provider.configured(settings) for provider in PROVIDERS.values())


__all__ = [
    "PROVIDERS",
    "Call",
    "CannotFetch",
    "Fetch",
    "Heard",
    "Invitation",
    "NotGenuine",
    "Notice",
    "Provider",
    "Unneeded",
    "configured",
]

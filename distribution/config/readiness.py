"""Refuses to send real mail with settings that only fit a trial."""

from urllib.parse import urlsplit

from distribution.config.keys import secret_keys
from distribution.config.settings import Settings
from distribution.errors import DistributionError

PLACEHOLDER_DOMAINS = ("example", "example.com", "example.net", "example.org", "invalid")
LOCAL_HOSTS = ("localhost", "0.0.0.0", "::", "::1")  # noqa: S104 - refused, not bound


class NotReadyToSend(DistributionError):
    """Raised before mail would go to a real relay with settings that only fit a trial."""


def refuse_trial_settings(settings: Settings) -> None:
    """Raise NotReadyToSend where real mail would carry a trial's address or key."""
    if settings.transport == "outbox":
        return
    if _is_local(urlsplit(settings.base_url).hostname or ""):
        raise NotReadyToSend(
            f"base_url 是 {settings.base_url}，读者打不开：请设为对外的网址再向中继投递"
        )
    domain = settings.sender_address.rpartition("@")[2].lower()
    if _is_placeholder(domain) or _is_local(domain):
        raise NotReadyToSend(
            f"sender_address 是示例地址 {settings.sender_address}：请设为真实的发件地址"
        )
    if _is_placeholder(settings.domain.lower()):
        raise NotReadyToSend(f"mail_domain 是示例域名 {settings.domain}：请设为收退信的域名")
    secret_keys(settings)


def takes_sign_ups(settings: Settings) -> bool:
    """Whether strangers find a form on the web: not where their answer could not reach them."""
    if settings.subscribe_form == "off":
        return False
    try:
        refuse_trial_settings(settings)
    except NotReadyToSend:
        return False
    public = not _is_local(urlsplit(settings.base_url).hostname or "")
    return public or settings.subscribe_form == "on"


def _is_placeholder(domain: str) -> bool:
    return any(domain == name or domain.endswith(f".{name}") for name in PLACEHOLDER_DOMAINS)


def _is_local(host: str) -> bool:
    return host in LOCAL_HOSTS or host.startswith("127.") or host.endswith(".localhost")

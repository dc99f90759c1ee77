"""Whether readers can open what the mails link to, and whose word about them is believed."""

from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from distribution import config
from distribution.app import App
from distribution.config import NotReadyToSend
from distribution.doctor.finding import Finding, bad, good, note
from distribution.errors import InvalidSetting

_ALL = ("0.0.0.0", "::")  # noqa: S104 - looked for, not bound
_SECONDS = 5.0


def check(app: App) -> Iterator[Finding]:
    """The trial's settings, base_url, proxies, and what listens where."""
    settings = app.settings
    try:
        config.refuse_trial_settings(settings)
    except NotReadyToSend as trouble:
        yield bad("website", str(trouble))
    except InvalidSetting:
        yield _address(app)  # the keys are `keeping`'s
    else:
        yield _address(app)
    yield _proxies(app)
    yield _pages(app)
    if not _is_local(settings.metrics_host) and settings.metrics_port:
        advice = "请确认防火墙只放行监控的主机，或设为 127.0.0.1"
        yield note("metrics", f"指标在 {settings.metrics_host} 上监听：{advice}")


def _address(app: App) -> Finding:
    url = app.settings.base_url
    if app.settings.transport == "outbox":
        return good("website", f"试用：邮件中的链接指向 {url}")
    if urlsplit(url).scheme != "https":
        return note("website", f"base_url 是 {url}，读者的链接明文经过网络：请改用 https://")
    return good("website", f"邮件中的链接指向 {url}")


def _proxies(app: App) -> Finding:
    check, settings = "proxies", app.settings
    everybody = [
        one for one in settings.trusted_proxies if ip_network(one, strict=False).prefixlen == 0
    ]
    if everybody:
        advice = "请只写反向代理的地址"
        return bad(check, f"trusted_proxies 含 {everybody[0]}，任何人都能冒充别人的来源：{advice}")
    if not _is_local(settings.web_host) and "trusted_proxies" not in app.configuration.origins:
        advice = "反向代理若在别的主机上，请把它的地址写进 trusted_proxies"
        return note(check, f"网页在 {settings.web_host} 上监听，只信本机的反向代理：{advice}")
    return good(check, f"信任的反向代理：{'、'.join(settings.trusted_proxies) or '没有'}")


def _pages(app: App) -> Finding:
    """Whether the pages answer on this host; they may well be on another."""
    host, port = app.settings.web_host, app.settings.web_port
    here = "127.0.0.1" if host in _ALL else host
    line = HTTPConnection(here, port, timeout=_SECONDS)
    try:
        line.request("GET", "/health")
        status = line.getresponse().status
    except (OSError, HTTPException):
        return note("pages", f"本机 {here}:{port} 没有网页服务应答：若在别的主机上，不要紧")
    finally:
        line.close()
    if status == HTTPStatus.OK:
        return good("pages", f"网页服务在 {here}:{port} 应答，自称健康")
    advice = "请看它的 /health 与运行记录（docs/operations.md）"
    return bad("pages", f"网页服务在 {here}:{port} 应答 {status}，自称有恙：{advice}")


def _is_local(host: str) -> bool:
    """Whether only this host can reach what listens there.

    >>> _is_local("127.0.0.1"), _is_local("localhost"), _is_local("0.0.0.0")
    (True, True, False)
    """
    return host == "localhost" or ip_address(host).is_loopback

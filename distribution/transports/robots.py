"""Robots of groups in WeCom and DingTalk: one message by one request.

Both take a POST of JSON at a secret address and answer with `errcode`, 0 where they took it, and
let a robot speak 20 times a minute. Sources: developer.work.weixin.qq.com/document/path/91770,
open.dingtalk.com/document/robots/custom-robot-access and .../customize-robot-security-settings.
"""

import base64
import hashlib
import hmac
import json
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import quote_plus
from urllib.request import HTTPRedirectHandler, Request, build_opener

from distribution.errors import DistributionError
from distribution.words import GroupRobot

PATIENCE, AT_MOST = timedelta(seconds=5), timedelta(seconds=10)
"""How long a robot may be silent, and how long all of it may take: others wait meanwhile."""
MOST_BYTES = 4_000
"""Of a message's text: WeCom takes 4,096, DingTalk 20,000."""
_ENOUGH = 10_000
"""Bytes of an answer that are read."""


class RobotAway(DistributionError):
    """Raised where a robot did not take a message; its words hold no address."""

    def __init__(self, robot: GroupRobot, words: str) -> None:
        self.robot, self.words = robot, words
        super().__init__(f"{robot.label}没有收下消息（{words}）：请核对其 Webhook 网址与安全设置")


class _Nowhere(HTTPRedirectHandler):
    """Follows nobody: the address holds a secret."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True, slots=True, repr=False)
class Robot:
    """One robot of one group; the address is its secret."""

    kind: GroupRobot
    url: str
    secret: str = ""
    """DingTalk's, to sign with; empty where it does not ask for that."""

    def tell(self, title: str, text: str, *, at: datetime) -> None:
        """Say it in the group; raises RobotAway where it is not known to be said."""
        body = json.dumps(self._message(title, _cut(text)), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        request = Request(self._address(at), body, headers)  # noqa: S310 - the settings allow https and http only
        answer: Future[object] = Future()
        Thread(target=_ask, args=(request, answer), name="robot", daemon=True).start()
        try:
            said = answer.result(AT_MOST.total_seconds())
        except HTTPError as error:
            error.close()
            raise RobotAway(self.kind, f"HTTP {int(error.code)}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise RobotAway(self.kind, type(error).__name__) from None
        self._heed(said)

    def _heed(self, said: object) -> None:
        code = said.get("errcode") if isinstance(said, dict) else None
        if code != 0:
            words = str(said.get("errmsg", ""))[:100] if isinstance(said, dict) else ""
            raise RobotAway(self.kind, f"{code} {words}".strip())

    def _message(self, title: str, text: str) -> dict[str, object]:
        if self.kind is GroupRobot.WECOM:
            return {"msgtype": "markdown", "markdown": {"content": text}}
        return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}

    def _address(self, at: datetime) -> str:
        if not self.secret:
            return self.url
        stamp = str(round(at.timestamp() * 1000))
        signed = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256)
        mark = "&" if "?" in self.url else "?"
        sign = quote_plus(base64.b64encode(signed.digest()))
        return f"{self.url}{mark}timestamp={stamp}&sign={sign}"


def _ask(request: Request, answer: "Future[object]") -> None:
    """In a thread that is left where it takes too long: names are looked up without a limit."""
    try:
        with build_opener(_Nowhere).open(request, timeout=PATIENCE.total_seconds()) as said:
            answer.set_result(json.loads(said.read(_ENOUGH)))
    except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
        answer.set_exception(error)


def _cut(text: str) -> str:
    """At most so many bytes, whole characters.

    >>> len(_cut("字" * 5000).encode()) <= MOST_BYTES
    True
    """
    encoded = text.encode()
    if len(encoded) <= MOST_BYTES:
        return text
    return encoded[: MOST_BYTES - len("…".encode())].decode(errors="ignore") + "…"

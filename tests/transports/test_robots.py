"""Robots of groups: what they are sent, and what is made of their answers; by a real server."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from distribution.transports import Robot, RobotAway, robots
from distribution.words import GroupRobot

AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
WELL = (200, {"errcode": 0, "errmsg": "ok"})


class Group:
    """A group whose robot listens on this machine."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, dict[str, object]]]()
        self.url = ""

    def robot(self, kind: GroupRobot = GroupRobot.WECOM, secret: str = "") -> Robot:
        return Robot(kind, self.url, secret)


@contextmanager
def listening(group: Group) -> Iterator[Group]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            group.asked.append((self.path, json.loads(self.rfile.read(length))))
            status, answer = group.answers.pop(0)
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{group.url}&again=1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The tests look at what was asked themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    group.url = f"http://127.0.0.1:{server.server_port}/send?key=of-the-group"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield group
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_wecom_gets_its_markdown() -> None:
    with listening(Group(WELL)) as group:
        group.robot().tell("线路已停止", "**线路已停止**\n对方原话：550", at=AT)
    ((path, message),) = group.asked
    assert path == "/send?key=of-the-group"
    assert message == {
        "msgtype": "markdown",
        "markdown": {"content": "**线路已停止**\n对方原话：550"},
    }


def test_dingtalk_gets_a_title_and_a_signature_of_the_moment() -> None:
    with listening(Group(WELL)) as group:
        group.robot(GroupRobot.DINGTALK, "SECmade-up").tell("提醒", "正文", at=AT)
    ((path, message),) = group.asked
    assert message["markdown"] == {"title": "提醒", "text": "正文"}
    said = parse_qs(urlsplit(path).query)
    stamp = str(round(AT.timestamp() * 1000))
    expected = hmac.new(b"SECmade-up", f"{stamp}\nSECmade-up".encode(), hashlib.sha256).digest()
    assert said == {
        "key": ["of-the-group"],
        "timestamp": [stamp],
        "sign": [base64.b64encode(expected).decode()],
    }


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {"errcode": 93000, "errmsg": "invalid webhook url"}), "93000 invalid webhook url"),
        ((200, {"errmsg": "no code"}), "None no code"),
        ((200, ["errcode", 0]), "None"),
        ((200, b"<html>"), "JSONDecodeError"),
        ((500, {}), "HTTP 500"),
        ((302, {}), "HTTP 302"),
        ((521, {}), "HTTP 521"),
    ],
    ids=[
        "refused",
        "without a code",
        "a list",
        "no JSON",
        "broken",
        "sent elsewhere",
        "a number of a proxy's own",
    ],
)
def test_an_answer_that_is_no_yes_is_no_yes(answer: tuple[int, object], words: str) -> None:
    with listening(Group(answer)) as group, pytest.raises(RobotAway) as away:
        group.robot().tell("提醒", "正文", at=AT)
    assert away.value.words == words
    assert "of-the-group" not in str(away.value)
    assert len(group.asked) == 1


def test_who_answers_a_byte_at_a_time_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence alone would never be long enough, and the calendar waits for the robots."""
    monkeypatch.setattr(robots, "AT_MOST", timedelta(seconds=0.1))
    body = json.dumps(WELL[1]).encode()
    whole = b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with socket.create_server(("127.0.0.1", 0)) as door:
        robot = Robot(GroupRobot.WECOM, f"http://127.0.0.1:{door.getsockname()[1]}/")
        thread = threading.Thread(target=drip, args=(door, whole))
        thread.start()
        with pytest.raises(RobotAway, match="TimeoutError"):
            robot.tell("提醒", "正文", at=AT)
        thread.join()


def drip(door: socket.socket, answer: bytes) -> None:
    caller, _ = door.accept()
    with caller:
        caller.recv(65_536)
        for byte in answer:
            caller.send(bytes([byte]))
            time.sleep(0.01)


def test_who_does_not_listen_is_away() -> None:
    with listening(Group()) as group:
        pass
    with pytest.raises(RobotAway) as away:
        group.robot().tell("提醒", "正文", at=AT)
    assert "of-the-group" not in str(away.value)


def test_a_long_message_is_cut_between_characters() -> None:
    with listening(Group(WELL)) as group:
        group.robot().tell("提醒", "退信" * 3_000, at=AT)
    content = group.asked[0][1]["markdown"]["content"]  # type: ignore[index]
    assert content.endswith(("退…", "信…"))
    assert len(content.encode()) <= 4_096

"""Named moments on a mail's way to the relay, at which a drill lets a worker die.

In normal work each is one comparison. Only a process that was started with
`DRILL_POINT=name:passes` ends itself there, as a power cut would, when it comes by that often.
"""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

_VARIABLE = "DRILL_POINT"
"""Without the settings' prefix: it is none."""
_MARK = "drill: died at "
"""What the process says on its last line, before the name of the point."""


class Point(Enum):
    """A moment, and what has happened by then."""

    LEASED = "leased", "领取已提交，还没有开始"
    BEFORE_MAIL = "before_mail", "邮件已写成，还没有对中继说 MAIL"
    BEFORE_INTENT = "before_intent", "中继答了 354，意图还没有入账"
    AFTER_INTENT = "after_intent", "意图已入账，正文还没有发出"
    HALF_BODY = "half_body", "正文只发出一半"
    AFTER_DOT = "after_dot", "正文和句点已发出，还没有等到答复"
    AFTER_REPLY = "after_reply", "中继已答复，结果还没有交给账本"
    BEFORE_RESULT = "before_result", "结果已写入账本，还没有提交"
    AFTER_RESULT = "after_result", "结果已提交"

    def __init__(self, code: str, sentence: str) -> None:
        self.code, self.sentence = code, sentence


@dataclass(slots=True)
class Fuse:
    """Where this process is to die, and how often it may still come by."""

    point: Point | None = None
    passes: int = 0

    def burn(self) -> None:
        """Come by once more; the last time ends the process."""
        self.passes -= 1
        if self.passes <= 0 and self.point is not None:
            os.write(2, f"{_MARK}{self.point.code}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def laid(order: str) -> Fuse:
    """The fuse of "name:passes"; of nothing, one that never burns. Raises ValueError.

    >>> laid("half_body:3")
    Fuse(point=<Point.HALF_BODY: ('half_body', '正文只发出一半')>, passes=3)
    >>> laid("").point is None
    True
    """
    if not order:
        return Fuse()
    name, _, passes = order.partition(":")
    points = {point.code: point for point in Point}
    if name not in points:
        raise ValueError(f"{_VARIABLE}={order!r}: no such point")
    return Fuse(points[name], int(passes))


_fuse = laid(os.environ.get(_VARIABLE, ""))


def reached(point: Point) -> None:
    """Say that the process has come to this point."""
    if point is _fuse.point:
        _fuse.burn()


def last_time(point: Point) -> bool:
    """Whether the process will not leave this point: for what must be prepared before it."""
    return point is _fuse.point and _fuse.passes <= 1


def order_of(point: Point, passes: int) -> dict[str, str]:
    """The environment of a process that is to die there when it comes by that often."""
    return {_VARIABLE: f"{point.code}:{passes}"}


def without_order(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment in which nobody dies anywhere."""
    return {name: value for name, value in environ.items() if name != _VARIABLE}


def died_at(said: str) -> Point | None:
    """Where a process has ended itself, by its last words."""
    code = said.rpartition(_MARK)[2].partition("\n")[0] if _MARK in said else ""
    return next((point for point in Point if point.code == code), None)

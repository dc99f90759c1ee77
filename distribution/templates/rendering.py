"""Where a mail is rendered: here if its templates came with the program, else behind a door."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from distribution.room import Ending, Limits, RoomFailed, answer_of, work_apart
from distribution.templates.broken import BrokenTemplate
from distribution.templates.cutting import Marks
from distribution.templates.files import is_overridden, read_sources
from distribution.templates.order import Order, RenderedMail, answer_from_bytes, plain
from distribution.templates.printing import path_of, print_mail

LIMITS = Limits(512 * 1024 * 1024, timedelta(seconds=10))
_PATIENCE = 3
"""Times the processor's time on the wall: a busy machine is not the template's fault."""


class Templates:
    """A search path of template folders; a file in an earlier one hides those in later ones."""

    def __init__(self, folders: Sequence[Path], limits: Limits = LIMITS) -> None:
        self._sources = read_sources(folders)
        self._limits = limits

    def render(
        self, mail: str, values: Mapping[str, object], marks: Marks | None = None
    ) -> RenderedMail:
        """Render a mail's folder; raises BrokenTemplate for whatever is wrong in it.

        With `marks` templates can call `piece`. Templates of the installation's own are rendered
        in a process of limited time and memory.
        """
        spelled = {name: plain(value) for name, value in values.items()}
        order = Order(mail, self._sources, spelled, marks.number if marks else None)
        if is_overridden(self._sources):
            return _print_apart(order, self._limits)
        return print_mail(order)

    def file_of(self, name: str) -> str:
        """The file that is used under a name, for messages."""
        return path_of(self._sources, name)


def _print_apart(order: Order, limits: Limits) -> RenderedMail:
    head = b"%d %d\n" % (limits.memory_bytes, limits.time.total_seconds())
    try:
        done = work_apart(
            "distribution.templates", head + order.to_bytes(), limits.time * _PATIENCE
        )
        answer = answer_from_bytes(answer_of(done))
    except RoomFailed as failed:
        file = path_of(order.sources, f"{order.mail}/body.html")
        raise BrokenTemplate(str(Path(file).parent), None, _cause(failed)) from failed
    if isinstance(answer, BrokenTemplate):
        raise answer
    return answer


def _cause(failed: RoomFailed) -> str:
    match failed.ending:
        case Ending.OUT_OF_MEMORY:
            return "需要的内存太多"
        case Ending.OUT_OF_TIME:
            return "用时太长，循环过多"
        case Ending.CRASHED:
            return f"渲染程序因此崩溃（信号 {failed.detail}）"
        case Ending.FAULTY:
            return f"渲染程序出了差错（{failed.detail[:120]}）"

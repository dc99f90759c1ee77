"""From an order to a mail: the work itself, wherever it is done."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import TemplateError
from jinja2.exceptions import (
    SecurityError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from markupsafe import Markup

from distribution.templates.broken import BrokenTemplate
from distribution.templates.cutting import Marks
from distribution.templates.files import Source
from distribution.templates.order import Order, RenderedMail, revived
from distribution.templates.sandbox import sandbox_of

LONGEST_PART = 4 * 1024 * 1024
"""Characters of a rendered file; a sheet of 29 articles has 60,000."""


class OutOfTime(Exception):
    """Raised inside a template that takes longer than it may."""


# What expressions in a template can raise besides Jinja2's own errors, such as {{ 1 / 0 }}; a
# SyntaxError is Python's, of what Jinja2 made of too many loops inside one another.
_RAISED_BY_EXPRESSIONS = (
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
    *(MemoryError, RecursionError, SyntaxError, OutOfTime),
)


def print_mail(order: Order) -> RenderedMail:
    """Render the three files of a mail; raises BrokenTemplate for whatever is wrong in them."""
    printer = _Printer(order)
    return RenderedMail(
        subject=printer.render(f"{order.mail}/subject.txt"),
        html=printer.inlined(f"{order.mail}/body.html"),
        text=printer.render(f"{order.mail}/body.txt"),
    )


class _Printer:
    def __init__(self, order: Order) -> None:
        self._sources = order.sources
        self._sandbox = sandbox_of(tuple(order.sources.items()))
        self._values: dict[str, Any] = {
            name: revived(value) for name, value in order.values.items()
        }
        if order.marks is not None:
            self._values["piece"] = _piece(Marks(order.marks))

    def inlined(self, name: str) -> str:
        """HTML with its CSS in the elements."""
        from distribution.templates.inlining import InliningFailed, inline  # brings much along

        rendered = self.render(name)
        try:
            return inline(rendered)
        except InliningFailed as error:
            raise BrokenTemplate(path_of(self._sources, name), None, str(error)) from error
        except (MemoryError, OutOfTime) as error:
            raise BrokenTemplate(path_of(self._sources, name), None, _reason(error)) from error

    def render(self, name: str) -> str:
        """One file as it comes out of Jinja2."""
        try:
            rendered = self._sandbox.get_template(name).render(self._values)
        except TemplateNotFound as error:
            raise BrokenTemplate(str(error.name), None, "找不到这个文件") from error
        except TemplateSyntaxError as error:
            file = error.filename or error.name or name
            raise BrokenTemplate(file, error.lineno, f"语法错误（{error.message}）") from error
        except (TemplateError, *_RAISED_BY_EXPRESSIONS) as error:
            file, line = self._place(error) or (path_of(self._sources, name), None)
            raise BrokenTemplate(file, line, _reason(error)) from error
        if len(rendered) > LONGEST_PART:
            problem = f"渲染结果太长，最多 {LONGEST_PART // 1024 // 1024} MiB"
            raise BrokenTemplate(path_of(self._sources, name), None, problem)
        return rendered

    def _place(self, error: Exception) -> tuple[str, int | None] | None:
        """Where in a template an error arose: Jinja2 rewrites tracebacks to say so."""
        paths = {source.path for source in self._sources.values()}
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename in paths:
                return frame.filename, frame.lineno
        return None


def path_of(sources: Mapping[str, Source], name: str) -> str:
    """The file that is used under a name, for messages."""
    return sources[name].path if name in sources else name


def _piece(marks: Marks) -> Callable[..., Markup]:
    """What templates call as `piece("top")` or `piece("article", article.id)`."""

    def piece(name: str, number: int | None = None) -> Markup:
        # Safe: built from the mark's digits and a name that `cut` accepts or refuses.
        return Markup(marks.piece(name if number is None else f"{name}-{number}"))  # noqa: S704

    return piece


def _reason(error: Exception) -> str:
    found = (sentence for kind, sentence in _REASONS.items() if isinstance(error, kind))
    return next(found, "无法计算（{kind}：{error}）").format(kind=type(error).__name__, error=error)


_REASONS: Mapping[type[Exception], str] = {
    UndefinedError: "用了没有的值（{error}）",
    SecurityError: "用了不允许的操作（{error}）",
    MemoryError: "需要的内存太多",
    OutOfTime: "用时太长，循环过多",
    RecursionError: "嵌套太深，或反复包含自己",
    SyntaxError: "嵌套太深（{error}）",
}

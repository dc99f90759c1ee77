"""Jinja2 as the digests use it: the installation's own templates first, strict, and boxed in."""

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.exceptions import (
    SecurityError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from distribution.digests.wrapping import columns, wrap
from distribution.errors import DistributionError

# What expressions in a template can raise besides Jinja2's own errors, such as {{ 1 / 0 }}.
_RAISED_BY_EXPRESSIONS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class BrokenTemplate(DistributionError):
    """Raised when a mail template cannot be used; `line` is None where none can be named."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        where = f"{file} 第 {line} 行" if line else file
        super().__init__(f"邮件模板 {where} 有误：{reason}")


class Templates:
    """A search path of template folders; a file in an earlier one hides those in later ones."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folders),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters.update(wrap=wrap, columns=columns)

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Render one template; raises BrokenTemplate for whatever is wrong in it."""
        try:
            return self._environment.get_template(name).render(values)
        except TemplateNotFound as error:
            raise BrokenTemplate(str(error.name), None, "找不到这个文件") from error
        except TemplateSyntaxError as error:
            file = error.filename or error.name or name
            raise BrokenTemplate(file, error.lineno, f"语法错误（{error.message}）") from error
        except (TemplateError, *_RAISED_BY_EXPRESSIONS) as error:
            file, line = self._place(error) or (self.file_of(name), None)
            raise BrokenTemplate(file, line, _reason(error)) from error

    def file_of(self, name: str) -> str:
        """The file that is used under a name, for messages."""
        found = (folder / name for folder in self._folders if (folder / name).is_file())
        return str(next(found, name))

    def _place(self, error: Exception) -> tuple[str, int | None] | None:
        """Where in a template an error arose: Jinja2 rewrites tracebacks to say so."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if any(Path(frame.filename).is_relative_to(folder) for folder in self._folders):
                return frame.filename, frame.lineno
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, UndefinedError):
        return f"用了没有的值（{error}）"
    if isinstance(error, SecurityError):
        return f"用了不允许的操作（{error}）"
    return f"无法计算（{type(error).__name__}：{error}）"

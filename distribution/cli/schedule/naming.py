"""How people name a month: 2027-01."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., object])
_MONTH = re.compile(r"(2[01][0-9]{2})-(0?[1-9]|1[0-2])")
_DASHES = re.compile("[\u2010-\u2015\u2212/年]")


class Month(click.ParamType[date]):
    """A month, by its first day."""

    name = "月份"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Forgives widths, blanks and the missing zero."""
        if isinstance(value, date):
            return value
        plain = "".join(unicodedata.normalize("NFKC", value).split()).removesuffix("月")
        spelt = _MONTH.fullmatch(_DASHES.sub("-", plain))
        if spelt is None:
            self.fail(f"{value!r} 不是月份，应写作 2027-01。", param, ctx)
        return date(int(spelt[1]), int(spelt[2]), 1)


def month_argument(command: _Command) -> _Command:
    """The argument that names a month."""
    return click.argument("month", metavar="月份", type=Month())(command)

"""Lists of addresses that a mail provider will not take: any table with one column of them."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from distribution.audience.address import EmailAddress
from distribution.audience.sheets.addresses import read_address_cell
from distribution.errors import DistributionError


@dataclass(frozen=True, slots=True)
class BlockedLine:
    """One row of a list."""

    number: int
    address: EmailAddress | None
    problem: str = ""
    """Why there is no address."""


def read_blocklist(rows: Iterable[tuple[int, list[str]]]) -> Iterator[BlockedLine]:
    """The address of each row; rows above the first one with an @ are a heading.

    >>> lines = read_blocklist([(1, ["邮箱"]), (2, ["", "A@b.example"])])
    >>> [(line.number, line.address.key) for line in lines]
    [(2, 'a@b.example')]
    """
    begun = False
    for number, cells in rows:
        cell = next((one for one in cells if "@" in unicodedata.normalize("NFKC", one)), None)
        begun = begun or cell is not None
        if not begun:
            continue
        if cell is None:
            yield BlockedLine(number, None, "没有邮箱")
            continue
        try:
            found = read_address_cell(cell, allow_smtputf8=True)
        except DistributionError as error:
            yield BlockedLine(number, None, str(error))
        else:
            yield BlockedLine(number, found.address)

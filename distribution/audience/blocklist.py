"""Lists of addresses that a mail provider will not take: any table with one column of them."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from distribution.audience.address import EmailAddress, read_address
from distribution.audience.sheets.addresses import read_address_cell
from distribution.errors import DistributionError


@dataclass(frozen=True, slots=True)
class BlockedLine:
    """One row of a list."""

    number: int
    address: EmailAddress | None
    domain: str = ""
    """Instead of an address, a whole domain (ASCII, lower case), written @example.com."""
    problem: str = ""
    """Why there is neither."""


def read_blocklist(rows: Iterable[tuple[int, list[str]]]) -> Iterator[BlockedLine]:
    """The address or domain of each row; rows above the first one with an @ are a heading.

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
            yield BlockedLine(number, None, problem="没有邮箱")
            continue
        try:
            yield _read(number, cell)
        except DistributionError as error:
            yield BlockedLine(number, None, problem=str(error))


def _read(number: int, cell: str) -> BlockedLine:
    text = unicodedata.normalize("NFKC", cell).strip()
    if text.startswith("@"):
        return BlockedLine(number, None, read_address(f"x{text}").domain)
    return BlockedLine(number, read_address_cell(cell, allow_smtputf8=True).address)

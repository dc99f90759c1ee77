"""Tables people keep: workbooks and text files, read as rows of text and written safely."""

from distribution.tables.faults import UnknownSheet, UnreadableTable, UnwritableTable
from distribution.tables.formulas import defuse, undefuse
from distribution.tables.opening import open_table
from distribution.tables.pages import Cell
from distribution.tables.table import Row, Table
from distribution.tables.writing import WRITTEN, TableWriter, write_table

__all__ = [
    "WRITTEN",
    "Cell",
    "Row",
    "Table",
    "TableWriter",
    "UnknownSheet",
    "UnreadableTable",
    "UnwritableTable",
    "defuse",
    "open_table",
    "undefuse",
    "write_table",
]

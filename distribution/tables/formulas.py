"""Cells that a spreadsheet would run: an apostrophe in front turns them into text, and back.

For text files only (OWASP "CSV Injection", ASVS 1.2.10): a workbook says which cells are text.
"""

import re

_RUNS = re.compile(r"'*(?:[\t\r]|\s*[=+\-@＝＋－＠])")
"""Apostrophes in front count, so that what had one of its own gets it back."""


def defuse(text: str) -> str:
    """Put an apostrophe before what starts like a formula.

    >>> defuse("=1+1"), defuse("'=1"), defuse("太原"), defuse("'92")
    ("'=1+1", "''=1", '太原', "'92")
    """
    return f"'{text}" if _RUNS.match(text) else text


def undefuse(text: str) -> str:
    """Take back what `defuse` did; other apostrophes stay.

    >>> undefuse("'=1+1"), undefuse("''=1"), undefuse("'92")
    ('=1+1', "'=1", "'92")
    """
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text

"""What a table may measure: a workbook is held in memory while it is read, a text never is."""

from datetime import timedelta

MOST_WORKBOOK_BYTES = 64 * 1024 * 1024
"""Of the file; 100,000 contacts of twelve columns have six million."""
MOST_ENTRIES = 2_000
"""Files inside a workbook's archive."""
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
"""Of all files inside a workbook's archive."""
HIGHEST_RATIO = 200
"""Unpacked to packed; sheets full of one value reach 100."""
SMALL_ENTRY_BYTES = 1024 * 1024
"""Up to here a file inside may be packed as tightly as it likes."""
MOST_ROWS = 200_000
"""Of a sheet; empty ones above the last one that is not are counted."""
MOST_COLUMNS = 200
LONGEST_LINE = 4 * 1024 * 1024
"""Characters between two line ends of a text."""
READING_MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Address space of the process that reads a workbook: one stray cell far off makes it dear."""
READING_TIME = timedelta(seconds=60)
"""Of the processor, for all sheets of a workbook together."""
MOST_ROWS_BYTES = 1024 * 1024 * 1024
"""Of the rows of one sheet, as text in a temporary file."""
MOST_WRITTEN_ROWS = 1_048_575
"""Below the heading of an .xlsx: the format's own limit."""

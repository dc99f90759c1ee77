"""Sheets of contacts and of enterprises, as offices keep them: rows in, facts or reasons out."""

from distribution.audience.sheets.contacts import (
    ContactFacts,
    ContactLine,
    ContactReader,
    read_contacts,
)
from distribution.audience.sheets.enterprises import (
    EnterpriseFacts,
    EnterpriseLine,
    EnterpriseReader,
    read_enterprises,
)
from distribution.audience.sheets.headings import (
    Columns,
    ContactField,
    EnterpriseField,
    MissingColumn,
    UnknownMapping,
)
from distribution.audience.sheets.reading import Line, SheetReader

__all__ = [
    "Columns",
    "ContactFacts",
    "ContactField",
    "ContactLine",
    "ContactReader",
    "EnterpriseFacts",
    "EnterpriseField",
    "EnterpriseLine",
    "EnterpriseReader",
    "Line",
    "MissingColumn",
    "SheetReader",
    "UnknownMapping",
    "read_contacts",
    "read_enterprises",
]

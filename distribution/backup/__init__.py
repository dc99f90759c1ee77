"""Copies of the database: whole though in use, never sent from without a word of a person."""

from distribution.backup.files import CannotBackUp, CannotRestore
from distribution.backup.postgresql import back_up_postgresql
from distribution.backup.sqlite import Restored, back_up_sqlite, restore_sqlite

__all__ = [
    "CannotBackUp",
    "CannotRestore",
    "Restored",
    "back_up_postgresql",
    "back_up_sqlite",
    "restore_sqlite",
]

"""What was deleted still lies in a SQLite file until its place is used again: written anew, not."""

import sqlite3
from contextlib import closing

from sqlalchemy import Engine


def wipe(engine: Engine, *, anew: bool) -> bool:
    """Empty SQLite's log and, where `anew`, write the whole file afresh without its free space.

    False where another process holds the database, so that old pages stay for now. PostgreSQL
    reuses the place of dead rows by itself: there is nothing to do.
    """
    if engine.dialect.name != "sqlite":
        return True
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        try:
            if anew:
                cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            answer = cursor.fetchone()
        except sqlite3.OperationalError:  # somebody writes, or the disk has no room for a copy
            return False
        return answer is not None and answer[0] == 0  # 1: somebody still reads old pages

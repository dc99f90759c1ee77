"""A database that goes away and comes back as a test says."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

from sqlalchemy.orm import Session

from distribution.app import App
from distribution.db import DatabaseUnusable

LONG = timedelta(minutes=5)


class Moody:
    """Transactions of a database that goes away and comes back as the test says."""

    def __init__(self, app: App, *, after_commit: bool = False) -> None:
        self.app, self.away, self.after_commit = app, False, after_commit
        self.failures = 0

    def __call__(self) -> AbstractContextManager[Session]:
        return self._opened()

    @contextmanager
    def _opened(self) -> Iterator[Session]:
        if self.away and not self.after_commit:
            self.failures += 1
            raise DatabaseUnusable("数据库暂时无法使用")
        with self.app.transaction() as session:
            yield session
        if self.away:  # it has committed, but nobody hears of it
            self.failures += 1
            raise DatabaseUnusable("数据库暂时无法使用")

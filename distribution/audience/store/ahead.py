"""Reading subscribers ahead: the next slice comes while one is worked on."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from distribution import db
from distribution.audience.store.readers import Reader, readers_after

_PATIENCE = "10s"
"""Who waits for our transaction to change a table keeps the other one from reading it, and the
database does not see that we wait for ourselves."""
_Ready = TypeVar("_Ready")


def slices_ahead(
    session: Session,
    last_id: int,
    prepare: Callable[[Session, tuple[Reader, ...]], _Ready],
    *,
    size: int,
    most: int,
) -> Generator[tuple[_Ready, int | None]]:
    """The next subscribers behind `last_id`, at most so many slices; what is ready of each.

    With it comes where the next slice begins; None when there was nobody left, as in `Audience`.
    They are read and made ready over another connection, while the caller writes what came
    before. That one sees what is committed: the caller's locks keep out whoever must not act
    between reading and writing.
    """
    engine = session.get_bind().engine
    with db.reading(engine) as beside, ThreadPoolExecutor(1) as pool:
        if engine.dialect.name == "postgresql":
            beside.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))

        def read(after: int) -> tuple[_Ready, int | None]:
            found = readers_after(beside, after, size)
            return prepare(beside, found.readers), found.last_id

        coming = pool.submit(read, last_id)
        for left in reversed(range(most)):
            ready, reached = coming.result()
            if left and reached is not None:
                coming = pool.submit(read, reached)
            yield ready, reached
            if reached is None:
                return

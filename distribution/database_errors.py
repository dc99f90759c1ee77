"""What a database says that is away or in trouble, in a sentence; and what to do about it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy.exc import DatabaseError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from distribution.errors import DistributionError

_READ_ONLY = "25006"
"""PostgreSQL's code for a write where none may be, as in a standby."""
_COLLIDED = ("40P01", "40001")
"""Its codes for a transaction it undid so that another could go on."""
_TRIES = 5

_Done = TypeVar("_Done")


class DatabaseUnusable(DistributionError):
    """Raised when the database cannot be opened or would break our promises."""


class Collided(DatabaseUnusable):
    """Raised where two transactions waited for each other: this one was undone, all of it."""

    def __init__(self) -> None:
        super().__init__("两处同时改动同样的几行，这一处已撤销，没有改动：请再试一次")


def insisting(work: Callable[[], _Done]) -> _Done:
    """Do one whole transaction, and again where it collided with another.

    The other one has what it wanted then, so this one hardly ever has to be done a third time.
    """
    for _ in range(_TRIES - 1):
        with suppress(Collided):
            return work()
    return work()


@contextmanager
def friendly() -> Iterator[None]:
    """Say in a sentence that the database is away; errors of ours and defects pass through."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") in _COLLIDED:
            raise Collided from error
        reason = str(error.orig).splitlines()[0]
        advice = "别的进程正在写入，请稍后再试" if "locked" in reason else "请检查数据库服务与磁盘"
        raise DatabaseUnusable(f"数据库暂时无法使用（{reason}）：{advice}") from error
    except InternalError as error:
        if getattr(error.orig, "sqlstate", "") != _READ_ONLY:
            raise
        raise DatabaseUnusable("数据库现在只读：它可能是备库或被设为只读，请检查") from error
    except NoConnectionLeft as error:
        raise DatabaseUnusable("数据库连接都在使用中：请稍后再试") from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # its other kinds are defects of ours
            raise
        raise DatabaseUnusable(f"数据库文件已损坏或不是数据库（{error.orig}）") from error

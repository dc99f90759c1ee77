"""A database that is away, in trouble or named wrong: a sentence, and what to do about it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InternalError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from distribution.database_words import trouble
from distribution.errors import DistributionError

_READ_ONLY = "25006"
"""PostgreSQL's code for a write where none may be, as in a standby."""
_COLLIDED = ("40P01", "40001")
"""Its codes for a transaction it undid so that another could go on."""
_NO_SUCH_OPTION = "invalid connection option"
"""How libpq begins to say that the database's address is wrong."""
_KINDS = "database_url 只支持 sqlite:/// 与 postgresql://：请改正"
_TRIES = 5

_Done = TypeVar("_Done")


class DatabaseUnusable(DistributionError):
    """Raised when the database cannot be opened or would break our promises."""


def address_of(url: str) -> URL:
    """An address in its parts; raises DatabaseUnusable, in which no part of it is shown."""
    try:
        address = make_url(url)
        address.get_dialect()
    except NoSuchModuleError as error:
        raise DatabaseUnusable(_KINDS) from error
    except (ArgumentError, ValueError):  # it may quote half a password
        advice = "请检查 database_url，密码中的 @ : / 等要写成 %40 %3A %2F"
        raise DatabaseUnusable(f"数据库地址读不懂：{advice}") from None
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise DatabaseUnusable("database_url 没有写明数据库文件：请写成 sqlite:/// 加它的路径")
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnusable(_KINDS)
    return address


class DatabaseTrouble(DatabaseUnusable):
    """Raised where the database, or its driver, says what is wrong."""

    def __init__(self, words: str) -> None:
        self.what, self.advice = trouble(words)
        super().__init__(f"数据库无法使用（{self.what}）：{self.advice}")


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
        raise DatabaseTrouble(str(error.orig)) from error
    except InternalError as error:
        if getattr(error.orig, "sqlstate", "") != _READ_ONLY:
            raise
        raise DatabaseUnusable("数据库现在只读：它可能是备库或被设为只读，请检查") from error
    except NoConnectionLeft as error:
        raise DatabaseUnusable("数据库连接都在使用中：请稍后再试") from error
    except ProgrammingError as error:
        if not str(error.orig).startswith(_NO_SUCH_OPTION):
            raise
        raise DatabaseTrouble(str(error.orig)) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # its other kinds are defects of ours
            raise
        raise DatabaseTrouble(str(error.orig)) from error

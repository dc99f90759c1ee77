"""What all tables share: kinds of columns, and how constraints are named."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import ForeignKey, MetaData, String, TextClause
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeEngine

from distribution.db import BIG_INTEGER, DOCUMENT, Utc, word
from distribution.words import Word

PrimaryKey = Annotated[int, mapped_column(BIG_INTEGER, primary_key=True)]
Digest = Annotated[str, mapped_column(String(64))]
"""A SHA-256 in hexadecimal."""
AddressHash = Annotated[str, mapped_column(String(32))]
"""The keyed hash of an address key, see `links.Keyring.address_hash`."""
Address = Annotated[str, mapped_column(String(320))]
Anchor = Annotated[str, mapped_column(String(400))]
"""What an article is known by across readings of its file: the key of its title as it was read."""
Who = Annotated[str, mapped_column(String(100))]
"""Who did it: a system account, an admin, or `reader`."""


class Base(DeclarativeBase):
    """Names constraints alike on every database, so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any]]] = {
        int: BIG_INTEGER,
        datetime: Utc(),
        dict[str, Any]: DOCUMENT,
        list[Any]: DOCUMENT,
        **{kind: word(kind) for kind in Word.__subclasses__()},
    }


def reference(target: str) -> ForeignKey:
    """A reference that forbids to delete what is referred to."""
    return ForeignKey(target, ondelete="RESTRICT")


def only(where: TextClause) -> dict[str, Any]:
    """What makes an index one of some rows, on either database."""
    return {"sqlite_where": where, "postgresql_where": where}

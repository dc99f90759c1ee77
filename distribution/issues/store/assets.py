"""Images of articles, each kept once by the hash of its bytes."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.compiler import Asset
from distribution.db import upsert
from distribution.models import Asset as AssetRow


def keep_assets(session: Session, assets: Iterable[Asset]) -> None:
    """Keep the images that are not there yet; several who import the same do not meet."""
    for asset in assets:
        facts = {name: getattr(asset, name) for name in Asset.__slots__}
        session.execute(upsert(session, AssetRow).values(facts).on_conflict_do_nothing())


def sizes(session: Session, hashes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Width and height in pixels, by hash; a page that knows them does not jump while it loads."""
    query = select(AssetRow.sha256, AssetRow.width, AssetRow.height)
    rows = session.execute(query.where(AssetRow.sha256.in_(list(hashes))))
    return {sha256: (width, height) for sha256, width, height in rows}


def asset(session: Session, sha256: str) -> Asset | None:
    """An image with its bytes; None for a hash nobody knows."""
    columns = (
        AssetRow.sha256, AssetRow.media_type, AssetRow.width, AssetRow.height, AssetRow.content,
    )  # fmt: skip
    row = session.execute(select(*columns).where(AssetRow.sha256 == sha256)).one_or_none()
    return Asset(*row) if row else None

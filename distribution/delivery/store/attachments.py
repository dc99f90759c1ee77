"""SQL of the files that go with letters: each letter has its own, and they go when its words go."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from distribution.digests import Attachment
from distribution.models import LetterAttachment


def attach(session: Session, letter_id: int, files: Sequence[Attachment]) -> None:
    """Put files to a letter that has none."""
    session.add_all(
        LetterAttachment(
            letter_id=letter_id,
            position=position,
            name=file.name,
            media_type=file.media_type,
            content=file.content,
        )
        for position, file in enumerate(files, 1)
    )
    session.flush()


def files_of(session: Session, letter_id: int) -> Sequence[Attachment]:
    """The files of a letter, in their order."""
    query = select(
        LetterAttachment.name, LetterAttachment.media_type, LetterAttachment.content
    ).where(LetterAttachment.letter_id == letter_id)
    rows = session.execute(query.order_by(LetterAttachment.position))
    return [Attachment(*row) for row in rows]


def detach(session: Session, letter_ids: Collection[int]) -> None:
    """Nothing of the files of these letters is left."""
    session.execute(
        delete(LetterAttachment)
        .where(LetterAttachment.letter_id.in_(letter_ids))
        .execution_options(synchronize_session=False)
    )

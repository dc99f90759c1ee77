"""A reader's mail outside any run, for the eyes of the office."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import digests, issues, topics
from distribution.audience import Reader
from distribution.clock import SHANGHAI
from distribution.delivery.planning import Recipe, wishes_of
from distribution.delivery.press import compose, personal_of
from distribution.delivery.transport import Envelope
from distribution.errors import Refused
from distribution.links import Addresses
from distribution.words import MailFormat

NOBODY = 0
"""The delivery its links name: there is none with this number, so they lead nowhere."""


class NothingMatches(Refused):
    """Raised for a reader who wants no mail of an issue without anything he follows."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key} 期没有他关注的内容，他选择了“有匹配时”才收：这一期不会向他投递")


@dataclass(frozen=True, slots=True)
class Draft:
    """The mail in all its forms."""

    digest: digests.Digest
    message: bytes


def draft(
    session: Session,
    issue_id: int,
    reader: Reader,
    recipe: Recipe,
    addresses: Addresses,
    at: datetime,
) -> Draft:
    """Compose what the reader would get if the run were planned now."""
    content = issues.load_issue(session, issue_id)
    sheet = digests.render_sheet(
        content, topics.names(session), recipe.templates, recipe.publication
    )
    wishes = wishes_of(reader)
    choices = digests.select(content.articles, wishes, minimum=recipe.minimum_articles)
    if not choices:
        raise NothingMatches(content.masthead.key)
    personal = personal_of(addresses, NOBODY, NOBODY, wishes.tracking)
    envelope = Envelope(
        sender=addresses.return_path(NOBODY),
        recipient=reader.recipient,
        message_id=addresses.message_id(NOBODY),
    )
    message = compose(
        sheet,
        choices,
        personal,
        envelope=envelope,
        date=at.astimezone(SHANGHAI),
        text_only=reader.format is MailFormat.TEXT,
    )
    return Draft(digests.join(sheet, choices, personal), message)

"""An issue as its readers would get it now: outside any run, for the eyes of the office."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, digests, issues, topics
from distribution.audience import Reader
from distribution.clock import SHANGHAI
from distribution.delivery.planning import SLICE, Recipe
from distribution.delivery.press import compose, personal_of
from distribution.delivery.store.plans import most_read_topics
from distribution.delivery.transport import Envelope
from distribution.digests import Interests, Selected
from distribution.errors import Refused
from distribution.issues import StoredIssue
from distribution.links import Addresses
from distribution.models import Issue
from distribution.words import MailFormat

NOBODY = 0
"""A delivery that is none: links to it lead nowhere."""


class NothingMatches(Refused):
    """Raised for the mail of a reader who wants none of this issue."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key} 期没有他关注的内容，他选择了“有匹配时”才收：这一期不会向他投递")


@dataclass(frozen=True, slots=True)
class Draft:
    """The mail in all its forms."""

    digest: digests.Digest
    message: bytes


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One issue made ready for any number of readers, as planning would do it."""

    issue: StoredIssue
    composer: digests.Composer
    selector: digests.Selector
    addresses: Addresses

    @property
    def sheet(self) -> digests.Sheet:
        """The issue rendered."""
        return self.composer.sheet

    def select(self, wishes: Interests) -> Selected:
        """A reader's articles; raises NothingMatches where he wants no mail."""
        selected = self.selector.select(wishes)
        if not selected.choices:
            raise NothingMatches(self.issue.masthead.key)
        return selected

    def draft(self, wishes: Interests, recipient: str, at: datetime) -> Draft:
        """A reader's mail. Its links lead nowhere: looking at it changes and counts nothing."""
        choices = self.select(wishes).choices
        personal = personal_of(self.addresses, NOBODY, NOBODY, wishes.tracking)
        envelope = Envelope(
            sender=self.addresses.return_path(NOBODY),
            recipient=recipient,
            message_id=self.addresses.message_id(NOBODY),
        )
        message = compose(
            self.composer,
            choices,
            personal,
            envelope=envelope,
            date=at.astimezone(SHANGHAI).replace(microsecond=0),
            text_only=wishes.format is MailFormat.TEXT,
        )
        return Draft(digests.join(self.sheet, choices, personal), message)


def rehearse(session: Session, issue_id: int, recipe: Recipe) -> Rehearsal:
    """Make an issue ready; raises BrokenTemplate."""
    content = issues.load_issue(session, issue_id)
    sheet = digests.render_sheet(
        content,
        topics.names(session),
        recipe.templates,
        recipe.publication,
        honeypot=recipe.honeypot,
    )
    discovery = most_read_topics(session, session.get_one(Issue, issue_id))
    return Rehearsal(
        content,
        digests.Composer(sheet),
        digests.Selector(content, minimum=recipe.minimum_articles, discovery=discovery),
        recipe.addresses,
    )


def slices(session: Session) -> Iterator[Sequence[Reader]]:
    """All subscribers, also those who get no mail, so many at a time."""
    last_id: int | None = 0
    while last_id is not None:
        found = audience.readers_after(session, last_id, SLICE)
        yield found.readers
        last_id = found.last_id

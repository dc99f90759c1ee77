"""Why one reader's mail is as it is: as frozen with the run, else as it would be planned."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from distribution import audience, digests, issues
from distribution.delivery.drafting import rehearse
from distribution.delivery.planning import Recipe, wishes_of
from distribution.delivery.press import mail_of
from distribution.delivery.store import runs
from distribution.delivery.store.lookups import Planned, find_planned
from distribution.digests import Explained, Interests, Omitted, Selected
from distribution.models import Selection
from distribution.words import Cause, Omission


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every article of an issue, and why it is in his mail or is not."""

    wishes: Interests
    """As they counted, or would count now."""
    topics: dict[str, str]
    """The names of topics by their codes, as the mail has them."""
    articles: tuple[Explained, ...]
    planned: Planned | None
    """The delivery this was frozen with; None: what would be if it were planned now."""
    barrier: Cause | None
    """Why he would not be mailed now."""

    @property
    def empty(self) -> bool:
        """Whether he wants no mail of this issue."""
        return all(article.place is None for article in self.articles)


def explain(session: Session, issue_id: int, subscriber_id: int, recipe: Recipe) -> Explanation:
    """Explain a reader's mail of an issue; raises BrokenTemplate where it is not frozen."""
    reader = audience.reader(session, subscriber_id)
    planned = find_planned(session, issue_id, subscriber_id)
    if planned is not None:
        sheet = digests.Sheet.from_json(runs.sheet(session, planned.sheet_sha256).content)
        row = runs.selection(session, planned.selection_id)
        wishes, selected = digests.interests_of(row.interests), _selected(row)
        limits = issues.load_issue(session, issue_id).contract.limits  # fixed while there is a run
    else:
        rehearsal = rehearse(session, issue_id, recipe)
        wishes = wishes_of(reader)
        sheet, selected = rehearsal.sheet, rehearsal.selector.select(wishes)
        limits = rehearsal.issue.contract.limits
    articles = digests.explain(sheet, selected, limits)
    return Explanation(wishes, dict(sheet.topics), articles, planned, reader.barrier)


def _selected(row: Selection) -> Selected:
    return Selected(
        mail_of(row).choices,
        tuple(Omitted(article, Omission(why), what) for article, why, what in row.omitted),
    )

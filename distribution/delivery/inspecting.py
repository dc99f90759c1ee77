"""The gate before anything is planned: what the readers of now would get of an issue."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from distribution.delivery.drafting import Rehearsal, rehearse, slices
from distribution.delivery.gating import Inspection, Inspector, inspect
from distribution.delivery.planning import Recipe, wishes_of
from distribution.delivery.press import Mail
from distribution.digests import Interests, Selected

STANDARD = Interests((), standard=True)
"""Of who wants what everybody gets."""


def inspect_issue(session: Session, issue_id: int, recipe: Recipe) -> Inspection:
    """Check what would be planned now; without readers, the standard edition and each topic."""
    inspecting = Inspecting(rehearse(session, issue_id, recipe))
    for readers in slices(session):
        inspecting.look_at(wishes_of(one) for one in readers if one.barrier is None)
    return inspecting.inspection()


class Inspecting:
    """Checks the distinct digests of readers; what is remembered of each is a number."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal, self._known = rehearsal, set[int]()
        origin = rehearsal.addresses.origin
        self._inspector = Inspector(rehearsal.composer, rehearsal.issue, origin)

    def look_at(self, wishes: Iterable[Interests]) -> None:
        """Check what readers with these wishes would get, in their order."""
        for wish in dict.fromkeys(wishes):  # the same answer every time
            mail = _mail(wish, self._rehearsal.selector.select(wish))
            if mail.choices and hash(mail) not in self._known:
                self._known.add(hash(mail))
                self._inspector.look_at(mail)

    def inspection(self) -> Inspection:
        """What is wrong; where nobody wanted anything, in the standard edition and each topic."""
        return self._inspector.inspection() if self._known else _inspect_usual(self._rehearsal)


def inspect_usual(session: Session, issue_id: int, recipe: Recipe) -> Inspection:
    """Check the standard edition and each topic: all articles, however many readers there are."""
    return _inspect_usual(rehearse(session, issue_id, recipe))


def _inspect_usual(rehearsal: Rehearsal) -> Inspection:
    topics = dict.fromkeys(code for one in rehearsal.issue.articles for code in one.topics)
    return inspect_wishes(rehearsal, [STANDARD, *(Interests((code,)) for code in topics)])


def inspect_wishes(rehearsal: Rehearsal, wishes: Iterable[Interests]) -> Inspection:
    """Check the mails of readers with these wishes."""
    mails = (_mail(wish, rehearsal.selector.select(wish)) for wish in wishes)
    wanted = (mail for mail in mails if mail.choices)
    return inspect(rehearsal.composer, rehearsal.issue, rehearsal.addresses.origin, wanted)


def _mail(wish: Interests, selected: Selected) -> Mail:
    return Mail(selected.choices, wish.tracking, wish.format)

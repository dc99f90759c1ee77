"""The gate before anything is planned: what the readers of now would get of an issue."""

from collections.abc import Iterable, Iterator
from itertools import chain

from sqlalchemy.orm import Session

from distribution.delivery.drafting import Rehearsal, rehearse, slices
from distribution.delivery.gating import Inspection, inspect
from distribution.delivery.planning import Recipe, wishes_of
from distribution.delivery.press import Mail
from distribution.digests import Interests, Selected

STANDARD = Interests((), standard=True)
"""Of who wants what everybody gets."""


def inspect_issue(session: Session, issue_id: int, recipe: Recipe) -> Inspection:
    """Check what would be planned now; without readers, the standard edition and each topic."""
    rehearsal = rehearse(session, issue_id, recipe)
    mails = _wanted(session, rehearsal)
    first = next(mails, None)
    if first is None:
        topics = dict.fromkeys(code for one in rehearsal.issue.articles for code in one.topics)
        return inspect_wishes(rehearsal, [STANDARD, *(Interests((code,)) for code in topics)])
    mails = chain((first,), mails)
    return inspect(rehearsal.composer, rehearsal.issue, rehearsal.addresses.origin, mails)


def inspect_wishes(rehearsal: Rehearsal, wishes: Iterable[Interests]) -> Inspection:
    """Check the mails of readers with these wishes."""
    mails = (_mail(wish, rehearsal.selector.select(wish)) for wish in wishes)
    wanted = (mail for mail in mails if mail.choices)
    return inspect(rehearsal.composer, rehearsal.issue, rehearsal.addresses.origin, wanted)


def _wanted(session: Session, rehearsal: Rehearsal) -> Iterator[Mail]:
    """The distinct digests of all who may be mailed; what is remembered of each is a number."""
    known: set[int] = set()
    for readers in slices(session):
        wanted = (wishes_of(one) for one in readers if one.barrier is None)
        for wish in dict.fromkeys(wanted):  # in the readers' order: the same answer every time
            mail = _mail(wish, rehearsal.selector.select(wish))
            if mail.choices and hash(mail) not in known:
                known.add(hash(mail))
                yield mail


def _mail(wish: Interests, selected: Selected) -> Mail:
    return Mail(selected.choices, wish.tracking, wish.format)

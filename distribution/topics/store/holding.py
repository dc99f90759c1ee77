"""Who waits for whom: issues are locked first, then runs, then topics, each in the order of ids."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.models import Issue, Run, Topic
from distribution.words import RunState


def hold_rules(session: Session) -> None:
    """What leads to topics stays as it is: for who puts articles under them."""
    query = select(Topic).order_by(Topic.id).with_for_update(read=True)
    session.scalars(query.execution_options(populate_existing=True)).all()


def hold_filing(session: Session) -> None:
    """No article is put under a topic: for who changes what leads there.

    Else an issue imported in the same moment would be left with the topics of before.
    """
    _hold_open_issues(session)
    query = select(Topic).order_by(Topic.id).with_for_update(key_share=True)
    session.scalars(query.execution_options(populate_existing=True)).all()


def hold_all(session: Session) -> None:
    """Nobody names a topic: for who lets one become another.

    Else a reader's new choice, an article or a digest could still name the old topic.
    """
    _hold_open_issues(session)
    planning = select(Run.id).where(Run.state == RunState.PLANNING).order_by(Run.id)
    session.execute(planning.with_for_update(key_share=True)).all()
    session.execute(select(Topic.id).order_by(Topic.id).with_for_update()).all()


def _hold_open_issues(session: Session) -> None:
    query = select(Issue.id).where(Issue.approved_at.is_(None)).order_by(Issue.id)
    session.execute(query.with_for_update(key_share=True)).all()

"""SQL of the default rules: what contacts of a role or an industry get."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from distribution import topics
from distribution.audience.defaults import DefaultTopics
from distribution.db import upsert
from distribution.models import DefaultInterest, DefaultRule, Topic
from distribution.words import Role


def default_rules(session: Session) -> tuple[DefaultTopics, ...]:
    """All rules, by role and industry; those without a topic say nothing and are left out."""
    query = (
        select(DefaultRule.role, DefaultRule.industry, Topic.code)
        .join(DefaultInterest, DefaultInterest.rule_id == DefaultRule.id)
        .join(Topic, Topic.id == DefaultInterest.topic_id)
        .order_by(DefaultRule.role, DefaultRule.industry, DefaultInterest.position)
    )
    gathered: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for role, industry, code in session.execute(query):
        gathered[role, industry].append(code)
    return tuple(
        DefaultTopics(Role(role) if role else None, industry, tuple(codes))
        for (role, industry), codes in gathered.items()
    )


def set_default(
    session: Session, role: Role | None, industry: str, topic_names: Sequence[str]
) -> None:
    """Replace the topics of one rule; without topics there is no rule."""
    chosen = topics.resolve(session, topic_names, lock=True)  # nobody merges them meanwhile
    key = {"role": role.value if role else "", "industry": industry}
    session.execute(upsert(session, DefaultRule).values(**key).on_conflict_do_nothing())
    rule = session.scalars(select(DefaultRule).filter_by(**key).with_for_update()).one()
    session.execute(delete(DefaultInterest).where(DefaultInterest.rule_id == rule.id))
    if not chosen:
        session.execute(delete(DefaultRule).where(DefaultRule.id == rule.id))
        return
    session.add_all(
        DefaultInterest(rule_id=rule.id, topic_id=topic.id, position=position)
        for position, topic in enumerate(chosen)
    )
    session.flush()

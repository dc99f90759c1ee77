"""SQL of what is known of an issue's readers before any run of it."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from distribution.models import ArticleTopic, Topic, TopicRule


def topics_leading_nowhere(session: Session) -> frozenset[str]:
    """Codes of topics that no section and no rule leads to, and no article of any issue."""
    query = select(Topic.code, Topic.sections).where(
        Topic.merged_into.is_(None),
        ~exists().where(TopicRule.topic_id == Topic.id),
        ~exists().where(ArticleTopic.topic_id == Topic.id),
    )
    return frozenset(code for code, sections in session.execute(query) if not sections)

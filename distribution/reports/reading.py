"""How the articles and topics of an issue were read."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from distribution import topics
from distribution.issues import StoredArticle
from distribution.reports.article_store import Carried, Clicks, Mails
from distribution.reports.figures import NO_TOPIC, ArticleFigures, TopicFigures


def articles_of_issue(
    articles: Sequence[StoredArticle], carried: Mails, clicks: Mapping[int, Clicks]
) -> tuple[ArticleFigures, ...]:
    """In the order of the issue."""
    mails = carried.by_article()
    return tuple(
        ArticleFigures(
            position=stored.article.position,
            section=stored.article.section,
            title=stored.article.title,
            topics=stored.topics,
            mails=mails.get(stored.id, Carried()).mails,
            agreed=mails.get(stored.id, Carried()).agreed,
            unasked=mails.get(stored.id, Carried()).unasked,
            readers=clicks.get(stored.id, Clicks()).readers,
            anonymous=clicks.get(stored.id, Clicks()).anonymous,
        )
        for stored in articles
    )


def topics_of_issue(
    session: Session,
    articles: Sequence[StoredArticle],
    carried: Mails,
    clicks: Mapping[int | None, Clicks],
) -> tuple[TopicFigures, ...]:
    """The topics the issue has articles of, in the editors' order."""
    known = [(topic.id, topic.code, topic.name) for topic in topics.all_topics(session)]
    found = []
    for topic_id, code, name in (*known, (None, None, NO_TOPIC)):
        ids = {stored.id for stored in articles if _belongs(stored, code)}
        if ids:
            mails, of_topic = carried.with_any(ids), clicks.get(topic_id, Clicks())
            found.append(
                TopicFigures(
                    code=code,
                    name=name,
                    articles=len(ids),
                    mails=mails.mails,
                    agreed=mails.agreed,
                    unasked=mails.unasked,
                    readers=of_topic.readers,
                    anonymous=of_topic.anonymous,
                )
            )
    return tuple(found)


def _belongs(stored: StoredArticle, code: str | None) -> bool:
    return not stored.topics if code is None else code in stored.topics


def popularity(article: ArticleFigures | TopicFigures) -> tuple[int, int]:
    """Sorts the most clicked first; what is not told counts as nothing."""
    readers, anonymous = article.readers or 0, article.anonymous or 0
    return -(readers + anonymous), -readers

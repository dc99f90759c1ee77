"""Readers, enterprises and articles with topics, as few facts as a test needs."""

from dataclasses import replace

from runs import MASTHEAD, SEPTEMBER, add_reader, approve, make_article, save_issue
from sqlalchemy.orm import Session

from distribution import audience, issues, topics
from distribution.app import App
from distribution.audience import ensure_enterprise, set_enterprise_topics
from distribution.compiler import ReadIssue


def reader(session: Session, app: App, name: str, *codes: str) -> None:
    add_reader(session, app, f"{name}@sanjin.example", SEPTEMBER, topics=codes)


def topics_of_reader(session: Session, name: str) -> list[str]:
    row = audience.find_subscriber(session, f"{name}@sanjin.example")
    return [topic.code for topic in audience.profile(session, row, at=SEPTEMBER).topics]


def enterprise(session: Session, app: App, name: str, *codes: str) -> None:
    """An enterprise, with one contact who chose nothing himself."""
    set_enterprise_topics(session, ensure_enterprise(session, name, at=SEPTEMBER), codes)
    add_reader(session, app, f"{name}@sanjin.example", SEPTEMBER, enterprise=name)


def topics_of_enterprise(session: Session, name: str) -> list[str]:
    row = audience.find_subscriber(session, f"{name}@sanjin.example")
    return [topic.code for topic in audience.profile(session, row, at=SEPTEMBER).default_topics]


def issue(app: App, *articles: tuple[str, str], label: str = "09", approved: bool = False) -> str:
    """An issue of articles given by section and title; gives its key."""
    bodies = tuple(
        replace(make_article(position), section=section, title=title)
        for position, (section, title) in enumerate(articles, start=1)
    )
    key = save_issue(app, ReadIssue(replace(MASTHEAD, label=label), bodies, ()), approved=False)
    return approve(app, key) if approved else key


def topics_of_article(session: Session, key: str, position: int = 1) -> list[str]:
    row = issues.find_issue(session, key)
    return list(issues.load_issue(session, row.id).articles[position - 1].topics)


def codes(session: Session) -> list[str]:
    """Of the living topics, in their order."""
    return [topic.code for topic in topics.all_topics(session)]

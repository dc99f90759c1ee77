"""Defaults by role and industry: for those who chose nothing, shown as such."""

import pytest
from audience_people import NOW, add
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from distribution import audience
from distribution.audience import DefaultTopics, EnterpriseChanges, Wishes
from distribution.models import DefaultRule
from distribution.topics import UnknownTopic
from distribution.words import Role, TopicsFrom


def contact(session: Session, email: str, industry: str = "", role: Role = Role.OTHER) -> int:
    name = f"行业{industry}"
    home = audience.ensure_enterprise(session, name, at=NOW, industry=industry)
    return add(session, email, enterprise=home.name, role=role).id


def planned(session: Session, subscriber_id: int) -> tuple[tuple[str, ...], TopicsFrom]:
    reader = audience.reader(session, subscriber_id)
    return reader.topics, reader.topics_from


@pytest.fixture
def rules(session: Session) -> None:
    audience.set_default(session, None, "C", ["equipment"])
    audience.set_default(session, None, "C35", ["industry", "equipment"])
    audience.set_default(session, Role.QUALITY, "", ["质量管理", "policy"])


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize(
    ("industry", "role", "topics"),
    [
        ("C35", Role.OTHER, ("industry", "equipment")),
        ("C34", Role.OTHER, ("equipment",)),
        ("C34", Role.QUALITY, ("quality", "policy", "equipment")),
        ("", Role.QUALITY, ("quality", "policy")),
        ("F51", Role.OTHER, ()),
    ],
)
def test_all_rules_that_fit_count_the_most_exact_first(
    session: Session, industry: str, role: Role, topics: tuple[str, ...]
) -> None:
    row_id = contact(session, "a@sanjin.example", industry, role)

    whose = TopicsFrom.DEFAULT if topics else TopicsFrom.NOBODY
    assert planned(session, row_id) == (topics, whose)
    row = audience.find_subscriber(session, "a@sanjin.example")
    profile = audience.profile(session, row, at=NOW)
    assert (tuple(topic.code for topic in profile.default_topics), profile.topics_from) == (
        topics,
        whose,
    )


@pytest.mark.usefixtures("rules")
def test_his_own_choice_counts_before_his_enterprises_before_the_rules(session: Session) -> None:
    row_id = contact(session, "a@sanjin.example", "C35")
    row = audience.find_subscriber(session, "a@sanjin.example")
    home = audience.find_enterprise(session, "行业C35")

    audience.change_enterprise(session, home, EnterpriseChanges(topics=("shanxi",)))
    assert planned(session, row_id) == (("shanxi",), TopicsFrom.ENTERPRISE)
    audience.set_interests(session, row, Wishes(topics=["policy"]), by="test")
    assert planned(session, row_id) == (("policy",), TopicsFrom.OWN)
    audience.set_interests(session, row, Wishes(topics=[]), by="test")
    audience.change_enterprise(session, home, EnterpriseChanges(topics=()))
    assert planned(session, row_id) == (("industry", "equipment"), TopicsFrom.DEFAULT)


@pytest.mark.usefixtures("rules")
def test_a_rule_is_replaced_whole_and_goes_with_its_last_topic(session: Session) -> None:
    audience.set_default(session, Role.QUALITY, "", ["technology"])
    audience.set_default(session, None, "C", [])

    assert audience.default_rules(session) == (
        DefaultTopics(None, "C35", ("industry", "equipment")),
        DefaultTopics(Role.QUALITY, "", ("technology",)),
    )
    assert session.scalar(select(func.count(DefaultRule.id))) == 2


def test_an_unknown_topic_makes_no_rule(session: Session) -> None:
    with pytest.raises(UnknownTopic):
        audience.set_default(session, Role.QUALITY, "", ["农业"])
    assert audience.default_rules(session) == ()

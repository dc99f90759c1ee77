"""Topics: which articles they hold, and how people name them."""

import pytest
from sqlalchemy.orm import Session

from distribution import topics
from distribution.topics import TopicRule, UnknownTopic, WordRule, topics_of
from distribution.words import RuleField, TopicOrigin

SECTION, RULE = TopicOrigin.SECTION, TopicOrigin.RULE
RULES = [
    TopicRule(1, "policy", ("政策措施", "政策法规"), (WordRule(RuleField.TITLE, ("行动方案",)),)),
    TopicRule(2, "quality", ("质量管理",), (WordRule(RuleField.TITLE, ("质量", "ISO 9001")),)),
    TopicRule(3, "none", ()),
]


@pytest.mark.parametrize(
    ("section", "title", "found"),
    [
        ("政策措施", "青年工程师", [("policy", SECTION)]),
        ("政 策 措 施", "青年工程师", [("policy", SECTION)]),
        ("政策法规", "三年行动方案", [("policy", SECTION)]),
        ("行业资讯", "三年行动方案", [("policy", RULE)]),
        ("政策措施", "质量月开幕", [("policy", SECTION), ("quality", RULE)]),
        ("质量管理", "行动 方案", [("quality", SECTION), ("policy", RULE)]),
        ("行业资讯", "通过ｉｓｏ９００１认证", [("quality", RULE)]),
        ("行业资讯", "青年工程师", []),
        ("", "", []),
    ],
)
def test_an_article_belongs_to_topics_by_section_first_then_by_words(
    section: str, title: str, found: list[tuple[str, TopicOrigin]]
) -> None:
    assert [(one.code, one.origin) for one in topics_of(section, title, "", RULES)] == found


def test_the_seven_topics_of_the_magazine_stand_in_the_editors_order(session: Session) -> None:
    names = topics.names(session)

    assert list(names) == [
        "policy", "equipment", "education", "industry", "shanxi", "quality", "technology",
    ]  # fmt: skip
    assert [rule.code for rule in topics.rules(session)] == list(names)
    assert all(rule.sections for rule in topics.rules(session))


def test_topics_are_named_by_code_or_name_however_typed(session: Session) -> None:
    found = topics.resolve(session, [" Quality ", "政策 措施", "ＱＵＡＬＩＴＹ", "质量管理"])

    assert [topic.code for topic in found] == ["quality", "policy"]
    assert topics.resolve(session, []) == []


@pytest.mark.parametrize("given", ["农业", "", "polic", "政策措施,质量管理"])
def test_an_unknown_topic_is_answered_with_those_there_are(session: Session, given: str) -> None:
    with pytest.raises(UnknownTopic) as refused:
        topics.resolve(session, ["policy", given])

    assert refused.value.given == given
    for code, name in topics.names(session).items():
        assert f"{name}（{code}）" in str(refused.value)

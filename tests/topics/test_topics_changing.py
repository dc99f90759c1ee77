"""What editors do to topics: new ones, names, order, sections, rules."""

import pytest
from sqlalchemy.orm import Session
from topic_samples import codes

from distribution import topics
from distribution.errors import NotFound
from distribution.topics import (
    InvalidTopic,
    NameTaken,
    StoredRule,
    UnknownTopic,
    WordRule,
)
from distribution.words import RuleField

TITLE, TEXT = RuleField.TITLE, RuleField.TEXT


def sections(session: Session) -> dict[str, list[str]]:
    return {topic.code: topic.sections for topic in topics.all_topics(session)}


def test_a_new_topic_stands_last_and_takes_its_sections(session: Session) -> None:
    topics.add(session, "energy", " 新能源 ", ["能源 动力", "行业资讯"])

    assert codes(session)[-1] == "energy"
    assert topics.names(session)["energy"] == "新能源"
    assert sections(session)["energy"] == ["能源 动力", "行业资讯"]
    assert sections(session)["industry"] == []


@pytest.mark.parametrize("code", ["", "e", "Energy", "能源", "1a", "a b", "a_b", "a" * 41, "-a"])
def test_a_code_is_short_and_plain(session: Session, code: str) -> None:
    with pytest.raises(InvalidTopic, match="小写字母、数字或连字符"):
        topics.add(session, code, "新能源")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "不能为空"),
        ("  ", "不能为空"),
        ("——", "不能为空"),
        ("新\n能源", "看不见的字符"),
        ("新\u202e能源", "看不见的字符"),
        ("风电、光伏", "顿号"),
        ("风,光", "逗号"),
        ("长" * 41, "最多 40 个"),
    ],
)
def test_a_name_is_one_short_line(session: Session, name: str, why: str) -> None:
    with pytest.raises(InvalidTopic, match=why):
        topics.add(session, "energy", name)
    with pytest.raises(InvalidTopic, match=why):
        topics.rename(session, "policy", name)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("policy", "新能源"),
        ("energy", "政策措施"),
        ("energy", "政策 措施"),
        ("energy", "ＰＯＬＩＣＹ"),
    ],
)
def test_two_topics_are_never_called_the_same(session: Session, code: str, name: str) -> None:
    with pytest.raises(NameTaken, match="政策措施"):
        topics.add(session, code, name)


def test_a_topic_keeps_its_code_under_another_name(session: Session) -> None:
    assert topics.rename(session, "质量管理", "质量与标准") == "质量管理"

    assert topics.resolve(session, ["质量与标准"])[0].code == "quality"
    with pytest.raises(UnknownTopic):
        topics.resolve(session, ["质量管理"])


def test_a_topic_may_be_given_its_own_name_again(session: Session) -> None:
    assert topics.rename(session, "quality", "质量 管理") == "质量管理"
    assert topics.names(session)["quality"] == "质量 管理"


def test_a_name_of_another_is_refused(session: Session) -> None:
    with pytest.raises(NameTaken):
        topics.rename(session, "quality", "policy")


@pytest.mark.parametrize(
    ("to", "order"),
    [
        (1, "quality policy equipment education industry shanxi technology"),
        (3, "policy equipment quality education industry shanxi technology"),
        (7, "policy equipment education industry shanxi technology quality"),
    ],
)
def test_a_topic_moves_to_its_place(session: Session, to: int, order: str) -> None:
    assert topics.move(session, "quality", to) is True
    assert codes(session) == order.split()
    assert topics.move(session, "quality", to) is False


@pytest.mark.parametrize("to", [0, 8, -1])
def test_there_is_no_such_place(session: Session, to: int) -> None:
    with pytest.raises(InvalidTopic, match="1 到 7"):
        topics.move(session, "quality", to)


def test_a_section_leads_to_one_topic(session: Session) -> None:
    topics.map_section(session, "省内 信息", "行业资讯")

    assert sections(session)["shanxi"] == []
    assert sections(session)["industry"] == ["行业资讯", "省内 信息"]
    topics.map_section(session, "省内信息", "industry")
    assert sections(session)["industry"] == ["行业资讯", "省内 信息"]


def test_a_section_may_lead_nowhere(session: Session) -> None:
    found = topics.unmap_section(session, "省内 信息")

    assert found is not None
    assert found.code == "shanxi"
    assert topics.leading_nowhere(session, ["省内信息", "行业资讯"]) == ["省内信息"]
    assert topics.unmap_section(session, "省内信息") is None


def test_a_section_has_a_title(session: Session) -> None:
    with pytest.raises(InvalidTopic, match="栏目不能为空"):
        topics.map_section(session, " ", "policy")


def test_a_rule_is_kept_tidied_and_in_its_order(session: Session) -> None:
    words = WordRule(TEXT, ("标准", " 标 准", "PLC "), (), ("空气",))
    stored, new = topics.add_rule(session, "质量管理", words)

    assert new
    assert topics.word_rules(session, "quality")[-1] == stored
    assert stored == StoredRule(
        stored.id, "quality", WordRule(TEXT, ("标准", "PLC"), (), ("空气",))
    )
    (rule,) = [one for one in topics.rules(session) if one.code == "quality"]
    assert rule.words[-1] == stored.words


def test_the_same_rule_is_not_kept_twice(session: Session) -> None:
    first, _ = topics.add_rule(session, "quality", WordRule(TITLE, ("标准", "检测")))

    again, new = topics.add_rule(session, "quality", WordRule(TITLE, ("检测", "标 准")))

    assert (again, new) == (first, False)
    assert topics.add_rule(session, "quality", WordRule(TEXT, ("标准", "检测")))[1]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (WordRule(TITLE), "没有词"),
        (WordRule(TITLE, no_words=("空气",)), "没有词"),
        (WordRule(TITLE, ("",)), "不能为空"),
        (WordRule(TITLE, ("a\tb",)), "制表符"),
        (WordRule(TITLE, ("长" * 41,)), "最多 40 个"),
        (WordRule(TITLE, ("质量",), no_words=("质 量",)), "自相矛盾"),
        (WordRule(TITLE, tuple(f"词{n}" for n in range(101))), "最多 100 个"),
    ],
)
def test_a_rule_without_sense_is_refused(session: Session, words: WordRule, why: str) -> None:
    with pytest.raises(InvalidTopic, match=why):
        topics.add_rule(session, "quality", words)


def test_a_dropped_rule_is_gone(session: Session) -> None:
    stored, _ = topics.add_rule(session, "quality", WordRule(TITLE, ("标准",)))

    assert topics.drop_rule(session, stored.id) == stored
    assert stored not in topics.word_rules(session)
    with pytest.raises(NotFound):
        topics.drop_rule(session, stored.id)

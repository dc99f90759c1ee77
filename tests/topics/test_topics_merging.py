"""Two topics become one: nobody loses what he chose, nothing is there twice."""

import threading
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runs import SEPTEMBER
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from topic_samples import (
    codes,
    enterprise,
    issue,
    reader,
    topics_of_article,
    topics_of_enterprise,
    topics_of_reader,
)

from distribution import audience, issues, topics
from distribution.app import App
from distribution.models import Interest, Topic
from distribution.models import TopicRule as RuleRow
from distribution.topics import MergedTopic, NameTaken, SameTopic, WordRule
from distribution.words import RuleField, TopicOrigin

CODES = ("policy", "equipment", "education", "industry", "shanxi", "quality", "technology")


def merged(session: Session, *pairs: tuple[str, str]) -> None:
    for old, into in pairs:
        topics.merge(session, old, into)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("shanxi quality", "industry quality"),
        ("quality shanxi", "quality industry"),
        ("shanxi quality industry", "industry quality"),
        ("industry quality shanxi", "industry quality"),
        ("quality industry shanxi", "quality industry"),
        ("quality shanxi policy industry", "quality industry policy"),
        ("quality", "quality"),
        ("industry", "industry"),
    ],
)
def test_who_chose_either_has_the_one_at_the_better_place(
    app: App, session: Session, before: str, after: str
) -> None:
    reader(session, app, "li", *before.split())
    enterprise(session, app, "汾河机床厂", *before.split())

    merged(session, ("shanxi", "industry"))

    assert topics_of_reader(session, "li") == after.split()
    assert topics_of_enterprise(session, "汾河机床厂") == after.split()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_merged_nobody_loses_or_doubles_a_topic(app: App, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(CODES), unique=True))
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES))))
    now = {code: code for code in CODES}
    session = Session(app.engine)
    with session.begin() as transaction:
        reader(session, app, "li", *chosen)
        for old, into in pairs:
            if now[old] == old and now[into] != old:
                topics.merge(session, old, into)
                target = now[into]
                now = {code: target if it == old else it for code, it in now.items()}
        expected = list(dict.fromkeys(now[code] for code in chosen))
        assert topics_of_reader(session, "li") == expected
        assert topics.successors(session) == {c: it for c, it in now.items() if c != it}
        assert codes(session) == [code for code in CODES if now[code] == code]
        transaction.rollback()
    session.close()


def test_what_named_the_old_topic_still_finds_it(session: Session) -> None:
    merged(session, ("shanxi", "industry"))

    assert "shanxi" not in codes(session)
    assert topics.names(session)["shanxi"] == "省内信息"
    assert list(topics.names(session))[-1] == "shanxi"
    for word in ("shanxi", "省内信息", "省内 信息"):
        assert [topic.code for topic in topics.resolve(session, [word])] == ["industry"]
    both = topics.resolve(session, ["shanxi", "industry"])
    assert [topic.code for topic in both] == ["industry"]


def test_a_chain_of_merges_leads_to_its_end(session: Session) -> None:
    merged(session, ("shanxi", "industry"), ("industry", "policy"), ("policy", "quality"))

    assert topics.resolve(session, ["shanxi"])[0].code == "quality"
    assert topics.successors(session) == dict.fromkeys(("shanxi", "industry", "policy"), "quality")


def test_merging_into_a_merged_topic_merges_into_what_it_became(session: Session) -> None:
    merged(session, ("shanxi", "industry"), ("policy", "shanxi"))

    assert topics.successors(session)["policy"] == "industry"


def test_a_topic_does_not_become_part_of_itself(session: Session) -> None:
    with pytest.raises(SameTopic):
        topics.merge(session, "shanxi", "省内信息")
    merged(session, ("shanxi", "industry"))
    with pytest.raises(SameTopic):
        topics.merge(session, "industry", "shanxi")


def test_a_merged_topic_does_not_change_any_more(session: Session) -> None:
    merged(session, ("shanxi", "industry"))

    for change in (
        lambda: topics.merge(session, "shanxi", "policy"),
        lambda: topics.rename(session, "shanxi", "甲"),
        lambda: topics.move(session, "省内信息", 1),
    ):
        with pytest.raises(MergedTopic, match="请改用 industry"):
            change()


def test_the_name_of_a_merged_topic_stays_taken(session: Session) -> None:
    merged(session, ("shanxi", "industry"))

    with pytest.raises(NameTaken, match="已并入别的主题"):
        topics.add(session, "province", "省内信息")


def test_sections_and_rules_move_and_none_is_doubled(session: Session) -> None:
    same = WordRule(RuleField.TITLE, ("经济运行", "稳增长"))
    topics.add_rule(session, "shanxi", same)

    merged(session, ("shanxi", "industry"))

    (rule,) = [one for one in topics.rules(session) if one.code == "industry"]
    assert rule.sections == ("行业资讯", "省内信息")
    assert rule.words == (same, WordRule(RuleField.TITLE, ("山西",)))
    assert session.scalar(select(func.count()).select_from(RuleRow)) == 7


def test_articles_move_also_in_approved_issues(app: App) -> None:
    texts = (("省内信息", "甲"), ("省内信息", "稳增长"), ("行业资讯", "山西乙"))
    key = issue(app, *texts, approved=True)
    with app.transaction() as session:
        assert topics_of_article(session, key, 2) == ["shanxi", "industry"]
        topics.merge(session, "shanxi", "industry")

        assert [topics_of_article(session, key, number) for number in (1, 2, 3)] == [
            ["industry"]
        ] * 3
        row = issues.find_issue(session, key)
        _, both, third = issues.load_issue(session, row.id).articles
        (reason,) = both.reasons
        assert (reason.origin, reason.evidence) == (TopicOrigin.SECTION, ("省内信息", "稳增长"))
        assert third.reasons[0].evidence == ("行业资讯", "山西")


def test_an_editors_topic_stays_the_last_word(app: App) -> None:
    key = issue(app, ("质量管理", "甲"))
    with app.transaction() as session:
        issues.Desk(session, key, by="test", at=SEPTEMBER).edit(1, {"topics": ("shanxi",)})
        topics.merge(session, "shanxi", "industry")
        assert topics_of_article(session, key) == ["industry"]
        issues.retopic(session)

        assert topics_of_article(session, key) == ["industry"]


def test_a_new_issue_finds_the_way_of_the_moved_section(app: App) -> None:
    with app.transaction() as session:
        topics.merge(session, "shanxi", "industry")
    key = issue(app, ("省内信息", "甲"))

    with app.reading() as session:
        assert topics_of_article(session, key) == ["industry"]


def test_a_merge_is_told_before_it_is_done(app: App, session: Session) -> None:
    reader(session, app, "li", "shanxi")
    reader(session, app, "wu", "shanxi", "industry")
    enterprise(session, app, "汾河机床厂", "shanxi")

    told = topics.merger(session, "shanxi", "industry")

    assert (told.subscribers, told.enterprises, told.articles) == (2, 1, 0)
    assert (told.sections, told.rules) == (("省内信息",), 1)
    assert topics.merge(session, "shanxi", "industry") == told


def test_followers_are_counted(app: App, session: Session) -> None:
    reader(session, app, "li", "shanxi", "policy")
    enterprise(session, app, "汾河机床厂", "shanxi")

    counts = topics.followers(session)

    assert (counts["shanxi"], counts["policy"], counts["quality"]) == ((1, 1), (1, 0), (0, 0))


def test_a_choice_made_while_topics_merge_is_not_lost(app: App) -> None:
    """Whichever comes first, nobody is left with a topic that is none any more."""
    with app.transaction() as session:
        for number in range(30):
            reader(session, app, f"r{number}", "industry" if number % 2 else "quality")

    def choose() -> None:
        for number in range(30):
            with app.transaction() as session:
                row = audience.find_subscriber(session, f"r{number}@sanjin.example")
                wishes = audience.Wishes(topics=["policy", "shanxi", "industry"])
                audience.set_interests(session, row, wishes, by="test")

    choosing = threading.Thread(target=choose)
    choosing.start()
    with app.transaction() as session:
        topics.merge(session, "shanxi", "industry")
    choosing.join()

    with app.reading() as session:
        merged_away = select(Interest).join(Topic).where(Topic.merged_into.is_not(None))
        assert session.scalars(merged_away).all() == []
        found = Counter(tuple(topics_of_reader(session, f"r{number}")) for number in range(30))
    assert found == {("policy", "industry"): 30}

"""Which articles are in whose mail."""

from dataclasses import replace

from digest_samples import TOPICS, choose, make_article, select
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.digests import Choice, Interests
from distribution.digests.selecting import FOR_ALL, OWN
from distribution.issues import Limit, StoredArticle
from distribution.words import MailFormat, Omission, Reason, TopicsFrom, Tracking

SECTION_NAMES = [TOPICS["policy"], TOPICS["quality"], "其他"]

ISSUE = (
    make_article(1, "policy"),
    make_article(2, "equipment"),
    make_article(3, "policy", "quality", must_carry=True),
    make_article(4, "quality", title="ＡＩ 质检上线"),
    make_article(5, "science", paragraphs=("某矿的煤矿智能化改造。",)),
    make_article(6, "policy"),
)
CODES = ["policy", "equipment", "quality", "science", "nowhere"]
topics = st.lists(st.sampled_from(CODES), unique=True, max_size=4).map(tuple)
words = st.lists(st.sampled_from(["智能", "AI", "标题", "无此词", " "]), unique=True).map(tuple)
readers = st.builds(Interests, topics, words, st.booleans(), st.sampled_from(TopicsFrom))
articles = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.sampled_from(CODES), unique=True, max_size=2)),
    min_size=1,
    max_size=9,
).map(
    lambda drawn: [
        make_article(i, *codes, must_carry=fate == 1, lead=fate == 2 and i == len(drawn))
        for i, (fate, codes) in enumerate(drawn, 1)
    ]
)


def numbers(*choices: object, **options: object) -> list[tuple[int, Reason, str]]:
    chosen = choose(ISSUE, *choices, **options)  # type: ignore[arg-type]
    return [(choice.article - 100, choice.reason, choice.detail) for choice in chosen]


def test_must_carry_comes_first_then_topics_in_the_readers_order() -> None:
    assert numbers(Interests(("quality", "policy"))) == [
        (3, Reason.MUST_CARRY, "quality"),
        (4, Reason.TOPIC, "quality"),
        (1, Reason.TOPIC, "policy"),
        (6, Reason.TOPIC, "policy"),
    ]


def test_who_wants_mail_only_where_something_matches_gets_all_or_nothing_of_it() -> None:
    def wanting(*interests: object) -> list[int]:
        wish = Interests(*interests, when_matching=True)  # type: ignore[misc,arg-type]
        return [number for number, _, _ in numbers(wish)]

    assert wanting(("science",)) == [3, 5, 1]
    assert wanting(("nowhere",)) == []  # what the editor recommends to all is no match
    assert wanting(("nowhere",), ("智能",)) != []
    assert wanting(()) == [3, 1, 2, 4, 5, 6]  # who follows nothing wants the whole contents
    assert wanting(("nowhere",), (), True) == [3, 1, 2, 4, 5, 6]  # the standard edition is for all


def test_topics_by_role_or_industry_are_named_as_default() -> None:
    assert numbers(Interests(("science",), topics_from=TopicsFrom.DEFAULT), minimum=0) == [
        (3, Reason.MUST_CARRY, ""),
        (5, Reason.DEFAULT, "science"),
    ]


def test_topics_of_the_enterprise_are_named_as_such() -> None:
    assert numbers(Interests(("science",), topics_from=TopicsFrom.ENTERPRISE), minimum=0) == [
        (3, Reason.MUST_CARRY, ""),
        (5, Reason.ENTERPRISE, "science"),
    ]


def test_a_watch_word_is_found_in_any_width_and_case_and_in_paragraphs() -> None:
    assert numbers(Interests(("elsewhere",), ("ai", "煤矿智能化")), minimum=0) == [
        (3, Reason.MUST_CARRY, ""),
        (4, Reason.WATCH_WORD, "ai"),
        (5, Reason.WATCH_WORD, "煤矿智能化"),
    ]


def test_a_blank_watch_word_matches_nothing() -> None:
    assert numbers(Interests(("equipment",), (" ",)), minimum=0)[1:] == [
        (2, Reason.TOPIC, "equipment")
    ]


def test_a_word_does_not_match_across_two_paragraphs() -> None:
    split = make_article(7, title="无关", summary="", paragraphs=("全省煤矿", "智能化"))
    assert choose([split], Interests(("elsewhere",), ("煤矿智能",)), minimum=0) == ()


def test_without_any_interest_the_whole_contents_are_sent() -> None:
    assert [number for number, _, _ in numbers(Interests(()))] == [3, 1, 2, 4, 5, 6]
    assert {reason for _, reason, _ in numbers(Interests(()))[1:]} == {Reason.CONTENTS}


def test_the_standard_edition_ignores_interests() -> None:
    assert numbers(Interests(("quality",), ("AI",), standard=True)) == numbers(Interests(()))


def test_one_article_of_a_new_topic_is_shown() -> None:
    assert numbers(Interests(("equipment",)), discovery=["policy"], minimum=0) == [
        (3, Reason.MUST_CARRY, ""),
        (2, Reason.TOPIC, "equipment"),
        (1, Reason.DISCOVERY, "policy"),
    ]


def test_a_topic_that_is_followed_needs_no_discovery() -> None:
    chosen = numbers(Interests(("equipment",)), discovery=["equipment"], minimum=0)
    assert Reason.DISCOVERY not in [reason for _, reason, _ in chosen]


def test_nothing_is_a_discovery_for_who_follows_no_topic() -> None:
    wholly = numbers(Interests(()), discovery=["policy", "science"])
    assert wholly == numbers(Interests(()))
    worded = numbers(Interests((), ("智能",)), discovery=["policy"])
    assert Reason.DISCOVERY not in [reason for _, reason, _ in worded]


def test_a_leading_article_that_is_already_in_is_not_replaced_by_the_next() -> None:
    chosen = numbers(Interests(("equipment",)), discovery=["quality"], minimum=0)
    assert [number for number, _, _ in chosen] == [3, 2]


def test_a_mail_below_the_minimum_is_filled_up() -> None:
    assert numbers(Interests(("nowhere",)), minimum=3) == [
        (3, Reason.MUST_CARRY, ""),
        (1, Reason.FILL, ""),
        (2, Reason.FILL, ""),
    ]


def test_the_order_in_which_articles_are_handed_in_does_not_matter() -> None:
    reader = Interests(("quality",), ("AI",))
    assert select(ISSUE[::-1], reader) == select(ISSUE, reader)


def test_where_the_leading_article_is_in_already_the_next_topic_is_tried() -> None:
    chosen = numbers(Interests(("equipment",)), discovery=["quality", "science"], minimum=0)
    assert chosen[-1] == (5, Reason.DISCOVERY, "science")


def test_the_lead_opens_every_mail_and_what_must_be_carried_follows() -> None:
    issue = (*ISSUE[:5], make_article(6, "policy", lead=True))
    for reader in (Interests(("quality",)), Interests(()), Interests((), standard=True)):
        first, second, *_ = choose(issue, reader)
        assert (first.article, first.reason) == (106, Reason.LEAD)
        assert (second.article, second.reason) == (103, Reason.MUST_CARRY)


def test_what_all_get_names_the_interest_it_would_be_there_for() -> None:
    def said(*interests: object) -> Choice:
        return choose(ISSUE, Interests(*interests))[0]  # type: ignore[arg-type]

    assert said(("science", "quality")) == Choice(103, Reason.MUST_CARRY, "quality")
    assert said(("science",), ("第 3 条",)) == Choice(103, Reason.MUST_CARRY, "第 3 条")
    assert said(("science",)) == Choice(103, Reason.MUST_CARRY, "")
    assert said(("quality",), (), True) == Choice(103, Reason.MUST_CARRY, "")


def test_who_follows_only_what_must_be_carried_has_a_match() -> None:
    issue = [make_article(1, "policy"), make_article(2, "quality", must_carry=True)]
    reader = Interests(("quality",), when_matching=True)
    assert [choice.article for choice in choose(issue, reader, minimum=0)] == [102]


def test_a_section_gives_no_more_than_the_editor_wants() -> None:
    issue = [make_article(at, "quality", section="省内信息") for at in range(1, 6)]
    chosen = select(issue, Interests(("quality",)), limits=[Limit("省内信息", most=2)])
    assert [choice.article for choice in chosen.choices] == [101, 102]
    assert [omitted.article for omitted in chosen.omitted] == [103, 104, 105]
    assert {(one.reason, one.detail) for one in chosen.omitted} == {
        (Omission.SECTION_FULL, "省内信息")
    }


def test_a_limit_yields_to_must_carry_and_to_the_readers_own_words() -> None:
    issue = [
        make_article(1, "policy", section="要闻"),
        make_article(2, "policy", section="要闻", must_carry=True),
        make_article(3, "policy", section="要闻", title="煤矿智能化"),
    ]
    reader = Interests(("policy",), ("煤矿",))
    chosen = select(issue, reader, limits=[Limit("要闻", most=1)])
    assert [choice.article for choice in chosen.choices] == [102, 103]
    assert [omitted.article for omitted in chosen.omitted] == [101]


def test_a_word_takes_no_place_from_a_topic_where_a_section_is_limited() -> None:
    issue = [
        make_article(1, "policy", section="要闻"),
        make_article(2, "policy", section="要闻", title="煤矿智能化"),
    ]
    reader = Interests(("policy",), ("煤矿",))
    chosen = select(issue, reader, limits=[Limit("要闻", most=1)])
    assert [(choice.article, choice.reason) for choice in chosen.choices] == [
        (101, Reason.TOPIC),
        (102, Reason.WATCH_WORD),
    ]


def test_the_whole_contents_know_no_limit() -> None:
    limits = [Limit("政策措施", most=1)]
    for reader in (Interests(()), Interests(("policy",), standard=True)):
        assert len(choose(ISSUE, reader, limits=limits)) == len(ISSUE)


def test_a_section_gives_at_least_what_the_editor_wants_and_says_so() -> None:
    issue = [make_article(1, "quality"), *(make_article(at, "policy") for at in (2, 3, 4))]
    wanted = [Limit("政策措施", least=2, label="本省要闻")]
    chosen = choose(issue, Interests(("quality",)), limits=wanted, minimum=0)
    assert chosen[1:] == (
        Choice(102, Reason.SECTION, "本省要闻"),
        Choice(103, Reason.SECTION, "本省要闻"),
    )
    unnamed = choose(issue, Interests(("quality",)), limits=[Limit("政策措施", least=1)], minimum=0)
    assert unnamed[1].detail == "栏目要闻：政策措施"


limits = st.lists(
    st.builds(
        lambda section, least, more: Limit(section, least, None if more < 0 else least + more or 1),
        st.sampled_from([*SECTION_NAMES, "没有的栏目"]),
        st.integers(0, 2),
        st.integers(-1, 2),
    ),
    max_size=3,
    unique_by=lambda limit: limit.section,
)


@settings(deadline=None)
@given(articles, readers, st.lists(st.sampled_from(CODES)), limits, st.integers(1, 5))
def test_no_mail_breaks_a_promise(
    issue: list[StoredArticle],
    reader: Interests,
    discovery: list[str],
    wanted: list[Limit],
    minimum: int,
) -> None:
    selected = select(issue, reader, discovery=discovery, limits=wanted, minimum=minimum)
    assert selected == select(issue, reader, discovery=discovery, limits=wanted, minimum=minimum)
    chosen = selected.choices
    ids = [choice.article for choice in chosen]
    assert ids, "never empty"
    assert len(set(ids)) == len(ids)
    assert set(ids) >= {stored.id for stored in issue if stored.must_carry or stored.lead}
    assert not set(ids) & {omitted.article for omitted in selected.omitted}
    for choice in chosen:
        needs_detail = OWN | {Reason.DISCOVERY, Reason.SECTION}
        assert choice.reason in FOR_ALL or bool(choice.detail) == (choice.reason in needs_detail)
    whole = reader.standard or not reader.topics
    if whole:
        assert len(ids) == len(issue)
        return
    by_id = {stored.id: stored for stored in issue}
    for limit in wanted:
        inside = [one for one in chosen if by_id[one.article].article.section == limit.section]
        of_it = [stored for stored in issue if stored.article.section == limit.section]
        assert len(inside) >= min(limit.least, len(of_it))
        for_all = sum(choice.reason in FOR_ALL for choice in inside)
        words = sum(choice.reason is Reason.WATCH_WORD for choice in inside)
        assert limit.most is None or len(inside) <= max(limit.most, for_all) + words
    if not wanted:
        assert len(ids) >= min(minimum, len(issue))


@settings(deadline=None)
@given(articles, topics, words, st.sampled_from(CODES), limits)
def test_one_more_interest_loses_no_article_of_another(
    issue: list[StoredArticle],
    followed: tuple[str, ...],
    watched: tuple[str, ...],
    more: str,
    wanted: list[Limit],
) -> None:
    if not followed:
        return  # without interests the whole contents are sent
    before = choose(issue, Interests(followed, watched), limits=wanted)
    after = choose(issue, Interests((*followed, more), (*watched, "消息")), limits=wanted)
    kept = {choice.article for choice in after}
    assert {choice.article for choice in before if choice.own} <= kept


@settings(deadline=None)
@given(articles, readers, limits)
def test_every_article_is_either_chosen_or_accounted_for(
    issue: list[StoredArticle], reader: Interests, wanted: list[Limit]
) -> None:
    selected = select(issue, replace(reader, when_matching=True), limits=wanted)
    if not selected.choices:
        assert {omitted.reason for omitted in selected.omitted} == {Omission.NO_MATCH}
        assert len(selected.omitted) == len(issue)
    told = {one.article for one in (*selected.choices, *selected.omitted)}
    for stored in issue:
        if stored.id not in told:  # it is said that he does not follow it
            text = stored.article.title + stored.article.summary
            assert not set(stored.topics) & set(reader.topics)
            assert not any(word in text for word in reader.watch_words if word.strip())


def test_a_signature_tells_readers_apart_by_everything_that_matters() -> None:
    variants = [
        Interests(("policy", "quality")),
        Interests(("quality", "policy")),
        Interests(("policy",), ("quality",)),
        Interests(("policy", "quality"), standard=True),
        Interests(("policy", "quality"), topics_from=TopicsFrom.ENTERPRISE),
        Interests(("policy", "quality"), topics_from=TopicsFrom.DEFAULT),
        Interests(("policy", "quality"), tracking=Tracking.DENIED),
        Interests(("policy", "quality"), when_matching=True),
        Interests(("policy", "quality"), format=MailFormat.TEXT),
    ]
    assert len({reader.signature() for reader in variants}) == len(variants)


def test_a_signature_stays_the_same_for_ever() -> None:
    signature = Interests(("policy",), ("煤矿智能化",)).signature()
    assert signature == "740bd05cb3e02ee37e0dea601619c80d49bfc7ffe380701c793c992814dff542"


def test_who_has_only_watch_words_gets_them_first_and_then_the_whole_contents() -> None:
    chosen = numbers(Interests((), ("ai",)))
    assert (4, Reason.WATCH_WORD, "ai") in chosen
    assert len(chosen) == len(ISSUE)

"""Which articles are in whose mail."""

from digest_samples import make_article
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.digests import Interests, select
from distribution.digests.selecting import OWN
from distribution.issues import StoredArticle
from distribution.words import MailFormat, Reason, TopicsFrom, Tracking

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
    st.tuples(st.booleans(), st.lists(st.sampled_from(CODES), unique=True, max_size=2)),
    min_size=1,
    max_size=9,
).map(lambda drawn: [make_article(i, *t, must_carry=m) for i, (m, t) in enumerate(drawn, 1)])


def numbers(*choices: object, **options: object) -> list[tuple[int, Reason, str]]:
    chosen = select(ISSUE, *choices, **options)  # type: ignore[arg-type]
    return [(choice.article - 100, choice.reason, choice.detail) for choice in chosen]


def test_must_carry_comes_first_then_topics_in_the_readers_order() -> None:
    assert numbers(Interests(("quality", "policy"))) == [
        (3, Reason.MUST_CARRY, ""),
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
    assert select([split], Interests(("elsewhere",), ("煤矿智能",)), minimum=0) == ()


def test_without_any_interest_the_whole_contents_are_sent() -> None:
    assert [number for number, _, _ in numbers(Interests(()))] == [3, 1, 2, 4, 5, 6]
    assert {reason for _, reason, _ in numbers(Interests(()))[1:]} == {Reason.CONTENTS}


def test_the_standard_edition_ignores_interests() -> None:
    assert numbers(Interests(("quality",), ("AI",), standard=True)) == numbers(Interests(()))


def test_one_article_of_a_new_topic_is_shown() -> None:
    assert numbers(Interests(("equipment",)), discovery="policy", minimum=0) == [
        (3, Reason.MUST_CARRY, ""),
        (2, Reason.TOPIC, "equipment"),
        (1, Reason.DISCOVERY, "policy"),
    ]


def test_a_topic_that_is_followed_needs_no_discovery() -> None:
    chosen = numbers(Interests(("equipment",)), discovery="equipment", minimum=0)
    assert Reason.DISCOVERY not in [reason for _, reason, _ in chosen]


def test_a_leading_article_that_is_already_in_is_not_replaced_by_the_next() -> None:
    chosen = numbers(Interests(("equipment",)), discovery="quality", minimum=0)
    assert [number for number, _, _ in chosen] == [3, 2]


def test_a_mail_below_the_minimum_is_filled_up() -> None:
    assert numbers(Interests(("nowhere",)), minimum=3) == [
        (3, Reason.MUST_CARRY, ""),
        (1, Reason.CONTENTS, ""),
        (2, Reason.CONTENTS, ""),
    ]


def test_the_order_in_which_articles_are_handed_in_does_not_matter() -> None:
    reader = Interests(("quality",), ("AI",))
    assert select(ISSUE[::-1], reader) == select(ISSUE, reader)


@settings(deadline=None)
@given(articles, readers, st.sampled_from([None, *CODES]), st.integers(0, 5))
def test_no_mail_breaks_a_promise(
    issue: list[StoredArticle], reader: Interests, discovery: str | None, minimum: int
) -> None:
    chosen = select(issue, reader, discovery=discovery, minimum=minimum)
    ids = [choice.article for choice in chosen]
    assert len(set(ids)) == len(ids)
    assert set(ids) >= {stored.id for stored in issue if stored.must_carry}
    assert len(ids) >= min(minimum, len(issue))
    assert all(isinstance(choice.reason, Reason) for choice in chosen)
    needs_detail = OWN | {Reason.DISCOVERY}
    assert all(bool(choice.detail) == (choice.reason in needs_detail) for choice in chosen)


@settings(deadline=None)
@given(articles, topics, words, st.sampled_from(CODES))
def test_one_more_interest_loses_no_article_of_another(
    issue: list[StoredArticle], followed: tuple[str, ...], watched: tuple[str, ...], more: str
) -> None:
    own = {Reason.MUST_CARRY, Reason.TOPIC, Reason.WATCH_WORD}
    if not followed:
        return  # without interests the whole contents are sent
    before = select(issue, Interests(followed, watched))
    after = select(issue, Interests((*followed, more), (*watched, "消息")))
    kept = {choice.article for choice in after}
    assert {choice.article for choice in before if choice.reason in own} <= kept


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

"""Words that lead articles to topics."""

import pytest

from distribution.topics import Match, TopicRule, WordRule, topics_of
from distribution.words import RuleField

TITLE, TEXT = RuleField.TITLE, RuleField.TEXT


def matched(words: WordRule, title: str = "", text: str = "") -> tuple[str, ...] | None:
    """The evidence of the rule, or None."""
    found = topics_of("", title, text, [TopicRule(1, "a", (), (words,))])
    return found[0].evidence if found else None


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("PLC", "国产 PLC 通过验收"),
        ("PLC", "国产ＰＬＣ通过验收"),
        ("plc", "PLC"),
        ("5G", "5G工厂投产"),
        ("ISO 9001", "通过ISO9001认证"),
        ("质量", "质 量月"),
        ("检测", "无损检测线"),
        ("工业互联网+", "工业互联网＋制造"),
        ("①", "1 号产线"),
    ],
)
def test_a_word_is_found_however_it_is_printed(word: str, title: str) -> None:
    assert matched(WordRule(TITLE, (word,)), title) == (word,)


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("PLC", "PLCxyz 上市"),
        ("PLC", "miniPLC 上市"),
        ("PLC", "PLC2 上市"),
        ("5G", "15G 光模块"),
        ("AI", "MAIN 产线"),
        ("质量", "质地与数量"),
        (" ", "什么都有"),
        ("", "什么都有"),
        (".*", "什么都有"),
    ],
)
def test_a_latin_word_counts_only_whole_and_no_word_is_a_pattern(word: str, title: str) -> None:
    assert matched(WordRule(TITLE, (word,)), title) is None


def test_a_rule_for_titles_does_not_look_into_the_text() -> None:
    assert matched(WordRule(TITLE, ("检测",)), "设备验收", "检测合格。") is None
    assert matched(WordRule(TEXT, ("检测",)), "设备验收", "检测合格。") == ("检测",)
    assert matched(WordRule(TEXT, ("验收",)), "设备验收", "检测合格。") == ("验收",)


def test_no_word_goes_on_in_the_next_paragraph() -> None:
    assert matched(WordRule(TEXT, ("质量",)), "性质", "量具。") is None
    assert matched(WordRule(TEXT, ("质量",)), "", "材质\n量具") is None


def test_all_words_must_be_there_in_any_order() -> None:
    rule = WordRule(TEXT, all_words=("机床", "数控"))

    assert matched(rule, "数控机床") == ("机床", "数控")
    assert matched(rule, "机床", "数控系统") == ("机床", "数控")
    assert matched(rule, "机床") is None


def test_any_word_and_all_words_may_stand_in_one_rule() -> None:
    rule = WordRule(TITLE, any_words=("标准", "检测"), all_words=("铸件",))

    assert matched(rule, "铸件检测") == ("检测", "铸件")
    assert matched(rule, "铸件下线") is None
    assert matched(rule, "检测中心") is None


def test_a_barred_word_stops_its_own_rule_only() -> None:
    barred = WordRule(TITLE, ("质量",), no_words=("空气质量",))
    other = WordRule(TITLE, ("月报",))

    assert matched(barred, "空气质量月报") is None
    found = topics_of("", "空气质量月报", "", [TopicRule(1, "a", (), (barred, other))])
    assert [one.evidence for one in found] == [("月报",)]


def test_the_evidence_names_each_word_once() -> None:
    rules = (WordRule(TITLE, ("质量", "检测")), WordRule(TEXT, ("质量",)))

    found = topics_of("", "质量检测", "质量", [TopicRule(1, "a", (), rules)])

    assert [one.evidence for one in found] == [("质量", "检测")]


def test_a_section_is_its_own_evidence_and_words_do_not_double_it() -> None:
    rules = [TopicRule(1, "a", ("质量管理",), (WordRule(TITLE, ("质量",)),))]

    (match,) = topics_of("质量 管理", "质量月", "", rules)

    assert isinstance(match, Match)
    assert (match.origin, match.evidence) == ("section", ("质量 管理",))


def test_a_rule_of_barred_words_alone_matches_nothing() -> None:
    assert matched(WordRule(TITLE, no_words=("空气",)), "质量月") is None

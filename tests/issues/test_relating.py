"""Which articles of past issues belong to one: topics and rare words of titles, never the same."""

from datetime import date

from distribution.issues import Kinship, Known


def known(id_: int, month: int, title: str, *topics: int) -> Known:
    return Known(id_, f"2026-{month:02}", id_, title, date(2026, month, 1), frozenset(topics))


def related(kinship: Kinship, article_id: int) -> list[int]:
    return [one.id for one in kinship.of(article_id)]


def test_rare_words_weigh_more_than_common_ones() -> None:
    common = [known(number, 6, f"山西企业第{number}次交流", 1) for number in range(1, 11)]
    rare, new = known(11, 7, "氢能叉车下线", 1), known(12, 8, "山西企业的氢能示范", 1)
    assert related(Kinship([*common, rare, new]), 12) == [11, 10, 9, 8]


def test_without_a_common_topic_two_words_must_be_shared() -> None:
    kinship = Kinship(
        [
            known(1, 7, "氢能一", 1),
            known(2, 7, "氢能示范", 1),
            known(3, 8, "氢能示范区", 2),
            known(4, 8, "轴承", 2),
        ]
    )
    assert related(kinship, 3) == [2]
    assert related(kinship, 4) == []


def test_only_articles_of_issues_before_are_related() -> None:
    kinship = Kinship([known(1, 7, "氢能", 1), known(2, 7, "氢能", 1), known(3, 8, "氢能", 1)])
    assert related(kinship, 1) == related(kinship, 2) == []
    assert related(kinship, 3) == [2, 1]
    assert kinship.of(99) == ()


def test_the_best_four_are_enough() -> None:
    kinship = Kinship([known(number, 1 + number // 2, "氢能", 1) for number in range(1, 12)])
    assert len(kinship.of(11)) == 4

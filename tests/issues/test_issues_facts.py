"""What an editor writes is looked at before it is kept."""

import pytest

from distribution.issues import InvalidFact, article_name
from distribution.issues.facts import checked


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"title": " 试点启动 "}, {"title": "试点启动"}),
        ({"source": " "}, {"source": None}),
        ({"date": "2026-9-3"}, {"date": "2026-09-03"}),
        ({"date": "２０２６年９月３日"}, {"date": "2026-09-03"}),
        ({"date": ""}, {"date": None}),
        ({"page": "１２"}, {"page": 12}),
        ({"page": ""}, {"page": None}),
        ({"month": "2026年9月"}, {"month": "2026-09-01"}),
        ({"publishers": ("甲会", "乙院")}, {"publishers": ["甲会", "乙院"]}),
        ({"must_carry": False}, {"must_carry": False}),
    ],
)
def test_facts_are_kept_in_one_form(given: dict[str, object], kept: dict[str, object]) -> None:
    assert checked(given) == kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "标题不能为空"),
        ({"title": "长" * 301}, "最多 300 个"),
        ({"section": " "}, "栏目不能为空"),
        ({"section": "长" * 101}, "最多 100 个"),
        ({"title": "两\n行"}, "控制字符"),
        ({"title": "红\x1b[31m"}, "控制字符"),
        ({"summary": ""}, "摘要不能为空"),
        ({"summary": "长" * 1001}, "最多 1000 个"),
        ({"date": "2026-02-30"}, "日期"),
        ({"date": "昨天"}, "日期"),
        ({"date": "0001-01-01"}, "日期"),
        ({"page": "0"}, "页码"),
        ({"page": "-1"}, "页码"),
        ({"page": "99999999999999999999"}, "页码"),
        ({"month": "2026-13"}, "月份"),
        ({"publishers": ()}, "主办单位"),
        ({"website": "http://" + "a" * 300}, "网址"),
    ],
)
def test_what_cannot_be_stored_is_said_in_a_sentence(given: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidFact) as refused:
        checked(given)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("2023-09/17", ("2023-09", 17)),
        ("2023-07-08/3", ("2023-07-08", 3)),
        ("2023-s1/2", ("2023-s1", 2)),
        (" ２０２３－０９ ／ １７ ", ("2023-09", 17)),
    ],
)
def test_an_article_is_named_by_issue_and_place(given: str, name: tuple[str, int]) -> None:
    assert article_name(given) == name

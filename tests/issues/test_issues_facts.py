"""What an editor writes is looked at before it is kept."""

import pytest

from distribution.issues import InvalidFact, Limit, article_name
from distribution.issues.facts import checked, limit, prose


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


@pytest.mark.parametrize(
    ("given", "before", "kept"),
    [
        ({"least": "2"}, None, Limit("甲", 2)),
        ({"most": "５ "}, None, Limit("甲", 0, 5)),
        ({"most": "5"}, Limit("甲 ", 2, None, "要闻"), Limit("甲", 2, 5, "要闻")),
        ({"most": ""}, Limit("甲", 2, 5), Limit("甲", 2)),
        ({"least": "", "most": "1"}, Limit("甲", 2, 5, "要闻"), Limit("甲", 0, 1)),
        ({"label": ""}, Limit("甲", 2, 5, "要闻"), Limit("甲", 2, 5)),
        ({"least": "20", "most": "50"}, None, Limit("甲", 20, 50)),
    ],
)
def test_a_limit_keeps_what_was_not_given(
    given: dict[str, str], before: Limit | None, kept: Limit
) -> None:
    assert limit("甲", given, before) == kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"least": "21"}, "0 到 20"),
        ({"least": "-1"}, "0 到 20"),
        ({"least": "两"}, "0 到 20"),
        ({"most": "0"}, "1 到 50"),
        ({"most": "51"}, "1 到 50"),
        ({"most": "9" * 5000}, "1 到 50"),
        ({"least": "3", "most": "2"}, "至少 3 篇，却至多 2 篇"),
        ({"least": "0"}, "没有限定篇数"),
        ({"label": "要闻"}, "没有限定篇数"),
        ({"most": "2", "label": "要闻"}, "--least"),
        ({"least": "1", "label": "长" * 21}, "最多 20 个"),
        ({"least": "1", "label": "响\x07铃"}, "控制字符"),
    ],
)
def test_a_limit_that_cannot_be_is_said_in_a_sentence(given: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidFact) as refused:
        limit("甲", given)

    assert said in str(refused.value)


def test_prose_keeps_its_lines_whatever_ends_them() -> None:
    assert prose("note", "\n 甲  \r\n\r\n- 乙\u2028丙\x0b\n") == " 甲\n\n- 乙\n丙"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (" \n\u3000\n", "卷首语不能为空"),
        ("长" * 2001, "有 2001 个字，最多 2000 个"),
        ("红\x1b[31m", "控制字符"),
        ("\ud800", "控制字符"),
    ],
)
def test_prose_that_cannot_be_kept_is_said_in_a_sentence(given: str, said: str) -> None:
    with pytest.raises(InvalidFact) as refused:
        prose("note", given)

    assert said in str(refused.value)

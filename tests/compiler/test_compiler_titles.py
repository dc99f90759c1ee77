"""Titles that are short, shared, or said again by sentences."""

from collections.abc import Callable

from distribution.compiler.content import ReadIssue

Read = Callable[..., ReadIssue]


def test_a_title_may_be_one_word(read: Read) -> None:
    issue = read(
        contents="政策措施\n公告……1\n新型轴承通过验证……2",
        body="公告\n平台暂停服务。\n新型轴承通过验证\n轴承寿命延长。",
    )

    assert [one.paragraphs for one in issue.articles] == [("平台暂停服务。",), ("轴承寿命延长。",)]
    assert issue.complaints == ()


def test_many_articles_may_share_a_title(read: Read) -> None:
    count = 9
    contents = "\n".join(f"简讯……{page}" for page in range(1, count + 1))
    body = "\n".join(f"简讯\n其{page}。" for page in range(1, count + 1))

    issue = read(contents=f"行业资讯\n{contents}", body=body)

    found = [one.paragraphs for one in issue.articles]
    assert found == [(f"其{page}。",) for page in range(1, count + 1)]


def test_a_sentence_that_says_a_title_in_another_article_is_text(read: Read) -> None:
    issue = read(
        body="试点工作正式启动\n新型轴承通过验证。\n详情见后。\n新型轴承通过验证\n轴承寿命延长。"
    )

    assert issue.articles[0].paragraphs == ("新型轴承通过验证。", "详情见后。")
    assert issue.articles[1].paragraphs == ("轴承寿命延长。",)


def test_a_title_that_only_the_body_numbers_is_the_same_title(read: Read) -> None:
    issue = read(body="一、试点工作正式启动\n试点今日启动。\n二、新型轴承通过验证\n轴承寿命延长。")

    assert [one.title for one in issue.articles] == ["试点工作正式启动", "新型轴承通过验证"]
    assert issue.complaints == ()

"""What a reader is told where something cannot be done: a sentence for people."""

import re
from html import unescape

import pytest
from databases import only_sqlite
from web_office import Visitor, contents_of

ODD = "a'\\\t\u200b\u202e\x07\"b"
"""What a programme would spell with backslashes or between its own quotes."""


@pytest.mark.parametrize(
    ("page", "form", "said"),
    [
        ("preferences", {"words": ODD}, "没有保存：关注词“a'\\ \"b”里有看不见的字符"),
        ("preferences", {"do": "move"}, "没有寄出确认信：没有填写邮件地址：请写成 名字@域名"),
        ("preferences", {"do": "move", "email": ODD}, "没有寄出确认信：“a'\\ \"b”里有看不见的字符"),
        ("preferences", {"do": "move", "email": "an"}, "没有寄出确认信：“an”不是邮件地址：请写成"),
        (
            "preferences",
            {"do": "move", "email": "丁@a.example"},
            "没有寄出确认信：@ 前面只能是英文",
        ),
        ("preferences", {"do": "pause", "until": ODD}, "没有暂停：请写一个日期，从明天起，至迟"),
        ("preferences", {"do": "pause", "until": "9999-12-31"}, "没有暂停：请写一个日期"),
        ("unsubscribe", {"do": "why", "words": ODD}, "没有收下：说明“a'\\ \"b”里有看不见的字符"),
        ("unsubscribe", {"do": "pause", "months": "3"}, "没有改动：此前已经退订"),
    ],
)
@only_sqlite
def test_an_error_is_one_sentence_for_people(
    visitor: Visitor, page: str, form: dict[str, str], said: str
) -> None:
    if page == "unsubscribe":
        visitor.client.post(visitor.link(page))
    before = contents_of(visitor.app, but="")

    found = visitor.client.post(visitor.link(page), data={"edition": "standard", **form})

    assert found.status_code == 422
    shown = re.search('<p class="trouble" role="alert">(.*)</p>', found.text)
    assert shown is not None
    sentence = unescape(shown[1])
    assert sentence.startswith(said)
    assert sentence.endswith("。")
    assert sentence.isprintable()
    assert not re.search(r"\\[xutn]", sentence)
    assert contents_of(visitor.app, but="") == before

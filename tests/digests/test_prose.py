"""What an editor writes: safe HTML and a plain text, and nothing of it lost."""

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.digests.prose import CLASSES, read
from distribution.templates import columns

ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "a"}
DEEPEST = 20
LETTERS = "甲乙丙丁戊"
PIECES = [
    *LETTERS, *"*_#[]()<>`~!|&\\\"'=+-{}:，。“”（）", " ", "  ", "\n", "\n\n", "\t", "\u3000",
    "\r\n", "**", "***", "- ", "* ", "1. ", "26) ", "# ", "> ", "    ", "---", "```", "![",
    "](", "<!--", "http://a.example/", "https://b.example/?x=1&y=2", "mailto:a@b.example",
    "javascript:", "-->", "<script>", "</p>", "<a href='x' onclick='y'>", "<img src=x>", "&lt;",
    "&#60;", "{{ 7 }}", "\x00", "\x1b", "\u202e", "\u2028", "\ud800", "👍🏽",
]  # fmt: skip
typed = st.one_of(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.text())


class Page(HTMLParser):
    """What a mail program makes of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.hrefs, self.faults = "", list[str](), list[str]()
        self.open, self.deepest = list[str](), 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "href" and re.match(
                r"(https?://|mailto:)[!-~]+$", value or "", re.IGNORECASE
            ):
                self.hrefs.append(value or "")
            elif (name, value) != ("class", CLASSES.get(tag)) and not (
                (tag, name) == ("ol", "start") and (value or "").isdigit()
            ):
                self.faults.append(f"{tag} {name}={value!r}")
        if tag not in ALLOWED:
            self.faults.append(tag)
        if tag != "br":
            self.open.append(tag)
        self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.faults.append(data)


def letters(text: str) -> list[str]:
    return [letter for letter in unquote(text) if letter in LETTERS]


@given(typed)
def test_whatever_is_written_the_html_holds_only_what_is_allowed(markdown: str) -> None:
    page = Page(read(markdown).html)

    assert (page.faults, page.open) == ([], [])
    assert page.deepest <= DEEPEST


@given(typed)
def test_whatever_is_written_the_text_part_loses_nothing(markdown: str) -> None:
    assert letters(read(markdown).text) == letters(markdown)


@given(typed)
def test_whatever_is_written_the_html_loses_nothing(markdown: str) -> None:
    page = Page(read(markdown).html)

    assert not Counter(letters(markdown)) - Counter(letters(page.text + "".join(page.hrefs)))


@given(typed)
def test_no_line_of_the_text_holds_what_cannot_be_printed(markdown: str) -> None:
    for line in read(markdown).text.split("\n"):
        assert re.fullmatch("[^\x00-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]*", line)
        assert line == line.rstrip()


@given(st.lists(st.sampled_from([*LETTERS, "，", "。", "\n", "- ", "**"]), max_size=300))
def test_no_line_of_the_text_is_too_long(pieces: list[str]) -> None:
    assert all(columns(line) <= 72 for line in read("".join(pieces)).text.split("\n"))


def test_each_part_has_the_form_of_its_kind() -> None:
    prose = read(
        "## 致读者\n\n本期*共*收 **29** 篇。\n编辑部\n\n"
        "- 见[会员之家](https://a.example/?x=1&y=2)\n"
        "- 写信到 <office@a.example>\n  1. 甲\n  2. 乙\n"
    )

    assert prose.html.splitlines() == [
        '<p class="wp"><strong>致读者</strong></p>',
        '<p class="wp">本期<em>共</em>收 <strong>29</strong> 篇。<br>',
        "编辑部</p>",
        '<ul class="wl">',
        '<li class="wi">见<a href="https://a.example/?x=1&amp;y=2" class="wa">会员之家</a></li>',
        '<li class="wi">写信到 <a href="mailto:office@a.example" class="wa">office@a.example</a>',
        '<ol class="wl">',
        '<li class="wi">甲</li>',
        '<li class="wi">乙</li>',
        "</ol>",
        "</li>",
        "</ul>",
    ]
    assert prose.text.splitlines() == [
        "致读者",
        "",
        "本期共收 29 篇。",
        "编辑部",
        "",
        "  - 见会员之家（https://a.example/?x=1&y=2）",
        "  - 写信到 office@a.example",
        "      1. 甲",
        "      2. 乙",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "{{ 7 * 7 }} {% for x in y %} {# z #}",
        "<script>alert(1)</script>",
        '<p style="color:red" onclick="x">甲</p>',
        "<!-- 甲 -->",
        "&lt;b&gt; &amp; &nbsp; &#60;",
        "[甲](javascript:alert(1))",
        "[甲](data:text/html,x)",
        "[甲](/path) [乙](//a.example)",
        "`code` ~~~ | a | b |",
        "> 引文",
        "[甲]: http://a.example",
    ],
)
def test_what_is_no_markup_of_ours_appears_as_it_was_typed(typed: str) -> None:
    prose = read(typed)

    assert prose.text == typed
    assert Page(prose.html).text == typed
    assert Page(prose.html).hrefs == []


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("**注意：**请带证件", "<strong>注意：</strong>请带证件"),
        ("关于**“五小”**竞赛", "关于<strong>“五小”</strong>竞赛"),
        ("见*《通知》*全文", "见<em>《通知》</em>全文"),
        ("3 * 4 * 5", "3 * 4 * 5"),
        ("a_b_c", "a_b_c"),
    ],
)
def test_stars_mean_emphasis_beside_chinese_punctuation_too(typed: str, html: str) -> None:
    assert read(typed).html == f'<p class="wp">{html}</p>'


def test_an_indent_of_full_width_blanks_begins_a_paragraph() -> None:
    assert read("各位读者：\n\u3000\u3000新年好。\n\u3000\u3000再见。").text.split("\n\n") == [
        "各位读者：",
        "新年好。",
        "再见。",
    ]


def test_a_list_begins_with_the_number_that_was_typed() -> None:
    prose = read("2026. 新年好")

    assert prose.text == "  2026. 新年好"
    assert prose.html.startswith('<ol start="2026" class="wl">')


def test_a_link_shows_its_title_and_without_words_its_address() -> None:
    assert read('[甲](https://a.example "乙")').text == "甲（乙）（https://a.example）"
    assert ">https://a.example</a>" in read("[](https://a.example)").html


@pytest.mark.parametrize(
    "typed",
    [
        "- " * 500 + "甲",
        "\n".join(f"{'  ' * depth}- 甲" for depth in range(200)),
        "*甲 " * 500 + "甲* " * 500,
        "[" * 1000 + "甲" + "](http://a.example)" * 50,
        "> " * 500 + "甲",
    ],
)
def test_what_is_nested_beyond_sense_stays_shallow_and_whole(typed: str) -> None:
    prose = read(typed)

    assert Page(prose.html).deepest <= DEEPEST
    assert letters(prose.text) == letters(typed)


@pytest.mark.parametrize("typed", ["", " \n\u3000\n", "\x00\u202e"])
def test_nothing_stays_nothing(typed: str) -> None:
    assert (read(typed).html, read(typed).text) == ("", "")

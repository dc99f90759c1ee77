"""Letters to readers: both parts say the same, whatever their reader chose, in both schemes."""

import re
from html import unescape
from pathlib import Path

import pytest
from digest_samples import TEMPLATES
from lxml import html as reader  # type: ignore[import-untyped]

from distribution.clock import today
from distribution.compiler import Contact, Masthead
from distribution.digests import RenderedLetter, render_letter
from distribution.templates import BrokenTemplate

CONTACT = Contact("bianji@jikan.example", "0351-1234567", "030000", "太原市示范街 8 号")
HEAD = Masthead(
    "三晋机电通讯", 2026, "", None, None, today(), ("示范联合会", "示范研究院"), CONTACT
)
BARE = Masthead("编辑部", 0, "", None, None, today(), contact=Contact("digest@jikan.example"))
ASKED = {"days": 30, "until": "2026年12月26日", "by_web": False}
SIGNED_UP = ASKED | {"by_web": True}
CHOSEN = {
    "topics": ["质量管理", "政策措施"],
    "watch_words": ["液压", "煤矿<智能>化"],
    "whose": "这些是您自己选择的主题。",
    "only_when_matching": True,
}
NOTHING_CHOSEN = {
    "topics": [],
    "watch_words": (),
    "whose": "您还没有选择主题，先收录每期的全部文章。",
    "only_when_matching": False,
}
TOLD = {
    "title": "请确认新的邮箱",
    "paragraphs": ["您好：一位读者请求改寄到这里。", "链接有效期 7 天，煤矿<智能>化。"],
    "way": "move",
    "label": "确认改用这个邮箱",
}
TOLD_ONLY = {**TOLD, "way": "", "label": ""}
ONLY_HTML = {"确认订阅", "确认改用这个邮箱", "选择自己的关注 ›", "调整关注", "退订"}
"""What links are called; in text the address stands below the same words and a colon."""
BY_ADDRESS = "按钮打不开时，请把这个网址复制到浏览器："
CASES = [
    ("confirm", ASKED),
    ("confirm", SIGNED_UP),
    ("welcome", CHOSEN),
    ("welcome", NOTHING_CHOSEN),
    ("told", TOLD),
    ("told", TOLD_ONLY),
]


def letter(name: str, values: dict[str, object], issue: Masthead = HEAD) -> RenderedLetter:
    return render_letter(TEMPLATES, name, whole(values, issue))


def whole(values: dict[str, object], issue: Masthead = HEAD) -> dict[str, object]:
    links = {f"{kind}_url": f"https://journal.test/{kind}/{'x' * 30}" for kind in KINDS}
    who = {"sender_name": "编辑部", "sender_address": "digest@jikan.example", "issue": issue}
    return {**who, **links, **values}


KINDS = ("confirm", "move", "copy", "preferences", "unsubscribe")


def sentences(page: str) -> list[str]:
    """What a reader sees, piece by piece."""
    body = reader.fromstring(page).find("body")
    return [text for text in (" ".join(text.split()) for text in body.itertext()) if text]


def bare(text: str) -> str:
    return "".join(unescape(text).split())


@pytest.mark.parametrize("issue", [HEAD, BARE], ids=["issue", "none yet"])
@pytest.mark.parametrize(("name", "values"), CASES)
def test_whatever_the_html_says_the_text_says_too(
    name: str, values: dict[str, object], issue: Masthead
) -> None:
    found = letter(name, values, issue)
    _preview, *shown = sentences(found.html)
    text = bare(found.text)

    assert len(shown) > 5
    for piece in shown:
        told = bare(piece.replace(BY_ADDRESS, "点不开时，请把上面的网址复制到浏览器。"))
        assert told in text or (piece in ONLY_HTML and bare(piece.rstrip(" ›")) in text), piece
    for address in re.findall(r'href="([^"]+)"', found.html):
        assert f"\n{address}\n" in found.text  # alone on its line


@pytest.mark.parametrize(("name", "values"), CASES)
def test_what_is_written_about_a_reader_is_no_markup(name: str, values: dict[str, object]) -> None:
    found = letter(name, values)
    assert "<智能>" not in found.html
    assert found.html.count("<script") == 0
    assert max(map(len, found.text.splitlines())) <= 72
    assert "\n\n\n" not in found.text
    assert "{{" not in found.text + found.html + found.subject


@pytest.mark.parametrize(("name", "values"), CASES)
def test_every_style_is_written_into_its_element_and_all_tables_are_layout(
    name: str, values: dict[str, object]
) -> None:
    page = reader.fromstring(letter(name, values).html)
    assert page.get("lang") == "zh-CN"
    assert {table.get("role") for table in page.iter("table")} == {"presentation"}
    named = [item for item in page.find("body").iter() if item.get("class")]
    assert named
    assert [item.tag for item in named if not item.get("style")] == []


def test_the_button_can_be_read_and_hit() -> None:
    page = reader.fromstring(letter("confirm", ASKED).html)
    (button,) = page.find_class("ya")
    style = button.get("style")
    assert re.search(r"[;^]color:#fff(fff)?[;$]", style)
    assert button.getparent().get("bgcolor") == "#9a1b22"
    assert re.search(r"padding:\s*14px 40px", style)  # with its line more than 44 px high


def test_a_subject_is_one_short_line() -> None:
    for name, values in CASES:
        subject = letter(name, values).subject
        assert "\n" not in subject
        assert len(subject) <= 40


@pytest.mark.parametrize("file", ["subject.txt", "body.txt"])
def test_a_template_that_says_nothing_is_refused(tmp_path: Path, file: str) -> None:
    (tmp_path / "welcome").mkdir()
    (tmp_path / "welcome" / file).write_text("{# later #}\n", encoding="utf-8")
    with pytest.raises(BrokenTemplate, match=f"{file} 有误：里面没有任何文字"):
        render_letter([tmp_path, *TEMPLATES], "welcome", whole(CHOSEN))


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ("<script>1</script>", "不能用 <script>"),
        ('<p onclick="x()">x</p>', "onclick"),
        ('<p style="background:url(https://a.example/x.png)">x</p>', "外部内容"),
    ],
)
def test_what_no_mail_may_hold_is_refused_in_a_letter_too(
    tmp_path: Path, extra: str, told: str
) -> None:
    own = tmp_path / "notice" / "body.html"
    own.parent.mkdir()
    own.write_text(f"<!DOCTYPE html><html><body>{extra}</body></html>", encoding="utf-8")
    values = {"title": "题", "lead": "", "lines": [], "advice": "", "sender_name": ""}
    with pytest.raises(BrokenTemplate, match=re.escape(told)) as broken:
        render_letter([tmp_path, *TEMPLATES], "notice", values)
    assert broken.value.file == str(own)

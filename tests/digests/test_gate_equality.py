"""The gate, both parts: who reads plain text misses nothing, and the other way round."""

from dataclasses import replace

import pytest
from digest_samples import PERSONAL, make_article, make_sheet
from gate_samples import choices, errors, judge, mail, sheet, spoilt

from distribution.digests import Sheet
from distribution.digests.gate import Rule, check_sheet
from distribution.digests.wording import reason_label

FIRST = choices()[0].article


def changed(part: str, name: str, old: str, new: str) -> Sheet:
    """The sheet with something else in one piece."""
    pieces = dict(getattr(sheet(), part))
    assert any(old in text for text in pieces[name])
    pieces[name] = tuple(text.replace(old, new) for text in pieces[name])
    return replace(sheet(), **{part: pieces})  # type: ignore[arg-type] # html or text


def test_the_bundled_templates_say_the_same_in_both_parts() -> None:
    assert check_sheet(sheet()) == ()


@pytest.mark.parametrize("part", ["html", "text"])
@pytest.mark.parametrize("word", ["科技日报", "10月18日", "智能采掘", "省级首台", "阅读全文"])
def test_whatever_one_part_lacks_of_an_article_is_found(part: str, word: str) -> None:
    name = f"article-{FIRST}"

    assert (Rule.EQUALITY, name) in errors(check_sheet(changed(part, name, word, "")))


def test_an_address_in_an_article_is_the_same_in_both_parts() -> None:
    article = make_article(
        1,
        "policy",
        title="见https://a.example/x网站",
        summary=f"{'述' * 40}https://b.example/{'y' * 40}。" * 2,
    )

    assert check_sheet(make_sheet(article)) == ()


def test_a_title_missing_in_the_contents_is_found() -> None:
    name = f"contents-{FIRST}"

    assert errors(check_sheet(changed("text", name, "省级", ""))) == [(Rule.EQUALITY, name)] * 2


@pytest.mark.parametrize("slot", ["reason", "click_url"])
def test_a_reason_or_link_missing_in_one_part_is_found(slot: str) -> None:
    name = f"article-{FIRST}"
    parts = sheet().text[name]
    at = parts.index(slot)
    rest = (*parts[: at - 1], parts[at - 1] + parts[at + 1], *parts[at + 2 :])

    spoiled = replace(sheet(), text={**sheet().text, name: rest})

    assert (Rule.EQUALITY, name) in errors(check_sheet(spoiled))


@pytest.mark.parametrize(("part", "where"), [("html", "图文版"), ("text", "纯文本版")])
def test_articles_in_another_order_are_found(part: str, where: str) -> None:
    one, other = (sheet().by_id[choice.article].title[-2:] for choice in choices()[:2])
    content = getattr(mail(), part)
    swapped = content.replace(f"之{one}", "之xx").replace(f"之{other}", f"之{one}")
    swapped = swapped.replace("之xx", f"之{other}")

    assert (Rule.EQUALITY, where) in errors(judge(replace(mail(), **{part: swapped})))


@pytest.mark.parametrize(("part", "where"), [("html", "图文版"), ("text", "纯文本版")])
def test_a_reason_that_is_not_the_reader_s_is_found(part: str, where: str) -> None:
    reason = reason_label(choices()[0], sheet().topics)

    assert errors(judge(spoilt(part, reason, "您关注：别的"))) == [(Rule.EQUALITY, where)]


@pytest.mark.parametrize(
    ("part", "url", "where"),
    [
        ("text", f"{PERSONAL.click_url}/{sheet().articles[0].id - 100}\n", "纯文本版"),
        ("text", PERSONAL.preferences_url, "纯文本版"),
        ("html", PERSONAL.preferences_url, "图文版"),
        ("html", PERSONAL.read_url, "图文版"),
    ],
)
def test_a_link_of_one_part_only_is_found(part: str, url: str, where: str) -> None:
    spoiled = spoilt(part, url, "https://elsewhere.example/")

    assert (Rule.EQUALITY, where) in errors(judge(spoiled))


NOTE = (
    "各位读者：\n\n  1. 请看网站（https://a.example/路径?x=1），下载。\n  2. 来信 office@a.example"
)
NOTE_HTML = (
    '<p>各位读者：</p><ol><li>请看<a href="https://a.example/%E8%B7%AF%E5%BE%84?x=1">网站</a>，下载。'
    "</li><li>来信 office@a.example</li></ol>"
)


def test_the_editor_s_note_stands_in_both_parts() -> None:
    html = mail().html.replace("</h1>", f"</h1>{NOTE_HTML}")
    noted = replace(mail(), html=html, text=f"{NOTE}\n{mail().text}")

    assert errors(judge(noted, notes=[NOTE])) == []
    for spoiled, where in (
        (replace(noted, text=mail().text), "纯文本版"),
        (replace(noted, html=mail().html), "图文版"),
    ):
        assert (Rule.EQUALITY, where) in errors(judge(spoiled, notes=[NOTE]))


def test_a_full_stop_behind_an_address_is_not_part_of_it() -> None:
    added = '</h1><a href="https://a.example/x">网站</a>'
    html = mail().html.replace("</h1>", added)

    noted = replace(mail(), html=html, text=f"See https://a.example/x.\n{mail().text}")

    assert errors(judge(noted)) == []

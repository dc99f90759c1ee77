"""What a mail offers with one click: less of a topic, more of one; and a trap for programmes."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from digest_samples import (
    PERSONAL,
    PUBLICATION,
    TEMPLATES,
    TOPICS,
    choose,
    compose,
    make_issue,
    make_sheet,
)
from gate_samples import choices as good_choices
from gate_samples import errors, judge, warnings
from gate_samples import sheet as good_sheet

from distribution.digests import Choice, Digest, Interests, Sheet, join, render_sheet
from distribution.words import TopicsFrom

ISSUE = make_issue()
OWN = Interests(("quality", "equipment"), ("之12",))
COUNTED = replace(PERSONAL, counted=True)
EXTRAS = ("less", "more", "trap")
PREFERENCES = re.escape(PERSONAL.preferences_url)


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return make_sheet()


def chosen(wishes: Interests) -> tuple[Choice, ...]:
    return tuple(choose(ISSUE.articles, wishes, discovery=["science"]))


def offers(digest: Digest) -> list[tuple[str, str]]:
    """Each heading of the HTML with the way its link leads; empty where it has none."""
    found = re.findall(
        rf'<h2[^>]*>([^<]*)</h2></td></tr>\s*(?:<tr><td[^>]*><a[^>]*href="{PREFERENCES}([^"]*)")?',
        digest.html,
    )
    return [(heading, way) for heading, way in found]


def test_below_each_topic_stands_a_link_to_less_of_it_and_to_more_of_the_discovery(
    sheet: Sheet,
) -> None:
    digest = join(sheet, chosen(OWN), PERSONAL)

    assert offers(digest) == [
        ("质量管理", "/less/quality"),
        ("装备制造", "/less/equipment"),
        ("关注词", ""),
        ("新主题试读", "/more/science"),
    ]
    assert digest.html.count("少看此类") == 2
    assert digest.html.count("多看此类") == 1


def test_the_text_says_the_same_with_each_address_alone_on_its_line(sheet: Sheet) -> None:
    text = join(sheet, chosen(OWN), PERSONAL).text
    for words, way in (("少看此类", "/less/quality"), ("多看此类", "/more/science")):
        assert f"\n{words}：\n{PERSONAL.preferences_url}{way}\n" in text


def test_topics_that_others_chose_can_be_had_less_of_too(sheet: Sheet) -> None:
    theirs = replace(OWN, topics_from=TopicsFrom.ENTERPRISE)
    assert offers(join(sheet, chosen(theirs), PERSONAL))[0] == ("质量管理", "/less/quality")


def test_the_standard_edition_offers_nothing_of_the_kind(sheet: Sheet) -> None:
    digest = join(sheet, chosen(Interests((), standard=True)), PERSONAL)
    assert {way for _, way in offers(digest)} == {""}
    assert "此类" not in digest.html + digest.text


def test_where_clicks_are_counted_one_link_is_there_that_nobody_sees(sheet: Sheet) -> None:
    trap = f"{PERSONAL.click_url}/0"
    plain, counted = (join(sheet, chosen(OWN), one) for one in (PERSONAL, COUNTED))

    assert trap not in plain.html + plain.text + counted.text
    link = rf'<a href="{trap}" tabindex="-1"></a></div>'
    hidden = rf'<div[^>]*style="[^"]*display:none[^"]*"[^>]*>\s*{link}'
    assert len(re.findall(hidden, counted.html)) == counted.html.count(trap) == 1
    assert re.search(r'<div[^>]*aria-hidden="true"[^>]*>\s*<a href="[^"]*/0"', counted.html)
    assert counted.html.index(trap) > counted.html.index("退订")  # far behind the preview
    assert counted.text == plain.text


def test_the_gate_lets_the_trap_pass_and_no_other_link_without_words() -> None:
    digest = join(make_sheet_of_the_good_mail(), good_choices(), COUNTED)
    assert f"{PERSONAL.click_url}/0" in digest.html
    assert (errors(judge(digest)), warnings(judge(digest))) == ([], [])
    shown = replace(digest, html=digest.html.replace("display:none", "display:block"))
    assert errors(judge(shown)) != []


def make_sheet_of_the_good_mail() -> Sheet:
    """The good mail's, with a trap."""
    trap = make_sheet().html["trap"]
    sheet = good_sheet()
    return replace(sheet, html={**sheet.html, "trap": trap}, text={**sheet.text, "trap": ("",)})


def test_the_trap_can_be_switched_off() -> None:
    sheet = render_sheet(ISSUE, TOPICS, TEMPLATES, PUBLICATION, honeypot=False)
    assert "/0" + '"' not in join(sheet, chosen(OWN), COUNTED).html


def test_a_sheet_of_before_makes_its_mails_as_before(sheet: Sheet) -> None:
    stored = sheet.to_json()
    for part in ("html", "text"):
        stored[part] = {name: piece for name, piece in stored[part].items() if name not in EXTRAS}
    old = Sheet.from_json(stored)

    digest = join(old, chosen(OWN), COUNTED)

    assert "此类" not in digest.html + digest.text
    assert f"{PERSONAL.click_url}/0" not in digest.html
    assert compose(old, chosen(OWN), COUNTED)


def test_an_offices_own_templates_may_do_without(tmp_path: Path) -> None:
    for file in ("body.html", "body.txt"):
        lines = (TEMPLATES[0] / "digest" / file).read_text(encoding="utf-8")
        for name in EXTRAS:
            lines = re.sub(rf'{{{{ piece\("{name}"\) }}}}(<.*|.*：\n.*\n)?', "", lines)
        own = tmp_path / "digest" / file
        own.parent.mkdir(exist_ok=True)
        own.write_text(lines, encoding="utf-8")

    own_sheet = render_sheet(ISSUE, TOPICS, [tmp_path, *TEMPLATES], PUBLICATION, honeypot=True)

    assert "此类" not in join(own_sheet, chosen(OWN), COUNTED).html
    assert "质量管理" in join(own_sheet, chosen(OWN), COUNTED).text

"""A sheet holds everything a mail is made of, and is the same wherever it is made."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from digest_samples import (
    MASTHEAD,
    PERSONAL,
    PUBLICATION,
    TEMPLATES,
    TOPICS,
    choose,
    make_article,
    make_issue,
    make_sheet,
)

from distribution.digests import (
    Interests,
    Selected,
    Sheet,
    explain,
    join,
    render_sheet,
)
from distribution.digests.wording import issue_name
from distribution.templates import BrokenTemplate
from distribution.words import Omission

BUNDLED = TEMPLATES[0]


def override(folder: Path, name: str, old: str, new: str) -> list[Path]:
    """An installation's own folder with one file in which one thing is different."""
    text = (BUNDLED / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return [folder, BUNDLED]


def test_the_same_issue_makes_the_same_sheet() -> None:
    assert make_sheet().sha256 == make_sheet().sha256


def test_another_title_makes_another_sheet() -> None:
    one, other = make_article(1, title="甲"), make_article(1, title="乙")
    assert make_sheet(one).sha256 != make_sheet(other).sha256


def test_a_stored_sheet_makes_identical_mails() -> None:
    sheet = make_sheet()
    stored = json.loads(json.dumps(sheet.to_json(), sort_keys=True, ensure_ascii=False))
    again = Sheet.from_json(stored)
    choices = choose(make_issue().articles, Interests(("quality", "policy"), ("装备",)))
    assert join(again, choices, PERSONAL) == join(sheet, choices, PERSONAL)
    assert (again, again.sha256) == (sheet, sheet.sha256)


def test_a_sheet_of_before_there_were_topics_and_advertising_makes_the_same_mails() -> None:
    sheet = make_sheet()
    stored = sheet.to_json() | {"format": 1}
    del stored["commercial"]
    stored["articles"] = [facts[:3] for facts in stored["articles"]]
    choices = choose(make_issue().articles, Interests(("quality",)))
    again = Sheet.from_json(stored)
    assert join(again, choices, PERSONAL) == join(sheet, choices, PERSONAL)
    last = explain(again, Selected(choices), ())[-1]  # nobody knows its topics any more
    assert (last.place, last.words) == (None, Omission.NOT_FOLLOWED.label)


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        message = "a mail was rendered with the help of the network"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    make_sheet()
    link = '<link rel="stylesheet" href="http://127.0.0.1:1/a.css"></head>'
    render_sheet(make_issue(), TOPICS, override(tmp_path, "base.html", "</head>", link))
    rule = "<style>\n@import 'http://127.0.0.1:1/b.css';\n"
    with pytest.raises(BrokenTemplate, match="@import"):
        render_sheet(make_issue(), TOPICS, override(tmp_path, "base.html", "<style>\n", rule))


def test_an_installation_replaces_one_file_and_keeps_the_others(tmp_path: Path) -> None:
    folders = override(tmp_path, "digest/subject.txt", "为您选出", "精选")
    sheet = render_sheet(make_issue(), TOPICS, folders)
    choices = choose(make_issue().articles, Interests(("quality",)))
    assert join(sheet, choices, PERSONAL).subject == "《三晋装备通讯》2026年第11期：精选 3 篇"


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "reason"),
    [
        ("digest/body.txt", "{{ issue_name }}", "{{ issue_nam }}", 3, "没有的值"),
        ("digest/body.txt", "{{ issue_name }}", "{{ reader.name }}", 3, "没有的值"),
        ("digest/body.txt", "{{ issue_name }}", "{% if %}", 3, "语法错误"),
        ("digest/body.txt", "{{ issue_name }}", "{{ 1 // 0 }}", 3, "无法计算"),
        ("digest/body.txt", "{{ issue_name }}", "{{ ''.__class__.mro() }}", 3, "不允许"),
        ("digest/body.txt", "{{ issue_name }}", "{% include 'no.txt' %}", None, "找不到"),
        ("digest/body.txt", "{{ reader.count }}", "{{ reader.count|length }}", None, None),
        ("digest/body.txt", "{{ reader.count }}", "{{ reader.count[:24] }}", None, "被改动"),
        ("digest/body.txt", "{{ issue_name }}", "{{ reader.reason }}", None, "不能用"),
        ("digest/body.txt", '{{ piece("heading") }}', "", None, "缺少 piece：heading"),
        ("digest/body.txt", '{{ piece("heading") }}', '{{ piece("foot") }}', None, "两次"),
        ("digest/body.html", '{{ piece("end") }}', '{{ piece("last") }}', None, "缺少 piece：end"),
        (
            "digest/body.html",
            '{{ piece("end") }}',
            '{{ piece("end") }}{{ piece("last") }}',
            None,
            r'没有 piece\("last"\)',
        ),
        ("digest/subject.txt", "{{ reader.count }}", "{{ reader.read_url }}", None, "主题里不能用"),
        (
            "digest/subject.txt",
            "《{{ issue.publication }}》{{ issue_name }}：全部 {{ reader.count }} 篇",
            "",
            None,
            r'piece\("whole"\) 是空的',
        ),
        (
            "digest/body.html",
            ">退订</a>",
            ">{{ reader.read_url }}{{ reader.read_url }}</a>",
            None,
            "应写在属性里",
        ),
        ("base.html", ".b{", ".b:has(> p){", None, None),
    ],
)
def test_a_broken_template_is_named_with_its_line(
    tmp_path: Path, name: str, old: str, new: str, line: int | None, reason: str | None
) -> None:
    folders = override(tmp_path, name, old, new)
    if reason is None:  # harmless
        render_sheet(make_issue(), TOPICS, folders)
        return
    with pytest.raises(BrokenTemplate, match=reason) as caught:
        render_sheet(make_issue(), TOPICS, folders)
    assert caught.value.line == line
    assert caught.value.file in {str(tmp_path / name), "no.txt"}


def test_without_templates_the_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenTemplate, match=r"subject\.txt.*找不到"):
        render_sheet(make_issue(), TOPICS, [tmp_path])


def test_a_subject_laid_out_over_lines_becomes_one_line(tmp_path: Path) -> None:
    folders = override(tmp_path, "digest/subject.txt", "为您选出", "\n为您\n选出")
    choices = choose(make_issue().articles, Interests(("quality",)))
    assert "\n" not in join(render_sheet(make_issue(), TOPICS, folders), choices, PERSONAL).subject


def test_the_publication_itself_is_the_sender_unless_another_is_named() -> None:
    assert render_sheet(make_issue(), TOPICS, TEMPLATES).publication.sender_name == "三晋装备通讯"
    assert make_sheet().publication == PUBLICATION


def test_an_issue_too_long_for_one_mail_gets_shorter_summaries() -> None:
    long = make_issue(
        *(make_article(at, "policy", title="长" * 50, summary="述" * 120) for at in range(1, 37))
    )
    sheet = render_sheet(long, TOPICS, TEMPLATES, PUBLICATION)
    digest = join(sheet, choose(long.articles, Interests(())), PERSONAL)
    assert len(digest.html.encode()) < 69 * 1024
    assert "述" * 20 in digest.html
    assert "述" * 120 not in digest.html


def test_a_colophon_that_says_nothing_leaves_no_empty_labels() -> None:
    bare = replace(MASTHEAD, publishers=(), contact=type(MASTHEAD.contact)(), total_number=None)
    issue = replace(make_issue(), masthead=bare)
    digest = join(
        render_sheet(issue, TOPICS, TEMPLATES), choose(issue.articles, Interests(())), PERSONAL
    )
    for part in (digest.html, digest.text):
        assert not [word for word in ("主办：", "地址：", "电话：", "None", "总第") if word in part]


def test_an_issue_is_named_as_its_readers_do() -> None:
    names = {
        label: issue_name(replace(MASTHEAD, label=label)) for label in ("09", "07-08", "s1", "特刊")
    }
    assert names == {
        "09": "2026年第9期",
        "07-08": "2026年第7—8期合刊",
        "s1": "2026年增刊第1期",
        "特刊": "2026年特刊",
    }

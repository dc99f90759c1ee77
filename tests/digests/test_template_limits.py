"""A template that is hostile or only clumsy is refused with its place, and harms nobody."""

import json
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from digest_samples import MASTHEAD, PUBLICATION, TEMPLATES, TOPICS, make_issue
from markupsafe import Markup

from distribution.digests import render_sheet
from distribution.issues import Contract
from distribution.room import Limits
from distribution.templates import (
    BrokenTemplate,
    Marks,
    RenderedMail,
    Templates,
    unused_overrides,
)
from distribution.templates.files import read_sources
from distribution.templates.order import (
    Order,
    answer_from_bytes,
    answer_to_bytes,
    plain,
    revived,
)
from distribution.templates.printing import print_mail

LIMITS = Limits(256 * 1024 * 1024, timedelta(seconds=2))
LOOPS = (
    "正文\n{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}"
    "{% set d = a * b %}{% endfor %}{% endfor %}{% endfor %}"  # all on the second line
)
HTML = "<html><body><p>正文</p></body></html>"


def make_mail(folder: Path, text: str = "正文\n", html: str = HTML, **others: str) -> list[Path]:
    """A folder with one mail, `short`; names of other files are written with two underscores."""
    files = {"short__subject": "题目", "short__body": text, **others}
    for name, content in files.items():
        path = folder / (name.replace("__", "/") + ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / "short/body.html").write_text(html, encoding="utf-8")
    return [folder]


def here(folders: list[Path]) -> RenderedMail:
    """Render in this process: for what needs no wall around it."""
    return print_mail(Order("short", read_sources(folders), {}, None))


def refusal(folders: list[Path], *, apart: bool = False) -> BrokenTemplate:
    with pytest.raises(BrokenTemplate) as caught:
        Templates(folders, LIMITS).render("short", {}) if apart else here(folders)
    return caught.value


@pytest.mark.parametrize(
    "bomb",
    [
        '{{ "x" * 10**9 }}',
        "{{ ([1] * 10**9)|length }}",
        '{{ "%1000000000d" % 1 }}',
        '{{ "{:>999999999}".format(1) }}',
        '{{ "x"|center(10**9) }}',
        '{{ "x"|indent(10**9, true) }}',
        "{% macro two(s, n) %}{{ two(s ~ s, n - 1) if n }}{% endmacro %}{{ two('x', 40) }}",
    ],
)
def test_a_template_that_wants_all_memory_gets_none(tmp_path: Path, bomb: str) -> None:
    broken = refusal(make_mail(tmp_path, f"一\n二 {bomb}\n"), apart=True)

    assert (broken.file, broken.line) == (str(tmp_path / "short/body.txt"), 2)
    assert broken.reason == "需要的内存太多"


@pytest.mark.parametrize("bomb", [LOOPS, "{{ 9 ** (9 ** 9) }}"], ids=["loops", "power"])
def test_a_template_that_never_ends_is_ended(tmp_path: Path, bomb: str) -> None:
    broken = refusal(make_mail(tmp_path, bomb), apart=True)

    assert broken.reason == "用时太长，循环过多"
    # Where Python runs its line is known; a single operation of a library leaves no trace, nor does
    # anything where others take the processor so long that the clock on the wall runs out first.
    assert broken.line in ((2, None) if bomb is LOOPS else (None,))


def test_css_that_takes_for_ever_is_ended_too(tmp_path: Path) -> None:
    rules = "".join(f"div>div>div div.c{at} p{{color:red}}" for at in range(3000))
    html = f"<html><head><style>{rules}</style></head><body>{'<div><p>x</p>' * 200}</body></html>"

    broken = refusal(make_mail(tmp_path, html=html), apart=True)

    assert "用时太长" in broken.reason
    assert Path(broken.file).is_relative_to(tmp_path / "short")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("一\n{{ range(2000) }}", 2, "range 最多 1000 个数"),
        ("一\n{{ lipsum() }}", 2, "没有的值"),
        ("一\n{{ namespace() }}", 2, "没有的值"),
        ("一\n{{ cycler(1) }}", 2, "没有的值"),
        ("一\n{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", 2, "反复包含自己"),
        ("一\n{% include 'short/body.txt' %}", 2, "反复包含自己"),
        ("一\n{% include self %}", 2, "无法计算"),
        ("一\n{% include '../../../../etc/passwd' %}", None, "找不到"),
        ("一\n{{ ''.__class__ }}", 2, "不允许"),
        ("一\n{{ [].append(1) }}", 2, "不允许"),
        ("{% for a in [1] %}" * 25 + "{% endfor %}" * 25, None, "嵌套太深"),
        ("一\n" + "{{1}}" * 20_000, 2, "太复杂，最多 20000 个语法元素"),
        ("x" * (256 * 1024 + 1), None, "文件太大，最多 256 KiB"),
        ("{% for a in range(1000) %}{{ 'x' * 5000 }}{% endfor %}", None, "最多 4 MiB"),
    ],
)  # fmt: skip
def test_what_no_template_needs_is_refused(
    tmp_path: Path, text: str, line: int | None, reason: str
) -> None:
    broken = refusal(make_mail(tmp_path, text))

    assert reason in broken.reason
    assert broken.line == line


def test_a_file_in_another_encoding_is_refused_only_where_it_is_used(tmp_path: Path) -> None:
    folders = make_mail(tmp_path)
    (tmp_path / "other.txt").write_bytes("宋体".encode("gb18030"))
    assert here(folders).text == "正文\n"

    (tmp_path / "short/body.txt").write_bytes("宋体".encode("gb18030"))

    assert "请另存为 UTF-8" in refusal(folders).reason


def test_the_mark_of_windows_editor_stays_out_of_the_mail(tmp_path: Path) -> None:
    folders = make_mail(tmp_path)
    (tmp_path / "short/body.txt").write_bytes("\ufeff正文".encode())

    assert here(folders).text == "正文"


def test_mail_without_an_element_is_refused(tmp_path: Path) -> None:
    assert "没有任何 HTML 元素" in refusal(make_mail(tmp_path, html="<!-- -->")).reason


def test_a_folder_of_something_else_is_not_read(tmp_path: Path) -> None:
    for number in range(201):
        (tmp_path / f"{number}.txt").touch()

    with pytest.raises(BrokenTemplate, match="文件太多"):
        Templates([tmp_path])


def test_a_mail_comes_out_of_the_other_process_as_it_comes_out_here(tmp_path: Path) -> None:
    text = (
        "{{ issue.publication }} {{ issue.month.year }} {{ issue.key }} {{ reader.name }}\n"
        "{{ piece('top') }}{{ piece('a', 7) }} {{ named['甲'] }} {{ '<'|e }}{{ bold }}\n"
    )
    values = {
        "issue": MASTHEAD,
        "reader": SimpleNamespace(name="b"),
        "named": {"甲": (1, None, True)},
        "bold": Markup("<b>粗</b>"),
    }
    folders = make_mail(tmp_path, text, html=HTML.replace("正文", text))
    marks = Marks("1" * 20)
    spelled = {name: plain(value) for name, value in values.items()}

    apart = Templates(folders).render("short", values, marks)

    assert apart == print_mail(Order("short", read_sources(folders), spelled, marks.number))
    assert apart.text.startswith("三晋装备通讯 2026 2026-11 b\n<!--11111111111111111111:top-->")
    assert "<b>粗</b>" in apart.html


def test_a_sheet_of_copied_templates_is_the_same_sheet(tmp_path: Path) -> None:
    own = Path(shutil.copytree(TEMPLATES[0], tmp_path / "own"))
    issue = make_issue(contract=Contract(note="**各位读者**：", notice="- 通知", commercial=True))

    apart = render_sheet(issue, TOPICS, [own, *TEMPLATES], PUBLICATION)

    assert apart == render_sheet(issue, TOPICS, TEMPLATES, PUBLICATION)


def test_bundled_templates_need_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", None)
    values = {"title": "题", "lead": "导", "lines": [], "advice": "议", "sender_name": "刊"}

    assert Templates(TEMPLATES).render("notice", values).subject == "题\n"


@dataclass
class _Reader:
    name: str


@pytest.mark.parametrize("value", [print, object(), {"a": [len]}, b"bytes"])
def test_only_plain_values_travel(value: object) -> None:
    with pytest.raises(TypeError, match="no template can get"):
        plain(value)


def test_values_are_the_same_behind_the_door() -> None:
    value = {"a": [1, "x", None, date(2026, 11, 1), Markup("<i>")], 2: _Reader("甲")}

    again = revived(json.loads(json.dumps(plain(value))))

    assert again == {"a": value["a"], 2: SimpleNamespace(name="甲")}
    assert isinstance(again["a"][4], Markup)


def test_an_answer_that_is_none_is_refused() -> None:
    mail = RenderedMail("a", "b", "c")
    assert answer_from_bytes(answer_to_bytes(mail)) == mail
    for answer in (b"", b"{}", b'{"mail": [1, 2, 3]}', b'{"broken": ["a", "b", "c"]}'):
        with pytest.raises(ValueError):  # noqa: PT011 - of JSON, or ours
            answer_from_bytes(answer)


def test_a_file_no_mail_uses_is_told_about(tmp_path: Path) -> None:
    part = tmp_path / "digest/_part.txt"
    for name in ("digest/subject.txt", "digest/boddy.html", "README.md", ".hidden", "dead.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{% include 'digest/_part.txt' %}", encoding="utf-8")
    part.touch()

    unused = [
        path.relative_to(tmp_path).as_posix() for path in unused_overrides([tmp_path, *TEMPLATES])
    ]

    assert unused == ["README.md", "dead.txt", "digest/boddy.html"]


def test_a_template_folder_that_cannot_be_looked_into_is_no_empty_one(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    assert read_sources([folder]) == {}  # most installations have none
    folder.write_text("这里应是文件夹", encoding="utf-8")

    with pytest.raises(BrokenTemplate, match="无法读取") as caught:
        read_sources([folder])
    assert caught.value.file == str(folder)

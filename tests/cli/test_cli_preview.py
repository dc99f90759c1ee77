"""`digest preview`: the mail of a subscriber, or of a reader there might be."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from runs import add_reader
from sqlalchemy import func, select

from distribution.app import App
from distribution.models import Audit, Letter, Run, Selection, Sheet
from distribution.words import Frequency, MailFormat


@pytest.fixture(autouse=True)
def _defaults(office: Office) -> None:
    """Whoever is responsible for quality gets quality; in machine building equipment, too."""
    office("topic", "default", "set", "--role", "质量", "--topics", "quality")
    office("topic", "default", "set", "--industry", "C35", "--topics", "equipment")


def headings(text: str) -> list[str]:
    """What the contents are grouped by."""
    return [line.strip("【】") for line in text.splitlines() if line.startswith("【")]


def test_topics_and_words_make_a_reader(office: Office, issue: str) -> None:
    done = office(
        "digest", "preview", issue, "--topics", "质量管理，policy", "--words", "首台（套）"
    )
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("主题：《三晋装备通讯》2026年第11期：为您选出 ")
    assert headings(done.out)[:2] == ["质量管理", "政策措施"]
    assert "http" in done.out


def test_a_role_gets_what_the_rules_give_a_new_contact(office: Office, issue: str) -> None:
    by_role = office("digest", "preview", issue, "--role", "质量")
    both = office("digest", "preview", issue, "--role", "quality", "--industry", "专用设备制造业")
    assert (by_role.code, both.code, by_role.err) == (0, 0, "")
    assert headings(by_role.out)[0] == "质量管理"
    assert "装备制造" not in headings(by_role.out)
    assert headings(both.out)[:2] == ["质量管理", "装备制造"]


def test_a_role_that_no_rule_speaks_of_gets_the_whole_contents(office: Office, issue: str) -> None:
    done = office("digest", "preview", issue, "--role", "人事")
    standard = office("digest", "preview", issue, "--standard")
    assert done.code == 0
    assert "没有与他相合的默认规则：他会收到全部目录" in done.err
    assert done.out == standard.out
    assert "全部 29 篇" in standard.out


def test_a_preview_in_the_terminal_is_all_that_is_printed(
    office: Office, issue: str, app: App
) -> None:
    with app.transaction() as session:
        add_reader(session, app, "liang@sanjin.example", MORNING, consent="", topics=("quality",))
    alike = office("digest", "preview", issue, "--topics", "quality")
    done = office("digest", "preview", issue, "--subscriber", "liang@sanjin.example")
    assert headings(done.out) == headings(alike.out) != []
    assert done.out.startswith("主题：")
    assert "目前不会向他投递" not in done.out
    assert "目前不会向他投递" in done.err


@only_sqlite
def test_the_format_is_the_readers_unless_it_is_said(
    office: Office, issue: str, app: App, tmp_path: Path
) -> None:
    with app.transaction() as session:
        add_reader(session, app, "text@sanjin.example", MORNING, format=MailFormat.TEXT)
    whose, out = ("--subscriber", "text@sanjin.example"), tmp_path / "a.eml"

    def kind(*more: str) -> str:
        assert office("digest", "preview", issue, "--out", str(out), *more).code == 0
        return message_from_bytes(out.read_bytes(), policy=policy.default).get_content_type()

    assert kind(*whose) == "text/plain"
    assert kind(*whose, "--format", "图文") == "multipart/alternative"
    assert kind("--standard") == "multipart/alternative"
    assert kind("--standard", "--format", "纯文本") == "text/plain"
    html = office("digest", "preview", issue, *whose, "--out", str(tmp_path / "a.html"))
    assert "他收纯文本，邮件里没有这个图文部分" in html.out


@only_sqlite
def test_who_wants_no_mail_of_this_issue_is_told_of(office: Office, issue: str, app: App) -> None:
    with app.transaction() as session:
        wants = {"frequency": Frequency.WHEN_MATCHING, "watch_words": ("无此词",)}
        add_reader(session, app, "rare@sanjin.example", MORNING, **wants)
    refused = office("digest", "preview", issue, "--subscriber", "rare@sanjin.example")
    assert (refused.code, refused.out) == (1, "")
    assert "没有他关注的内容" in refused.sentence


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--subscriber、--topics、--role、--standard 之一"),
        (["--standard", "--role", "质量"], "--role、--standard 只能写一个"),
        (["--topics", "nope"], "没有主题 'nope'：可用的有 政策措施（policy）"),
        (["--topics", "，"], "--topics 没有写主题"),
        (["--role", "nope"], "没有职务 'nope'：可用的有 联络员"),
        (["--role", "质量", "--industry", "nope"], "不在 GB/T 4754"),
        (["--standard", "--industry", "C35"], "--industry 要与 --role 一起用"),
        (["--role", "质量", "--words", "液压"], "--words 要与 --topics 一起用"),
        (["--topics", "policy", "--words", "长" * 41], "有 41 个字，最多 40 个"),
        (["--subscriber", "nobody@sanjin.example"], "没有订阅者"),
        (["--subscriber", ""], "没有订阅者 ''："),
        (["--standard", "--format", "nope"], "没有邮件格式 'nope'"),
        (["--standard", "--out", "a.pdf"], "请用 .html、.txt、.eml 之一"),
        (["--standard", "--out", ""], "'' 的后缀不明"),
    ],
)
@only_sqlite
def test_what_cannot_be_meant_is_said_in_one_sentence(
    office: Office, issue: str, options: list[str], said: str
) -> None:
    refused = office("digest", "preview", issue, *options)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.sentence


def test_a_preview_stores_nothing(office: Office, issue: str, app: App, tmp_path: Path) -> None:
    def stored() -> list[int]:
        with app.reading() as session:
            kinds = (Audit, Letter, Run, Selection, Sheet)
            return [session.scalars(select(func.count()).select_from(one)).one() for one in kinds]

    before = stored()
    assert office("digest", "preview", issue, "--role", "质量").code == 0
    out = str(tmp_path / "a.eml")
    assert office("digest", "preview", issue, "--standard", "--out", out).code == 0
    assert stored() == before

"""`distribution issue`, `topic` and `digest`: what an editor sees before he approves."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from sqlalchemy import delete, select

from distribution import audience, compiler, issues
from distribution.app import App
from distribution.bundle import sample
from distribution.models import ArticleText, Audit

SAMPLE = str(sample("issue.txt"))


def test_a_file_is_imported_once_and_says_where_to_look(office: Office) -> None:
    first = office("issue", "import", SAMPLE)
    again = office("issue", "import", SAMPLE)

    assert (first.code, again.code) == (0, 0)
    assert first.out.startswith("已导入 2026-11 期：29 篇文章。\n")
    assert "distribution issue show 2026-11" in first.out
    assert again.out.startswith("2026-11 期已在库中，内容相同（29 篇）：没有改动。\n")


def test_an_import_as_json_is_one_document(office: Office) -> None:
    document = office("issue", "import", SAMPLE, "--json").document

    assert (document["issue"], document["changed"], document["articles"]) == ("2026-11", True, 29)
    assert {frozenset(complaint) for complaint in document["complaints"]} == {
        frozenset({"kind", "line", "place", "article", "problem", "excerpt"})
    }


def test_an_approved_issue_is_not_overwritten(office: Office, issue: str, tmp_path: Path) -> None:
    changed = tmp_path / "changed.txt"
    changed.write_text(sample("issue.txt").read_text(encoding="utf-8") + "\n更正一处。\n", "utf-8")
    assert office("issue", "approve", issue).code == 0

    refused = office("issue", "import", str(changed))

    assert refused.code == 1
    assert "已批准" in refused.sentence
    assert office("issue", "import", SAMPLE).code == 0


def test_approving_twice_changes_nothing_and_is_audited_once(
    office: Office, issue: str, app: App
) -> None:
    first, again = office("issue", "approve", issue), office("issue", "approve", issue)

    assert "2026-11 期已批准。" in first.out
    assert (again.code, again.out) == (0, "2026-11 期早已批准：没有改动。\n")
    with app.reading() as session:
        assert session.scalars(select(Audit.action)).all() == ["issue.approve"]


def test_a_key_is_understood_as_people_write_it(office: Office, issue: str) -> None:
    for key in ("2026-11", " 2026-11 ", "２０２６-１１", "2026–11", "2026 - 11"):
        assert office("issue", "show", key, "--json").document["issue"] == issue


UNKNOWN = (
    "abc",
    "",
    "-",
    "2026",
    "2026-9",
    "99999999999999999999-1",
    "1-1",
    "2026-11\n;",
    "٢٠٢٦-11",
)


@pytest.mark.parametrize("verb", [("issue", "show"), ("issue", "approve"), ("run", "plan")])
def test_an_unknown_issue_names_those_that_are_there(
    office: Office, issue: str, verb: tuple[str, str]
) -> None:
    for key in UNKNOWN:
        refused = office(*verb, "--", key)
        assert (refused.code, refused.out) == (2, ""), key
        assert refused.sentence.endswith(f"已导入的有 {issue}"), key


def test_without_any_issue_the_way_to_the_first_is_shown(office: Office) -> None:
    assert office("issue", "list").out == "还没有期刊：先运行 distribution issue import 文件\n"
    assert office("issue", "list", "--json").document == []
    assert "distribution issue import" in office("issue", "show", "2026-11").sentence


def test_an_editor_sees_every_article_with_its_topics_by_name(office: Office, issue: str) -> None:
    shown = office("issue", "show", issue).out

    assert "首台 6.5 兆瓦级低风速风电主轴锻件在潞原下线" in shown
    assert "产教融合、装备制造" in shown
    assert "没有须处理的疑点，有 29 处提示：distribution issue check 2026-11" in shown
    assert "  还没有批准：distribution issue approve 2026-11" in shown
    office("issue", "seen", issue, "--all")
    seen = office("issue", "show", issue).out
    assert "没有待核对的疑点：distribution issue check 2026-11" in seen


def test_an_editor_reads_the_whole_text_of_one_article(office: Office, issue: str) -> None:
    shown = office("issue", "show", issue, "--article", "9").out
    document = office("issue", "show", issue, "--article", "9", "--json").document

    lines = shown.splitlines()
    assert lines[0] == "9. 首台 6.5 兆瓦级低风速风电主轴锻件在潞原下线"
    assert lines[1].endswith("来源：潞原风电装备有限公司 · 日期：2026-10-21 · 页：6")
    assert lines[3].startswith("数字：日期 2026年10月21日、")
    assert [line for line in lines[4:] if line] == document["paragraphs"]
    assert len(document["paragraphs"]) == 3


def test_an_article_that_is_not_there_says_how_many_there_are(office: Office, issue: str) -> None:
    for number in ("0", "30", "-1", "99999999999999999999"):
        refused = office("issue", "show", issue, "--article", number)
        assert (refused.code, refused.out) == (2, "")
        assert refused.sentence == f"没有文章 {number}：这一期有第 1 至 29 篇"


def test_the_documents_of_an_issue_have_stable_keys(office: Office, issue: str) -> None:
    shown = office("issue", "show", issue, "--json").document
    (listed,) = office("issue", "list", "--json").document

    assert set(listed) - {"articles"} == set(shown) - {
        "articles",
        "contract",
        "importers",
        "missing",
    }
    assert (listed["articles"], len(shown["articles"])) == (29, 29)
    assert listed["approved_at"] is None
    assert set(shown["articles"][0]) == {
        "number", "section", "page", "title", "source", "date", "summary", "topics", "must_carry",
        "paragraphs", "blocks", "confidence", "figures", "topic_reasons", "lead",
    }  # fmt: skip


def unreadable(folder: Path) -> dict[str, Path]:
    """Files that are no issue."""
    contents = {
        "empty": b"",
        "binary": os.urandom(5000),
        "zeros": bytes(9 * 1024 * 1024),
        "letter": "您好！\n".encode(),
        "word": b"PK\x03\x04rest",
        "heading": "目录\n".encode() * 3,
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents} | {
        "missing": folder / "none.txt",
        "folder": folder,
        "endless": Path("/dev/zero"),
        "nothing": Path("/dev/null"),
    }


@only_sqlite
def test_a_file_that_is_no_issue_is_refused_and_nothing_is_kept(
    office: Office, tmp_path: Path
) -> None:
    for name, path in unreadable(tmp_path).items():
        refused = office("issue", "import", str(path))
        assert (refused.code, refused.out) == (2, ""), name
        assert refused.err.splitlines()[-1].startswith("distribution: "), name
        assert "Traceback" not in refused.err, name
    assert office("issue", "list", "--json").document == []


@pytest.mark.parametrize(("fact", "longest"), [("title", 300), ("section", 100), ("source", 100)])
def test_a_paragraph_taken_for_a_heading_is_refused_alike_on_both_databases(
    app: App, fact: str, longest: int
) -> None:
    data = Path(SAMPLE).read_bytes()
    read = compiler.read_issue(data, "issue.txt")
    swollen = replace(read.articles[0], **{fact: "长" * (longest + 1)})

    with (
        app.transaction() as session,
        pytest.raises(compiler.UnreadableIssue, match=f"最多 {longest} 个"),
    ):
        issues.save_issue(session, replace(read, articles=(swollen,)), data, "a.txt", MORNING)
    with app.reading() as session:
        assert issues.list_issues(session) == []


def test_of_two_who_import_a_new_issue_at_once_one_is_told(
    app: App,
) -> None:
    """On PostgreSQL they meet at the constraint; on SQLite the second waits and finds it done."""
    data = Path(SAMPLE).read_bytes()
    read = compiler.read_issue(data, "issue.txt")
    shorter = replace(read, articles=read.articles[:3])

    def save(which: compiler.ReadIssue) -> str:
        try:
            with app.transaction() as session:
                return issues.save_issue(session, which, data, "a.txt", MORNING).key
        except issues.ImportedMeanwhile as refused:
            return refused.key

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(save, [read, shorter])) == ["2026-11", "2026-11"]
    with app.reading() as session:
        row = issues.find_issue(session, "2026-11")
        assert len(issues.load_issue(session, row.id).articles) in (3, 29)


def test_the_seven_topics_are_listed(office: Office) -> None:
    listed = office("topic", "list", "--json").document

    assert len(listed) == 7
    assert all({"code", "name", "sections", "words"} <= set(topic) for topic in listed)
    assert all(topic["name"] in office("topic", "list").out for topic in listed)


@pytest.fixture
def reader(app: App) -> str:
    """A reader without consent."""
    with app.transaction() as session:
        new = audience.NewSubscriber(audience.read_address("liang@sanjin.example"), "梁毅")
        audience.add_subscriber(session, new, app.keyring.address_hash, by="test", at=MORNING)
    return "liang@sanjin.example"


@pytest.mark.parametrize(("name", "begins"), [("a.html", b"<"), ("a.txt", b""), ("a.EML", b"")])
def test_a_preview_writes_the_mail_and_says_what_keeps_it_back(
    office: Office, issue: str, reader: str, tmp_path: Path, name: str, begins: bytes
) -> None:
    out = tmp_path / name

    done = office("digest", "preview", issue, "--subscriber", reader, "--out", str(out))

    assert done.code == 0
    assert out.read_bytes().startswith(begins)
    assert len(out.read_bytes()) > 1000
    assert f"已写入 {out}：《三晋装备通讯》2026年第11期" in done.out
    assert "目前不会向他投递（未曾同意）" in done.out


@pytest.mark.parametrize("name", ["none/a.html", "a.pdf", "a", "."])
def test_a_preview_that_cannot_be_written_says_why(
    office: Office, issue: str, reader: str, tmp_path: Path, name: str
) -> None:
    out = str(tmp_path / name)

    refused = office("digest", "preview", issue, "--subscriber", reader, "--out", out)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.splitlines()[-1].startswith("distribution: ")


@only_sqlite
@pytest.mark.parametrize(
    "template", ["{{ nope.", "{{ nope }}", "{% extends 'none.html' %}", "\udcff"]
)
def test_a_broken_template_of_the_house_is_named_with_its_file(
    office: Office, issue: str, reader: str, environment: dict[str, str], template: str
) -> None:
    path = Path(environment["DISTRIBUTION_HOME"]) / "email_templates" / "digest" / "body.html"
    path.parent.mkdir(parents=True)
    path.write_bytes(template.encode("utf-8", "surrogateescape"))

    out = str(path.with_name("x.html"))
    refused = office("digest", "preview", issue, "--subscriber", reader, "--out", out)

    assert (refused.code, refused.out) == (2, "")
    assert refused.sentence.startswith("邮件模板 ")
    assert not Path(out).exists()


def test_json_is_utf8_and_holds_no_escapes(office: Office, issue: str) -> None:
    shown = office("issue", "show", issue, "--json").out

    assert "三晋装备通讯" in shown
    assert shown == json.dumps(json.loads(shown), ensure_ascii=False, indent=2) + "\n"


@only_sqlite
def test_the_search_index_is_built_anew(office: Office, issue: str, app: App) -> None:
    assert office("issue", "reindex").out == "已重建检索索引：0 期，0 篇文章。\n"
    office("issue", "approve", issue)
    with app.transaction() as session:
        session.execute(delete(ArticleText))
    assert office("issue", "reindex").out == "已重建检索索引：1 期，29 篇文章。\n"
    with app.reading() as session:
        assert len(session.scalars(select(ArticleText.article_id)).all()) == 29

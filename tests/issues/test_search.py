"""Looking for words: found as they are written, titles first; nothing typed does harm."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from desk_samples import article
from runs import MASTHEAD, SEPTEMBER, add_reader, plan, save_issue, start
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from distribution import issues, schema
from distribution.app import App
from distribution.compiler import Article, Picture, ReadIssue, Table
from distribution.models import ArticleText

MINE = article("煤矿智能化改造", "全省煤矿推广５Ｇ专网，投入 1.5 亿元。")
LATHES = article("数控机床出口", "沁源公司的五轴数控机床，采用 CNC 系统；煤机同步升级。")
RULES = article("新规施行", "关于控机的说明；床身铸造。100% 国产，件号 AB_12，路径 C:\\x，说“好”。")
HOSTILE = (
    *(
        "'",
        '"',
        "%",
        "_",
        "*",
        "\\",
        "(",
        "🙂",
        "\x00",
        "\ud800",
        "煤*",
        "-煤",
        "^煤",
        "煤 OR",
        "煤 AND",
    ),
    *("a' OR 1=1 --", "NEAR(煤", "'煤':*", "&|!<->", "pieces:煤", "煤" * 1000, "ａ" * 1000),
)


def shelve(app: App, *articles: Article, label: str = "09", sent: bool = True) -> str:
    """An approved issue of these, which has begun to go out unless said otherwise."""
    head = replace(MASTHEAD, label=label, number=int(label), month=date(2026, int(label), 1))
    numbered = tuple(replace(one, position=at) for at, one in enumerate(articles, start=1))
    key = save_issue(app, ReadIssue(head, numbered, ()), data=label.encode())
    if sent:
        start(app, plan(app, key, SEPTEMBER), SEPTEMBER)
    return key


@pytest.fixture
def shelf(app: App) -> App:
    with app.transaction() as session:
        add_reader(session, app, "one@reader.example", SEPTEMBER)
    shelve(app, MINE, LATHES, RULES)
    return app


def search(session: Session, wanted: issues.Wanted) -> Sequence[int]:
    return issues.search(session, wanted, [one.id for one in issues.shelf(session)])


def found(app: App, typed: str) -> list[str]:
    """Titles of what is found, in order."""
    with app.reading() as session:
        wanted = issues.wanted(typed)
        hits = issues.hits(session, search(session, wanted), wanted)
    return ["".join(part for part, _ in hit.title) for hit in hits]


CASES = {
    "煤": [MINE.title, LATHES.title],
    "床": [LATHES.title, RULES.title],
    "造": [MINE.title, RULES.title],  # the last character of a title, of a sentence
    "机床": [LATHES.title],
    "数控机床": [LATHES.title],  # not where its pairs stand apart
    "五轴数控机床": [LATHES.title],
    "煤 机床": [LATHES.title],
    "煤机 专网": [],
    "ｃｎｃ": [LATHES.title],
    "cn": [],  # Latin words are whole
    "5G专网": [MINE.title],
    "1.5": [MINE.title],
    "１．５　亿元": [MINE.title],
    "“煤矿”": [MINE.title],
    "100%": [RULES.title],
    "ab_12": [RULES.title],
    "abx12": [],
    "C:\\x": [RULES.title],
    "钢铁": [],
    "": [],
}


def test_words_of_any_length_are_found_where_they_are_written(shelf: App) -> None:
    for typed, titles in CASES.items():
        assert found(shelf, typed) == titles, typed


def test_whatever_is_typed_finds_something_or_nothing(shelf: App) -> None:
    for typed in HOSTILE:
        assert set(found(shelf, typed)) <= {MINE.title, LATHES.title, RULES.title}
    with shelf.reading() as session:
        assert len(session.scalars(select(ArticleText)).all()) == 3


def test_titles_come_before_texts_and_new_before_old(shelf: App) -> None:
    shelve(shelf, article("铸造业观察", "数控机床"), article("机床工具展", "无"), label="10")
    shelve(shelf, article("机床数控化", "无"), label="08")
    assert found(shelf, "机床 数控") == [LATHES.title, "机床数控化", "铸造业观察"]
    assert found(shelf, "机床") == ["机床工具展", LATHES.title, "机床数控化", "铸造业观察"]


def test_tables_captions_and_sources_are_searched(shelf: App) -> None:
    picture = Picture("0" * 64, "试验台外观")
    body = (Table((("型号", "功率"), ("YX3", "75 千瓦")), "电机参数"), picture)
    shelve(shelf, replace(article("电机"), blocks=body, source="示范日报"), label="10")
    for typed in ("yx3", "千瓦", "电机参数", "外观", "示范日报"):
        assert found(shelf, typed) == ["电机"]


def test_an_article_without_end_is_approved_and_found_by_its_beginning(shelf: App) -> None:
    dice = random.Random(3)  # noqa: S311 - a test's dice
    text = "".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(130_000))
    shelve(shelf, article("长文", f"磁悬浮{text}"), label="10")
    assert found(shelf, "磁悬浮") == ["长文"]


def test_only_what_is_approved_and_goes_out_is_found(shelf: App) -> None:
    key = shelve(shelf, article("煤化工", "无"), label="10", sent=False)
    assert found(shelf, "煤化工") == []
    start(shelf, plan(shelf, key, SEPTEMBER), SEPTEMBER)
    assert found(shelf, "煤化工") == ["煤化工"]


def test_a_corrected_issue_is_found_as_it_is_once_it_is_approved_again(shelf: App) -> None:
    key = shelve(shelf, article("煤化工", "无"), label="10")
    with shelf.transaction() as session:
        session.execute(text("UPDATE runs SET state = 'finished'"))
        issues.reopen(session, key)
        issues.Desk(session, key, by="editor", at=SEPTEMBER).edit(1, {"title": "焦化"})
    assert found(shelf, "煤化工") == found(shelf, "焦化") == []
    with shelf.transaction() as session:
        later = SEPTEMBER + timedelta(hours=1)
        issues.approve(session, key, by="test", at=later, override="测试")
    assert found(shelf, "焦化") == ["焦化"]
    assert found(shelf, "煤化工") == []


def test_an_article_that_leaves_an_unsent_issue_leaves_the_index(shelf: App) -> None:
    key = shelve(shelf, article("煤化工", "无"), article("焦化", "无"), label="10", sent=False)
    with shelf.transaction() as session:
        issues.reopen(session, key)
        issues.Desk(session, key, by="editor", at=SEPTEMBER).drop(1, "重复")
    assert len(contents(shelf)) == 4


def contents(app: App) -> list[Sequence[object]]:
    with app.reading() as session:
        return [tuple(row) for row in session.execute(select(ArticleText.__table__))]


def test_the_index_is_built_anew_as_it_was_and_so_by_the_migration(shelf: App) -> None:
    before = sorted(contents(shelf))
    with shelf.transaction() as session:
        session.execute(text("DELETE FROM article_texts"))
    assert found(shelf, "煤") == []
    with shelf.transaction() as session:
        assert issues.reindex(session) == (1, 3)
    assert sorted(contents(shelf)) == before
    assert found(shelf, "煤") == [MINE.title, LATHES.title]

    schema.downgrade(shelf.engine, "2026_11_26_readers")
    schema.upgrade(shelf.engine)
    assert sorted(contents(shelf)) == before
    assert found(shelf, "煤") == [MINE.title, LATHES.title]


def test_what_was_found_is_marked_as_it_is_written(shelf: App) -> None:
    with shelf.reading() as session:
        wanted = issues.wanted("5g 煤矿")
        (hit,) = issues.hits(session, search(session, wanted), wanted)
    assert hit.title == (("煤矿", True), ("智能化改造", False))
    assert [part for part, looked_for in hit.excerpt if looked_for] == ["煤矿", "５Ｇ"]


def test_a_query_is_cut_where_it_grows_long() -> None:
    assert issues.wanted("煤" * 101).cut
    assert issues.wanted("一 二 三 四 五 六 七 八 九").cut
    assert not issues.wanted("煤 机").cut

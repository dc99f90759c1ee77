"""An editor's deeds on a stored issue, refusals that leave nothing behind, and two at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from desk_samples import TITLES, AtDesk, article, doubt, read, save, stored_articles, titles
from runs import SEPTEMBER, approve, plan
from sqlalchemy import select

from distribution import delivery, issues
from distribution.app import App
from distribution.compiler import Doubt
from distribution.errors import DistributionError
from distribution.models import Correction


@pytest.fixture
def key(app: App) -> str:
    """An issue of four articles."""
    return save(app, read())


@pytest.fixture
def desk(app: App, key: str) -> AtDesk:
    """Its editor's desk."""
    return AtDesk(app, key)


def kept(app: App) -> list[tuple[str, str]]:
    """Who did what."""
    with app.reading() as session:
        rows = session.scalars(select(Correction).order_by(Correction.id))
        return [(row.by, row.kind.value) for row in rows]


def test_a_split_article_can_be_merged_again(app: App, key: str, desk: AtDesk) -> None:
    desk("split", 1, 2, "后半篇")
    assert titles(app, key)[:2] == [TITLES[0], "后半篇"]

    desk("merge", 1, 2)

    assert titles(app, key) == list(TITLES)
    assert len(stored_articles(app, key)[0].article.blocks) == 2


def test_a_part_split_off_under_a_title_that_is_there_gets_an_anchor_of_its_own(
    app: App, key: str, desk: AtDesk
) -> None:
    desk("split", 1, 2, TITLES[0])

    one, two, *_ = stored_articles(app, key)
    assert one.article.title == two.article.title
    assert one.anchor != two.anchor


def test_the_last_deed_is_undone_and_ids_stay(app: App, key: str, desk: AtDesk) -> None:
    before = [(one.id, one.article) for one in stored_articles(app, key)]
    desk("edit", 2, {"title": "新标题", "source": "晋工社", "date": "2026-09-02", "page": "9"})
    assert stored_articles(app, key)[1].article.page == 9

    with app.reading() as session:
        number = session.scalars(select(Correction.id)).one()
    desk("undo", number)

    assert [(one.id, one.article) for one in stored_articles(app, key)] == before
    assert kept(app) == []


def test_what_is_so_already_is_not_kept(app: App, desk: AtDesk) -> None:
    assert desk("edit", 1, {"title": TITLES[0], "page": "3", "must_carry": False}) == {}
    assert desk("edit_masthead", {"publication": "山西机电信息"}) == {}
    assert desk("move", 2, 2) is False
    assert kept(app) == []


def test_topics_given_by_hand_are_kept_though_the_section_gives_the_same(
    app: App, desk: AtDesk
) -> None:
    assert desk("edit", 1, {"topics": ("policy",)}) == {"topics": ["policy"]}
    assert desk("edit", 1, {"topics": ("policy",)}) == {}
    assert kept(app) == [("editor", "edit")]


@pytest.mark.parametrize(
    "deed",
    [
        ("edit", 0, {"title": "新"}),
        ("edit", 5, {"title": "新"}),
        ("edit", 1, {"title": ""}),
        ("edit", 1, {"topics": ("没有的",)}),
        ("edit", 1, {"topics": ()}),
        ("merge", 1, 1),
        ("merge", 1, 9),
        ("split", 1, 1, "新"),
        ("split", 1, 3, "新"),
        ("split", 1, 2, " "),
        ("move", 1, 0),
        ("move", 1, 5),
        ("drop", 9, "重复"),
        ("drop", 1, ""),
        ("edit_masthead", {"month": "2026-99"}),
        ("undo", 1),
    ],
)
def test_a_refused_deed_leaves_nothing_behind(
    app: App, key: str, desk: AtDesk, deed: tuple[object, ...]
) -> None:
    before = stored_articles(app, key)

    with pytest.raises(DistributionError):
        desk(*deed)  # type: ignore[arg-type]

    assert stored_articles(app, key) == before
    assert kept(app) == []


def test_the_last_article_is_not_dropped(app: App) -> None:
    key = save(app, read(article("甲")))

    with pytest.raises(issues.InvalidFact, match="最后一篇"):
        AtDesk(app, key)("drop", 1, "重复")


def test_errors_keep_an_issue_from_approval_unless_a_reason_is_given(app: App) -> None:
    key = save(app, read(complaints=[doubt(Doubt.TITLE_ALIKE)]))

    with app.transaction() as session, pytest.raises(issues.NotReady, match="1 处须先处理") as no:
        issues.approve(session, key, by="editor", at=SEPTEMBER)
    assert no.value.exit_code == 1
    with app.transaction() as session:
        assert issues.find_issue(session, key).approved_at is None
        assert issues.approve(session, key, by="editor", at=SEPTEMBER, override="已电话核实")
        assert issues.find_issue(session, key).approved_despite == "已电话核实"


def test_a_reason_without_need_is_not_kept(app: App, key: str) -> None:
    with app.transaction() as session:
        assert issues.approve(session, key, by="editor", at=SEPTEMBER, override="随便")
        assert issues.find_issue(session, key).approved_despite is None


def test_two_editors_at_once_wait_for_each_other(app: App, key: str, desk: AtDesk) -> None:
    deeds = [("edit", 1, {"title": f"标题 {n}"}) for n in range(4)]
    deeds += [("move", 2, 3), ("edit_masthead", {"phone": "0351-0000000"})]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda deed: desk(*deed), deeds))

    assert len(kept(app)) == len(deeds)
    assert titles(app, key)[0] in {f"标题 {n}" for n in range(4)}
    assert titles(app, key)[1:] == [TITLES[2], TITLES[1], TITLES[3]]


def test_of_an_import_and_an_approval_at_once_the_first_one_counts(app: App, key: str) -> None:
    def release() -> str:
        with app.transaction() as session:
            issues.approve(session, key, by="editor", at=SEPTEMBER)
        return "approved"

    def load() -> str:
        try:
            save(app, read(article("换掉了", "整期都换。")))
        except issues.AlreadyApproved:
            return "refused"
        return "replaced"

    with ThreadPoolExecutor(2) as pool:
        approved, loaded = pool.submit(release), pool.submit(load)
        outcome = loaded.result()
        assert approved.result() == "approved"

    expected = list(TITLES) if outcome == "refused" else ["换掉了"]
    assert titles(app, key) == expected


def test_a_plan_and_a_reopening_at_once_never_leave_a_run_of_an_open_issue(
    app: App, key: str
) -> None:
    approve(app, key)

    def reopen() -> bool:
        try:
            with app.transaction() as session:
                return issues.reopen(session, key)
        except issues.HasRun:
            return False

    def begin() -> bool:
        try:
            plan(app, key, SEPTEMBER)
        except delivery.NotApproved:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        opened, planned = pool.submit(reopen), pool.submit(begin)

        assert opened.result() is not planned.result()

"""An issue is read anew: corrections stay, rows keep their ids, what is approved stays."""

from dataclasses import replace

import pytest
from desk_samples import (
    MORNING,
    TITLES,
    AtDesk,
    article,
    doubt,
    read,
    save,
    stored_articles,
    titles,
    unplaced,
)
from runs import MASTHEAD, approve, plan
from sqlalchemy import func, select

from distribution import delivery, issues
from distribution.app import App
from distribution.compiler import Asset, Paragraph, Picture, ReadIssue
from distribution.models import Asset as AssetRow
from distribution.models import ReadingEvent
from distribution.words import Signal, TopicOrigin, Verdict

FOUR = [article(title) for title in TITLES]
NEW = article("新来的一篇", "昨日，又有两家企业投产。")


@pytest.fixture
def key(app: App) -> str:
    """An issue of four articles."""
    return save(app, read())


@pytest.fixture
def desk(app: App, key: str) -> AtDesk:
    """Its editor's desk."""
    return AtDesk(app, key)


def test_corrections_survive_when_an_article_is_added_before_them(
    app: App, key: str, desk: AtDesk
) -> None:
    desk("edit", 2, {"summary": "编辑写的摘要。", "topics": ("quality",), "must_carry": True})
    desk("merge", 3, 4)
    desk("move", 1, 2)

    save(app, read(NEW, *FOUR))

    stored = stored_articles(app, key)
    assert [one.article.title for one in stored] == [NEW.title, TITLES[1], TITLES[0], TITLES[2]]
    assert stored[1].article.summary == "编辑写的摘要。"
    assert (stored[1].topics, stored[1].must_carry) == (("quality",), True)
    assert stored[3].article.blocks == FOUR[2].blocks + FOUR[3].blocks
    assert unplaced(app, key) == []


def test_articles_keep_their_ids_wherever_they_move(app: App, key: str) -> None:
    before = {one.article.title: one.id for one in stored_articles(app, key)}

    save(app, read(FOUR[3], NEW, FOUR[1], FOUR[0], FOUR[2]))

    after = {one.article.title: one.id for one in stored_articles(app, key)}
    assert after == before | {NEW.title: after[NEW.title]}


def test_a_title_corrected_in_the_file_keeps_id_and_corrections(
    app: App, key: str, desk: AtDesk
) -> None:
    (first, *_) = stored_articles(app, key)
    desk("edit", 1, {"section": "质量管理"})

    save(app, read(replace(FOUR[0], title="减速机试点今日启动"), *FOUR[1:]))

    now = stored_articles(app, key)[0]
    assert (now.id, now.article.title) == (first.id, "减速机试点今日启动")
    assert now.article.section == "质量管理"


def test_a_correction_whose_article_is_gone_is_kept_and_comes_back_with_it(
    app: App, key: str, desk: AtDesk
) -> None:
    desk("edit", 4, {"title": "编辑的标题"})

    save(app, read(*FOUR[:3]))
    assert unplaced(app, key) == ["edit"]

    save(app, read(*FOUR))
    assert (unplaced(app, key), titles(app, key)[3]) == ([], "编辑的标题")


def test_the_masthead_corrected_by_hand_survives(app: App, key: str, desk: AtDesk) -> None:
    desk("edit_masthead", {"phone": "0351-0000000"})

    save(app, replace(read(NEW), masthead=replace(MASTHEAD, total_number=333)))

    with app.reading() as session:
        row = issues.find_issue(session, key)
        assert (row.contact["phone"], row.total_number) == ("0351-0000000", 333)


def test_a_doubt_that_was_looked_at_stays_so_while_its_text_does(app: App) -> None:
    key = save(app, read(complaints=[doubt(about=2)]))
    with app.transaction() as session:
        desk = issues.Desk(session, key, by="editor", at=MORNING)
        desk.see(issues.report(session, desk.row).doubts)

    save(app, read(NEW, *FOUR, complaints=[doubt(about=3), doubt(about=3, excerpt="别的")]))

    with app.reading() as session:
        doubts = issues.report(session, issues.find_issue(session, key)).doubts
        assert [(one.position, one.seen) for one in doubts] == [(3, True), (3, False)]


def test_the_same_content_again_changes_nothing(app: App, key: str, desk: AtDesk) -> None:
    desk("edit", 1, {"title": "编辑的标题"})

    with app.transaction() as session:
        again = issues.save_issue(session, read(), b"other bytes", "b.txt", MORNING)

    assert not again.changed
    assert titles(app, key)[0] == "编辑的标题"


def test_a_preview_shows_the_difference_and_changes_nothing(
    app: App, key: str, desk: AtDesk
) -> None:
    desk("edit", 4, {"title": "编辑的标题"})

    with app.reading() as session:
        seen = issues.preview(session, read(NEW, *FOUR[:3]), "a.txt")

    assert seen.diff is not None
    assert {(one.change.value, one.title) for one in seen.diff.articles} == {
        ("added", NEW.title),
        ("removed", "编辑的标题"),
    }
    assert [correction.kind.value for correction in seen.lost] == ["edit"]
    assert titles(app, key) == [*TITLES[:3], "编辑的标题"]


def test_what_was_previewed_is_refused_once_somebody_else_corrected_the_issue(
    app: App, key: str, desk: AtDesk
) -> None:
    with app.reading() as session:
        seen = issues.preview(session, read(NEW), "a.txt")
    desk("edit", 1, {"title": "编辑的标题"})

    with pytest.raises(issues.ImportedMeanwhile):
        save(app, read(NEW), version=seen.version)
    assert titles(app, key)[0] == "编辑的标题"


def test_an_approved_issue_stays_as_it_was(app: App, key: str, desk: AtDesk) -> None:
    approve(app, key)

    with pytest.raises(issues.AlreadyApproved, match="issue reopen 2026-09"):
        save(app, read(NEW))
    for deed in (
        ("edit", 1, {"title": "新"}),
        ("merge", 1, 2),
        ("split", 1, 2, "新"),
        ("move", 1, 2),
        ("drop", 1, "重复"),
        ("edit_masthead", {"phone": "1"}),
        ("see", []),
        ("undo", 1),
    ):
        with pytest.raises(issues.AlreadyApproved):
            desk(*deed)
    assert titles(app, key) == list(TITLES)


def picture(sha256: str) -> ReadIssue:
    """An issue with one image."""
    asset = Asset(sha256, "image/png", 2, 3, b"png")
    shown = replace(FOUR[0], blocks=(Paragraph("见图。"), Picture(sha256, "图 1")))
    return replace(read(shown), assets=(asset,))


def test_an_image_is_kept_once_and_found_by_its_hash(app: App) -> None:
    save(app, picture("ab" * 32))
    save(app, replace(picture("ab" * 32), masthead=replace(MASTHEAD, label="10")))

    with app.reading() as session:
        assert session.scalar(select(func.count()).select_from(AssetRow)) == 1
        found = issues.asset(session, "ab" * 32)
        assert issues.asset(session, "cd" * 32) is None
    assert found == Asset("ab" * 32, "image/png", 2, 3, b"png")


def test_a_section_mapped_later_changes_unapproved_issues_only(app: App) -> None:
    strange = article("甲", "一句。", section="安全生产")
    approved = save(app, replace(read(strange), masthead=replace(MASTHEAD, label="08")))
    approve(app, approved)
    key = save(app, read(strange, article("乙", "一句。")))

    from distribution import topics

    with app.transaction() as session:
        topics.map_section(session, "安全生产", "quality")
        changed = issues.retopic(session)

    assert [(one.issue_key, one.number, one.topics) for one in changed] == [(key, 1, ("quality",))]
    (reason,) = stored_articles(app, key)[0].reasons
    assert (reason.origin, reason.evidence) == (TopicOrigin.SECTION, ("安全生产",))
    assert stored_articles(app, approved)[0].topics == ()


def test_the_editors_topics_are_the_last_word(app: App, key: str, desk: AtDesk) -> None:
    desk("edit", 1, {"topics": ("质量管理", "policy")})

    with app.transaction() as session:
        assert issues.retopic(session) == []
    reasons = stored_articles(app, key)[0].reasons
    assert {one.code for one in reasons} == {"quality", "policy"}
    assert {one.origin for one in reasons} == {TopicOrigin.EDITOR}


def test_an_issue_with_a_run_is_not_reopened_until_the_run_is_cancelled(app: App, key: str) -> None:
    run_id = plan(app, approve(app, key), MORNING)

    with app.transaction() as session, pytest.raises(issues.HasRun, match=f"批次 {run_id}"):
        issues.reopen(session, key)
    with app.transaction() as session:
        delivery.cancel(session, run_id, by="test", at=MORNING)
    with app.transaction() as session:
        assert issues.reopen(session, key)
        assert not issues.reopen(session, key)
        assert issues.find_issue(session, key).approved_by is None


def test_an_article_that_readers_opened_does_not_go(app: App, key: str, desk: AtDesk) -> None:
    run_id = plan(app, approve(app, key), MORNING)
    with app.transaction() as session:
        delivery.cancel(session, run_id, by="test", at=MORNING)
        issues.reopen(session, key)
        session.add(
            ReadingEvent(
                signal=Signal.CLICK,
                run_id=run_id,
                article_id=issues.load_issue(session, 1).articles[1].id,
                at=MORNING,
                verdict=Verdict.HUMAN,
                rule="test",
            )
        )

    with pytest.raises(issues.HasReaders, match="第 2 篇"):
        desk("drop", 2, "重复")
    with pytest.raises(issues.HasReaders):
        save(app, read(FOUR[0]))
    assert titles(app, key) == list(TITLES)
    assert unplaced(app, key) == []


def test_the_same_content_with_other_doubts_renews_the_doubts_alone(app: App, key: str) -> None:
    save(app, read(complaints=(doubt(),)), b"corrected")

    with app.reading() as session:
        row = issues.find_issue(session, key)
        assert [told.complaint for told in issues.report(session, row).doubts] == [doubt()]
        source = row.source_sha256
    save(app, read(complaints=(doubt(),)), b"another form")
    with app.reading() as session:
        assert issues.find_issue(session, key).source_sha256 == source


def test_the_doubts_of_an_approved_issue_stay(app: App, key: str) -> None:
    approve(app, key)

    save(app, read(complaints=(doubt(),)))

    with app.reading() as session:
        assert issues.report(session, issues.find_issue(session, key)).doubts == ()


def test_titles_and_paragraphs_that_all_changed_a_little_keep_their_corrections(
    app: App, key: str, desk: AtDesk
) -> None:
    desk("edit", 1, {"summary": "编辑写的摘要。"})
    desk("merge", 2, 3)
    renamed = [
        replace(
            one,
            title=f"{one.title}（续）",
            blocks=tuple(Paragraph(f"{text[:-1]}了。") for text in one.paragraphs),
        )
        for one in FOUR
    ]

    save(app, read(*reversed(renamed)))

    assert unplaced(app, key) == []
    assert titles(app, key) == [f"{TITLES[n]}（续）" for n in (3, 1, 0)]
    assert stored_articles(app, key)[2].article.summary == "编辑写的摘要。"

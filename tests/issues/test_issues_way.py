"""The way of an issue: a step counts while the issue is what it was then."""

from collections.abc import Callable

import pytest
from desk_samples import MORNING, AtDesk, article, read, save
from runs import approve, make_issue, plan, start
from sqlalchemy.orm import Session

from distribution import issues, topics
from distribution.app import App
from distribution.issues import Desk, Way
from distribution.words import IssueStage, IssueStep

KEY = "2026-09"


def way(app: App, key: str = KEY) -> Way:
    with app.reading() as session:
        return issues.way_of(session, issues.find_issue(session, key))


def do(app: App, step: IssueStep, by: str = "李编辑") -> None:
    with app.transaction() as session:
        row = issues.find_issue(session, KEY)
        issues.note(session, row.id, step, by=by, at=MORNING)


def bring_in(app: App, by: str, *titles: str) -> None:
    with app.transaction() as session:
        what = read(*map(article, titles))
        issues.save_issue(session, what, b"file", "a.txt", MORNING, by=by)


def test_an_issue_goes_its_way_step_by_step(app: App) -> None:
    key = make_issue(app, approved=False)
    found = [way(app).stage]
    for step in (IssueStep.CHECKED, IssueStep.PROOFED):
        do(app, step)
        found.append(way(app).stage)
    approve(app, key)
    found.append(way(app).stage)
    run_id = plan(app, key, MORNING)
    found.append(way(app).stage)
    start(app, run_id, MORNING)
    found.append(way(app).stage)
    assert [stage.label for stage in found] == [
        "已导入", "已核对", "已出样刊", "已批准", "已批准", "投递中",
    ]  # fmt: skip
    with app.reading() as session:
        rows = issues.list_issues(session)
        assert issues.stages_of(session, rows) == {rows[0].id: IssueStage.SENDING}


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: desk.edit(1, {"title": "另一个标题"}),
        lambda desk: desk.edit(1, {"must_carry": True}),
        lambda desk: desk.edit(1, {"topics": ["quality"]}),
        lambda desk: desk.move(1, 2),
        lambda desk: desk.edit_masthead({"publication": "另一份刊物"}),
        lambda desk: issues.choose_lead(desk, 2),
        lambda desk: issues.write_note(desk, "卷首语。"),
        lambda desk: issues.write_notice(desk, "通知。"),
        lambda desk: issues.declare_commercial(desk, True),
        lambda desk: issues.limit_section(desk, "政策措施", {"most": "1"}),
    ],
    ids=[
        "title", "must-carry", "topics", "order", "masthead", "lead", "note", "notice",
        "commercial", "limit",
    ],
)  # fmt: skip
def test_whatever_the_mails_are_made_of_takes_an_issue_back_to_the_desk(
    session: Session, change: Callable[[Desk], object]
) -> None:
    issues.save_issue(session, read(), b"file", "a.txt", MORNING)
    row = issues.find_issue(session, KEY)
    issues.note(session, row.id, IssueStep.CHECKED, by="李编辑", at=MORNING)
    assert issues.way_of(session, row).stage is IssueStage.CHECKED
    assert change(Desk(session, KEY, by="test", at=MORNING)) is not False
    session.flush()
    assert issues.way_of(session, row).stage is IssueStage.IMPORTED


def test_what_is_put_back_is_what_was_checked(app: App) -> None:
    at_desk = AtDesk(app, save(app, read()))
    do(app, IssueStep.CHECKED)
    at_desk("move", 1, 2)
    assert IssueStep.CHECKED not in way(app).done
    at_desk("move", 2, 1)
    assert IssueStep.CHECKED in way(app).done


def test_an_import_that_changes_something_names_who_brought_it_in(app: App) -> None:
    bring_in(app, "甲", "减速机试点启动")
    bring_in(app, "乙", "减速机试点启动")  # the same: nothing was brought in
    assert way(app).importers == ("甲",)
    bring_in(app, "乙", "减速机试点启动", "焊接机器人进车间")
    assert way(app).importers == ("乙", "甲")


def test_a_correction_makes_nobody_an_importer_and_an_approval_ends_their_row(app: App) -> None:
    bring_in(app, "甲", "减速机试点启动", "焊接机器人进车间")
    AtDesk(app, KEY)("move", 1, 2)
    do(app, IssueStep.APPROVED, by="乙")
    assert way(app).importers == ("甲",)
    bring_in(app, "丙", "铸件质量回访")
    assert way(app).importers == ("丙",)


def test_a_step_is_noted_once_for_what_the_issue_says(app: App) -> None:
    save(app, read())
    for _ in range(2):
        with app.transaction() as session:
            row = issues.find_issue(session, KEY, lock=True)
            shown, step = issues.way_of(session, row).fingerprint, IssueStep.PROOFED
            issues.note_once(session, row.id, step, shown, by="李编辑", at=MORNING)
    with app.reading() as session:
        assert len(issues.deeds_of(session, issues.find_issue(session, KEY).id)) == 1


def test_merging_topics_changes_what_an_issue_says(app: App) -> None:
    with app.transaction() as session:
        topics.map_section(session, "政策法规", "policy")
    key = make_issue(app)
    before = way(app, key).fingerprint
    with app.transaction() as session:
        topics.merge(session, "policy", "quality")
    assert way(app, key).fingerprint != before

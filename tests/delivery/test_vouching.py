"""Somebody's word on an issue: whose it may be, what it names, and when it counts no more."""

from datetime import timedelta

import pytest
from factories import SEPTEMBER
from runs import AS_IT_IS, add_reader, make_issue, override, plan
from sqlalchemy import select

from distribution import audience, delivery, issues, staff, topics
from distribution.app import App
from distribution.delivery import (
    ApprovalLapsed,
    Approved,
    ChangedMeanwhile,
    GateClosed,
    ImportedByHimself,
    Lapse,
    Seen,
)
from distribution.models import Delivery
from distribution.words import DeliveryState, IssueStep, RunState, StaffRole

KEY = "2026-09"
LATER = SEPTEMBER + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _issue(app: App) -> None:
    """An issue on the desk, brought in by 甲, with ten readers."""
    with app.transaction() as session:
        topics.map_section(session, "政策法规", "policy")
    make_issue(app, approved=False)
    with app.transaction() as session:
        row = issues.find_issue(session, KEY)
        issues.note(session, row.id, IssueStep.IMPORTED, by="甲", at=SEPTEMBER)
    readers(app, 10)


def readers(app: App, count: int, kind: str = "reader") -> None:
    with app.transaction() as session:
        for number in range(count):
            add_reader(session, app, f"{kind}{number}@enterprise.test", SEPTEMBER)


def approve(app: App, by: str = "甲", *, above: int = 500, seen: Seen | None = None) -> Approved:
    with app.transaction() as session:
        return delivery.approve_issue(
            session, KEY, app.recipe, above=above, by=by, at=LATER, override=AS_IT_IS, seen=seen
        )


def sight(app: App) -> Seen:
    with app.reading() as session:
        return delivery.sight_of(session, issues.find_issue(session, KEY), app.recipe)


def lapses(app: App) -> list[Lapse]:
    with app.reading() as session:
        row = issues.find_issue(session, KEY)
        return [one.what for one in delivery.lapses_of(session, row, app.recipe.templates)]


def employ(app: App, name: str, *roles: StaffRole) -> None:
    with app.transaction() as session:
        address = audience.read_address(f"{len(name)}{ord(name[0])}@jikan.example")
        staff.add(session, name, address, roles or [StaffRole.EDITOR], by="root", at=SEPTEMBER)


def test_an_approval_names_content_templates_and_readers(app: App) -> None:
    done = approve(app)
    assert (done.changed, done.audience) == (True, 10)
    with app.reading() as session:
        row = issues.find_issue(session, KEY)
        way = issues.way_of(session, row)
        assert row.approved_by == "甲"
        assert way.approval is not None
        assert (way.approval.fingerprint, way.approval.audience) == (way.fingerprint, 10)
        assert len(way.approval.templates or "") == 64
    assert lapses(app) == []
    assert not approve(app).changed
    plan(app, KEY, LATER)


def test_who_imported_may_approve_for_few_only(app: App) -> None:
    with pytest.raises(ImportedByHimself, match=r"由 甲 导入.*甲 不能批准.*用自己的系统账号"):
        approve(app, above=9)
    employ(app, "甲")
    employ(app, "高主编")
    with pytest.raises(ImportedByHimself, match="例如 高主编") as refused:
        approve(app, above=9)
    assert (refused.value.by, refused.value.importers) == ("甲", ("甲",))
    assert approve(app, "高主编", above=9).changed


def test_who_imported_is_known_by_another_name_too(app: App) -> None:
    employ(app, "甲")
    employ(app, "高主编")
    with app.transaction() as session:
        another = staff.Changes("甲乙", audience.read_address("jia@jikan.example"))
        staff.change(session, "甲", another, by="root", at=LATER)
    with pytest.raises(ImportedByHimself, match=r"由 甲乙 导入.*例如 高主编"):
        approve(app, "甲乙", above=9)
    employ(app, "甲")  # another person: the name was free
    assert approve(app, "甲", above=9).changed


def test_with_a_staff_only_its_editors_and_admins_approve(app: App) -> None:
    employ(app, "王编辑")
    employ(app, "赵理事", StaffRole.BOARD)
    with pytest.raises(staff.NotOnStaff):
        approve(app, "root")
    with pytest.raises(staff.MayNotApprove):
        approve(app, "赵理事")
    assert approve(app, "王编辑").changed


def test_another_template_voids_an_approval_until_somebody_looks_again(app: App) -> None:
    approve(app)
    path = override(app, "base.html", "<body", "<body ")
    assert lapses(app) == [Lapse.TEMPLATES]
    with pytest.raises(ApprovalLapsed, match=f"邮件模板在批准后改过.*issue approve {KEY}"):
        plan(app, KEY, LATER)
    again = approve(app, "乙")
    assert [one.what for one in again.lapses] == [Lapse.TEMPLATES]
    assert lapses(app) == []
    path.unlink()
    assert lapses(app) == [Lapse.TEMPLATES]


def test_a_template_of_other_letters_is_none_of_it(app: App) -> None:
    approve(app)
    override(app, "welcome/body.html", "</p>", "</p> ")
    assert lapses(app) == []


def test_more_than_a_tenth_more_readers_ask_again(app: App) -> None:
    approve(app)
    readers(app, 1, "eleventh")
    assert lapses(app) == []
    readers(app, 1, "twelfth")
    with pytest.raises(ApprovalLapsed, match="由 10 人增至 12 人"):
        plan(app, KEY, LATER)
    approve(app)
    plan(app, KEY, LATER)


def test_readers_who_may_not_be_mailed_are_no_audience(app: App) -> None:
    approve(app)
    with app.transaction() as session:
        for number in range(5):
            address = f"silent{number}@enterprise.test"
            add_reader(session, app, address, SEPTEMBER, consent="")
    assert lapses(app) == []


def test_what_was_changed_while_somebody_looked_is_not_approved(app: App) -> None:
    seen = sight(app)
    with app.transaction() as session:
        topics.merge(session, "policy", "quality")
    with pytest.raises(ChangedMeanwhile, match=f"内容在您查看时被改过.*issue approve {KEY}"):
        approve(app, seen=seen)
    seen = sight(app)
    override(app, "base.html", "<body", "<body ")
    with pytest.raises(ChangedMeanwhile, match=f"邮件模板在您查看时被改过.*issue approve {KEY}"):
        approve(app, seen=seen)
    assert approve(app, seen=sight(app)).changed


def test_readers_are_counted_while_nothing_is_locked(app: App) -> None:
    """So an approval names those who were shown, and lapses by those who came since."""
    seen = sight(app)
    readers(app, 2, "late")
    assert approve(app, seen=seen, above=11).audience == 10
    assert lapses(app) == [Lapse.AUDIENCE]
    assert not approve(app, seen=seen).changed
    assert approve(app, seen=sight(app)).audience == 12


def test_merged_topics_void_an_approval(app: App) -> None:
    approve(app)
    with app.transaction() as session:
        topics.merge(session, "policy", "quality")
    with pytest.raises(ApprovalLapsed, match="内容在批准后变了"):
        plan(app, KEY, LATER)


def test_an_approval_of_before_its_facts_were_kept_stands(app: App) -> None:
    with app.transaction() as session:
        issues.approve(session, KEY, by="甲", at=SEPTEMBER, override=AS_IT_IS)
    override(app, "base.html", "<body", "<body ")
    readers(app, 10, "more")
    assert lapses(app) == []
    plan(app, KEY, LATER)


def test_a_run_that_is_planned_is_left_alone(app: App) -> None:
    approve(app)
    run_id = plan(app, KEY, LATER)
    override(app, "base.html", "<body", "<body ")
    assert lapses(app) == []
    assert plan(app, KEY, LATER) == run_id


def test_a_gate_that_is_closed_leaves_the_issue_as_it_was(app: App) -> None:
    override(app, "digest/body.html", '<h3 class="h', '<h3 onclick="x()" class="h')
    with pytest.raises(GateClosed):
        approve(app)
    with app.reading() as session:
        row = issues.find_issue(session, KEY)
        assert row.approved_at is None
        assert IssueStep.APPROVED not in issues.way_of(session, row).done


def missing(app: App) -> list[str]:
    with app.reading() as session:
        row = issues.find_issue(session, KEY)
        found = delivery.missing(session, row, app.recipe.templates)
        return [one.command for one in found]


def test_what_is_missing_is_said_with_the_command_that_does_it(app: App) -> None:
    assert missing(app)[-3:] == [
        f"distribution issue check {KEY} --done",
        f"distribution digest proof {KEY}",
        f"distribution issue approve {KEY}",
    ]
    approve(app)
    assert missing(app) == []
    readers(app, 2, "more")
    assert missing(app) == [f"distribution issue approve {KEY}"]
    approve(app)
    plan(app, KEY, LATER)
    assert missing(app) == []


def test_how_long_it_takes_is_reckoned_from_lanes_and_the_run_before(app: App) -> None:
    with app.reading() as session:
        paced = delivery.foreseeing.forecast(session, {"qq": 7_000, "own.test": 3}, paced=True)
        unknown = delivery.foreseeing.forecast(session, {"qq": 7_000}, paced=False)
    assert paced.slowest is not None
    assert (paced.slowest.lane, paced.slowest.left) == ("qq", 7_000)
    assert paced.takes == paced.slowest.takes > timedelta(0)
    assert unknown.takes is None


def test_the_pace_of_the_last_finished_run_is_a_measure_too(app: App) -> None:
    approve(app)
    run_id = plan(app, KEY, LATER)
    with app.transaction() as session:
        run = delivery.find_run(session, run_id)
        run.state, run.finished_at = RunState.FINISHED, LATER
        rows = session.scalars(select(Delivery).order_by(Delivery.id))
        for second, row in enumerate(rows):
            row.state, row.accepted_at = DeliveryState.ACCEPTED, LATER + timedelta(seconds=second)
    with app.reading() as session:
        found = delivery.foreseeing.forecast(session, {"own.test": 100}, paced=False)
    assert (found.run_id, found.takes) == (run_id, timedelta(seconds=90))

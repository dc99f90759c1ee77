"""The link in a proof: looking approves nothing, its button does, by the rules of the command."""

from datetime import timedelta

import proofs
import pytest
from databases import only_sqlite
from proofs import CHIEF, EDITOR, GUEST, KEY, NAMES
from runs import add_reader, override
from sqlalchemy import update
from starlette.testclient import TestClient
from web_office import contents_of, make_issue, make_readers, path_of

from distribution import clock, issues, staff
from distribution.app import App
from distribution.issues import Desk
from distribution.models import Audit, Letter
from distribution.words import IssueStage, IssueStep, StaffRole


@pytest.fixture
def issue(app: App) -> str:
    """An issue on the desk, imported by one of two editors, and its proof in their mailboxes."""
    key = make_issue(app)
    make_readers(app)
    proofs.staff_up(app)
    with app.transaction() as session:
        issues.reopen(session, key)
        row = issues.find_issue(session, key)
        issues.note(session, row.id, IssueStep.IMPORTED, by=NAMES[EDITOR], at=clock.now())
    proofs.write(app, key)
    return key


def link(app: App, email: str = CHIEF) -> str:
    return path_of(app.addresses.approve(proofs.letter_to(app, email).id))


def approval(app: App) -> tuple[str | None, IssueStage]:
    """Who approved, and where the issue stands."""
    with app.reading() as session:
        row = issues.find_issue(session, KEY)
        return row.approved_by, issues.way_of(session, row).stage


def test_only_who_may_approve_finds_a_link_in_his_proof(app: App, issue: str) -> None:
    chief, guest = proofs.letter_to(app, CHIEF), proofs.letter_to(app, GUEST)
    assert app.addresses.approve(chief.id) in chief.text
    assert app.addresses.approve(chief.id) in chief.html
    assert "14天内有效" in "".join(chief.text.split())
    assert "/approve/" not in guest.text + guest.html
    assert f"distribution issue approve {issue}" in guest.text


@pytest.mark.usefixtures("issue")
def test_looking_shows_what_and_approves_nothing(app: App, client: TestClient) -> None:
    before = contents_of(app, but="")
    for method in ("HEAD", "GET", "GET"):
        assert client.request(method, link(app)).status_code == 200
    shown = client.get(link(app)).text
    for said in (
        "高主编，您好", "可以收信的读者：3 人", "文章：5 篇", "导入：王编辑", "第 1 篇",
        '<form method="post">',
    ):  # fmt: skip
        assert said in shown
    assert "@jikan.example" not in shown.replace("bianji@jikan.example", "")
    assert contents_of(app, but="") == before
    assert approval(app) == (None, IssueStage.PROOFED)


@pytest.mark.usefixtures("issue")
def test_the_button_approves_in_his_name_and_once(app: App, client: TestClient) -> None:
    done = client.post(link(app))
    assert "谢谢。" in done.text
    assert approval(app) == ("高主编", IssueStage.APPROVED)
    with app.reading() as session:
        [trail] = session.query(Audit).filter_by(action="issue.approve").all()
        assert (trail.by, trail.subject) == ("高主编", KEY)

    before = contents_of(app, but="")
    for again in (client.post(link(app)), client.get(link(app)), client.post(link(app, EDITOR))):
        assert "早已批准" in again.text
    assert contents_of(app, but="") == before


@pytest.mark.usefixtures("issue")
def test_a_link_of_an_approval_that_was_withdrawn_is_used_up(app: App, client: TestClient) -> None:
    client.post(link(app))
    with app.transaction() as session:
        issues.reopen(session, KEY)
    assert "批准撤回过" in client.post(link(app)).text
    assert approval(app)[0] is None
    proofs.write(app, again=True, at=clock.now() + timedelta(seconds=1))
    assert "批准这一期" in client.get(link(app)).text


@pytest.mark.usefixtures("issue")
def test_a_link_approves_once_more_what_lapsed_by_readers_who_came(
    app: App, client: TestClient
) -> None:
    client.post(link(app))
    with app.transaction() as session:
        add_reader(session, app, "late@enterprise.test", clock.now())
    assert "再次批准，因为可以收信的读者由 3 人增至 4 人" in client.get(link(app)).text
    assert "谢谢。" in client.post(link(app)).text
    assert "早已批准" in client.post(link(app)).text
    with app.transaction() as session:
        issues.reopen(session, KEY)
    assert "批准撤回过" in client.post(link(app)).text


@pytest.mark.usefixtures("issue")
def test_another_content_or_a_fortnight_voids_the_link(app: App, client: TestClient) -> None:
    with app.transaction() as session:
        session.execute(update(Letter).values(created_at=clock.now() - timedelta(days=15)))
    assert "已过期" in client.get(link(app)).text
    assert "已过期" in client.post(link(app)).text
    with app.transaction() as session:
        session.execute(update(Letter).values(created_at=clock.now()))
        issues.write_note(Desk(session, KEY, by="test", at=clock.now()), "卷首语。")
    assert "内容或邮件模板改过" in client.get(link(app)).text
    assert "内容或邮件模板改过" in client.post(link(app)).text
    assert approval(app)[0] is None


@pytest.mark.usefixtures("issue")
def test_other_templates_than_the_proof_was_made_with_void_the_link(
    app: App, client: TestClient
) -> None:
    override(app, "digest/body.html", '<h1 class="nh">', '<h1 class="nh" title="">')
    assert "内容或邮件模板改过" in client.get(link(app)).text
    assert "内容或邮件模板改过" in client.post(link(app)).text
    assert approval(app)[0] is None
    proofs.write(app)  # not the same proof any more
    assert "批准这一期" in client.get(link(app)).text
    assert "已批准" in client.post(link(app)).text


@pytest.mark.usefixtures("issue")
def test_who_has_left_or_is_no_editor_any_more_approves_nothing(
    app: App, client: TestClient
) -> None:
    at, board = clock.now(), staff.Changes(roles=[StaffRole.BOARD])
    with app.transaction() as session:
        staff.leave(session, NAMES[CHIEF], by="test", at=at)
        staff.change(session, NAMES[EDITOR], board, by="test", at=at)
    for email in (CHIEF, EDITOR):
        assert "不属于可以批准的人" in client.get(link(app, email)).text
        assert "不属于可以批准的人" in client.post(link(app, email)).text
    assert approval(app)[0] is None


@pytest.fixture
def strict(environment: dict[str, str]) -> None:
    """Two pairs of eyes for however few readers."""
    environment["DISTRIBUTION_SECOND_PERSON_ABOVE"] = "2"


@pytest.mark.usefixtures("strict", "issue")
def test_who_imported_is_told_who_else_may_and_gets_no_button(app: App, client: TestClient) -> None:
    own = client.get(link(app, EDITOR)).text
    assert "王编辑 不能批准" in own
    assert "例如 高主编" in own
    assert "<form" not in own
    assert "王编辑 不能批准" in client.post(link(app, EDITOR)).text
    assert approval(app)[0] is None
    assert "谢谢。" in client.post(link(app)).text


@pytest.mark.usefixtures("issue")
def test_what_the_gate_refuses_is_refused_here(app: App, client: TestClient) -> None:
    override(app, "digest/body.html", '<h3 class="h', '<h3 onclick="x()" class="h')
    proofs.write(app)
    for found in (client.get(link(app)).text, client.post(link(app)).text):
        assert "未通过检查" in found
        assert "<form" not in found
    assert approval(app)[0] is None


@only_sqlite
@pytest.mark.usefixtures("issue")
def test_a_forged_link_and_one_of_another_purpose_lead_nowhere(
    app: App, client: TestClient
) -> None:
    letter, good = proofs.letter_to(app, CHIEF).id, link(app)
    other = path_of(app.addresses.confirm(letter)).replace("/s/", "/approve/")
    nowhere = client.get("/m/x").text
    for path in (good[:-1] + ("A" if good[-1] != "A" else "E"), good[:-2], other, "/approve/x"):
        for answer in (client.get(path), client.post(path)):
            assert (answer.status_code, answer.text) == (404, nowhere)


@pytest.mark.usefixtures("issue")
def test_a_proof_that_is_no_more_kept_is_an_old_one(app: App, client: TestClient) -> None:
    path = path_of(app.addresses.approve(987654))
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, "已过期" in answer.text) == (200, True)


@pytest.mark.usefixtures("issue")
def test_a_proof_to_somebody_who_was_erased_as_a_reader_is_nobodys(
    app: App, client: TestClient
) -> None:
    path = link(app)
    with app.transaction() as session:
        session.execute(update(Letter).values(recipient="erased-7"))
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, "不属于可以批准的人" in answer.text) == (200, True)
    assert approval(app)[0] is None

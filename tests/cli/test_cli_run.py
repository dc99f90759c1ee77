"""`distribution run`: plan, seal, start, look, steer, as an admin does it."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from run_desk import planned_run
from runs import add_reader, approve, relay_settings, status_of
from sink import Accepted, Act, Fault, Sink, Step
from sqlalchemy import select, update

from distribution import delivery
from distribution.app import App
from distribution.cli import common
from distribution.cli.progress import Progress
from distribution.models import Audit, Delivery, Run
from distribution.words import DeliveryState
from workers.current import set_app

STATUS_KEYS = {
    "run", "issue", "kind", "state", "original", "reason", "addressees", "approved_at",
    "approved_by", "paused_by", "pause_reason", "canary", "held_back", "planned", "total",
    "states", "causes", "excluded",
    "audience_digest", "selections_digest", "due_now", "in_stopped_lanes", "next_in_seconds",
    "created_at", "sealed_at", "started_at", "expires_at", "finished_at",
}  # fmt: skip


@pytest.fixture
def ready(app: App, issue: str) -> str:
    """An approved issue and three readers, one of them without consent."""
    with app.transaction() as session:
        for name, ground in (("a", "表"), ("b", "表"), ("c", "")):
            add_reader(session, app, f"{name}@sanjin.example", MORNING, name=name, consent=ground)
    return approve(app, issue)


@pytest.fixture
def planned(office: Office, ready: str) -> str:
    """A planned run; its number."""
    assert office("run", "plan", ready).code == 0
    return str(office("run", "list", "--json").document[0]["run"])


def test_an_issue_that_is_not_approved_is_not_planned(office: Office, issue: str) -> None:
    refused = office("run", "plan", issue)

    assert refused.code == 1
    assert "distribution issue approve 2026-11" in refused.sentence
    assert office("run", "list", "--json").document == []


def test_a_plan_says_how_many_and_who_is_left_out_and_repeats_harmlessly(
    office: Office, ready: str
) -> None:
    first, again = office("run", "plan", ready), office("run", "plan", f" {ready} ")

    number = office("run", "list", "--json").document[0]["run"]
    assert first.out == (
        f"批次 {number}（2026-11 期）已规划：2 封投递。\n未列入：未曾同意 1\n"
        f"下一步：distribution run start {number}\n"
    )
    assert again.out == first.out
    assert len(office("run", "list", "--json").document) == 1


def test_a_run_goes_through_all_its_stations(office: Office, planned: str) -> None:
    assert office("run", "seal", planned).out == f"批次 {planned} 已封存：2 封。\n"

    started = office("run", "start", planned)
    set_app(None)

    assert (started.code, started.err) == (0, "")
    assert f"批次 {planned} · 2026-11 期 · 已完成\n" in started.out
    checked = office("run", "verify", planned)
    said, compared, signed = checked.out.splitlines()
    assert (checked.code, said) == (0, f"批次 {planned} 账目相符：2 封投递，各有着落。")
    assert compared.endswith("签名的结果相比，没有不该有的改动。")  # signed when it was finished
    assert signed == "结果已签名，记入批次。"
    document = office("run", "status", planned, "--json").document
    assert (document["state"], document["states"]["accepted"]) == ("finished", 2)
    again = office("run", "start", planned)
    assert (again.code, again.sentence) == (1, f"批次 {planned} 已完成，不能开始投递")


def test_status_list_and_verify_speak_one_language_in_json(office: Office, planned: str) -> None:
    status = office("run", "status", planned, "--json").document
    (listed,) = office("run", "list", "--json").document
    verified = office("run", "verify", planned, "--json").document

    assert set(status) == STATUS_KEYS
    assert set(listed) == STATUS_KEYS
    assert set(verified) == STATUS_KEYS | {"mismatches", "figures", "compared_with", "verified_at"}
    assert (verified["mismatches"], verified["verified_at"]) == ([], None)  # it is not sealed
    assert set(status["states"]) == {state.value for state in DeliveryState}
    assert sum(status["states"].values()) == status["total"] == 2


def test_books_that_do_not_add_up_end_with_one(office: Office, planned: str, app: App) -> None:
    office("run", "seal", planned)
    with app.transaction() as session:
        first = select(Delivery.id).order_by(Delivery.id).limit(1).scalar_subquery()
        session.execute(
            update(Delivery).where(Delivery.id == first).values(state=DeliveryState.ACCEPTED)
        )

    for extra in ((), ("--json",)):
        found = office("run", "verify", planned, *extra)
        assert (found.code, found.err) == (1, "")
    assert found.document["mismatches"]
    assert "不符：" in office("run", "verify", planned).out


def test_books_that_were_changed_after_their_signature_end_with_one(
    office: Office, planned: str, app: App
) -> None:
    office("run", "seal", planned)
    assert office("run", "verify", planned, "--json").document["compared_with"] is None
    with app.transaction() as session:
        session.execute(update(Run).values(verified_at=MORNING))

    found = office("run", "verify", planned)

    assert (found.code, found.err) == (1, "")
    assert found.out.startswith("不符：上次核对的签名不符")
    assert office("run", "verify", planned, "--json").document["verified_at"] is None


def test_a_cancelled_run_keeps_its_books_and_makes_room_for_another(
    office: Office, planned: str
) -> None:
    done = office("run", "cancel", planned, "--yes")

    assert (done.code, done.out) == (0, f"批次 {planned} 已取消。\n")
    assert office("run", "cancel", planned).sentence == f"批次 {planned} 已取消，不能取消"
    assert office("run", "start", planned).code == 1
    assert office("run", "plan", "2026-11").code == 0
    assert len(office("run", "list", "--json").document) == 2


def test_without_a_terminal_a_cancellation_is_refused_instead_of_waiting(
    office: Office, planned: str
) -> None:
    refused = office("run", "cancel", planned)

    assert refused.code == 2
    assert "请加 --yes" in refused.err
    assert office("run", "status", planned, "--json").document["state"] == "planned"


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_what_a_run_cannot_do_where_it_stands_is_refused(
    office: Office, planned: str, verb: str
) -> None:
    refused = office("run", verb, planned)

    assert refused.code == 1
    assert f"批次 {planned} 已规划，不能" in refused.sentence


def test_a_paused_run_is_not_started_but_resumed(office: Office, planned: str, app: App) -> None:
    from distribution import delivery

    delivery.start(app.transaction, int(planned), at=MORNING, expiry=timedelta(days=3650))

    assert office("run", "pause", planned).out == f"批次 {planned} 已暂停。\n"
    assert "distribution run resume" in office("run", "start", planned).sentence
    resumed = office("run", "resume", planned)
    assert resumed.out.startswith(f"批次 {planned} 投递中。\n")
    assert f"distribution run start {planned}" in resumed.out
    with app.reading() as session:
        actions = session.scalars(select(Audit.action).order_by(Audit.id)).all()
    assert actions == ["run.plan", "run.pause", "run.resume"]


VERBS = [
    *("status", "verify", "seal", "start", "pause", "resume", "cancel", "failed"),
    *("watch", "late", "approve"),
]


def test_a_run_that_is_not_there_is_said_so(office: Office) -> None:
    for verb, number in itertools.product(VERBS, ("0", "99", "-5", "9223372036854775807")):
        yes = ["--yes"] if verb == "cancel" else []
        refused = office("run", verb, *yes, "--", number)
        assert (refused.code, refused.out) == (2, ""), verb
        assert refused.sentence == f"没有批次 {number}：distribution run list 列出全部批次"


@only_sqlite
@pytest.mark.parametrize(
    "number", ["99999999999999999999", "-99999999999999999999", "9" * 9000, "x"]
)
def test_a_number_no_database_holds_is_bad_usage(office: Office, number: str) -> None:
    for verb in VERBS:
        refused = office("run", verb, "--", number)
        assert (refused.code, refused.out) == (2, ""), verb
        assert refused.err.splitlines()[-1].startswith("distribution: '批次号' 的值无效：")


@only_sqlite
def test_real_sending_with_a_trials_settings_is_refused_before_anything_changes(
    office: Office, planned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distribution.cli import common

    monkeypatch.setenv("DISTRIBUTION_TRANSPORT", "smtp")
    common.installation().engine.dispose()
    common.installation.cache_clear()

    refused = office("run", "start", planned)

    assert refused.code == 2
    assert refused.sentence.startswith("base_url 是 http://localhost:8000")
    assert office("run", "status", planned, "--json").document["state"] == "planned"


class PausingSink(Sink):
    """A relay at whose first mail somebody pauses the run."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app = app

    def accept(self, mail: Accepted) -> None:
        if not self.accepted:
            with self._app.transaction() as session:
                delivery.pause_all(session, by="somebody", reason="内容有误")
        super().accept(mail)


@only_sqlite
def test_a_run_paused_while_it_starts_ends_with_one_and_how_to_go_on(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = planned_run(office, app, issue)
    with PausingSink(app) as sink:
        for name, value in relay_settings(sink, connections=1).items():
            monkeypatch.setenv(name, value)
        common.installation.cache_clear()
        started = office("run", "start", number)
        set_app(None)

    assert (started.code, len(sink.accepted)) == (1, 1)
    assert started.sentence == (
        f"批次 {number} 投递中被暂停，还有 2 封未投递：查明后运行 "
        f"distribution run resume {number}，再运行 distribution run start {number}"
    )
    assert "处理中" not in started.out


@only_sqlite
def test_what_keeps_the_mails_from_the_relay_is_shown_once(
    app: App, issue: str, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    status = status_of(app, int(planned_run(office, app, issue)))
    away = delivery.RelayUnavailable("中继 relay.test:25 无法连接：请检查。", permanent=False)
    with Progress() as progress:
        for met in (None, away, away):
            progress.show(status, None, met)

    said = capsys.readouterr().out
    assert said.count("中继 relay.test:25 无法连接：请检查。稍后自动再试") == 1


@only_sqlite
def test_what_the_rest_waits_for_is_said_once_and_no_line_twice(
    app: App, issue: str, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    status = status_of(app, int(planned_run(office, app, issue)))
    waiting = replace(status.waiting, due_now=0, handed=3, answer_in=timedelta(minutes=11))
    handed = replace(status, states={DeliveryState.HANDED: 3}, waiting=waiting)
    with Progress(still=timedelta(0)) as progress:
        for _ in range(3):
            progress.show(handed, None, None)

    said = capsys.readouterr().out
    assert said.count("3 封已交给中继，还没有答复；到 ") == 1
    assert said.count("投递 0/3") == 1


@only_sqlite
def test_a_relay_that_refuses_us_is_said_and_not_only_that_it_goes_on_later(
    office: Office, app: App, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = planned_run(office, app, issue)
    not_ours = Fault(Act.SAY, "550 5.7.1 sender not owned by user")
    with Sink({Step.MAIL: not_ours}) as sink:
        for name, value in relay_settings(sink, dot_timeout_seconds=5).items():
            monkeypatch.setenv(name, value)
        common.installation.cache_clear()
        started = office("run", "start", number)
        set_app(None)

    assert (started.code, "不接受退信地址（550 5.7.1" in started.err) == (1, True), started
    assert sink.accepted == []

"""`distribution run failed`: what was refused, and trying a kind of it again."""

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from runs import add_reader, approve, plan, start
from sqlalchemy import insert, select, update

from distribution import clock
from distribution.app import App
from distribution.models import Audit, Delivery, DeliveryEvent
from distribution.words import Cause, DeliveryState, Meaning

SAID = "550 5.7.1 not wanted here"
FAILED = DeliveryState.FAILED


@pytest.fixture
def refused(app: App, issue: str) -> str:
    """A run being sent, of which all three mails were refused; its number."""
    with app.transaction() as session:
        for name in "abc":
            add_reader(session, app, f"{name}@sanjin.example", MORNING, name=name, consent="表")
    at = clock.now()
    run_id = start(app, plan(app, approve(app, issue), at), at)
    with app.transaction() as session:
        ids = session.scalars(select(Delivery.id).order_by(Delivery.id)).all()
        session.execute(update(Delivery).values(state=FAILED, cause=Cause.POLICY))
        last = update(Delivery).where(Delivery.id == ids[-1])
        session.execute(last.values(cause=Cause.UNKNOWN, meaning=Meaning.MAILBOX_FULL))
        for delivery_id in ids:
            session.execute(
                insert(DeliveryEvent).values(
                    delivery_id=delivery_id, at=at, state=FAILED, reply=SAID, by="x"
                )
            )
    return str(run_id)


def states(office: Office, run_id: str) -> dict[str, int]:
    counted = office("run", "status", run_id, "--json").document["states"]
    return {state: count for state, count in counted.items() if count}


def test_the_refused_are_counted_by_kind(office: Office, refused: str) -> None:
    shown = office("run", "failed", refused)
    document = office("run", "failed", refused, "--json").document

    assert (shown.code, shown.err) == (0, "")
    for part in ("对方策略拒收", "邮箱已满", SAID, "a@sanjin.example 等", "--retry"):
        assert part in shown.out
    assert document["run"] == int(refused)
    policy, full = document["failed"]
    assert (policy["kind"], policy["meaning"], policy["count"]) == ("policy", None, 2)
    assert (full["kind"], full["cause"], full["count"]) == ("mailbox_full", "unknown", 1)
    assert policy["examples"][0]["words"] == SAID
    assert policy["examples"][0]["recipient"] == "a@sanjin.example"


def test_a_kind_is_tried_again_once(office: Office, refused: str, app: App) -> None:
    trial = office("run", "failed", refused, "--retry", "对方策略拒收", "--dry-run")
    assert (trial.code, trial.out) == (0, f"批次 {refused}：会重投 2 封。\n")
    assert states(office, refused) == {"failed": 3}

    done = office("run", "failed", refused, "--retry", "对方策略拒收")

    assert done.out.splitlines() == [
        f"批次 {refused}：重投 2 封。",
        f"没有常驻的投递进程时，请运行：distribution run start {refused}",
    ]
    assert states(office, refused) == {"planned": 2, "failed": 1}
    again = office("run", "failed", refused, "--retry", "policy", "--json").document
    assert again == {
        "run": int(refused), "kinds": ["policy"], "dry_run": False, "planned": 0, "left_out": {},
    }  # fmt: skip
    with app.reading() as session:
        deeds = session.execute(select(Audit.action, Audit.subject, Audit.detail)).all()
    assert [tuple(deed) for deed in deeds] == [
        ("run.retry", refused, {"kinds": ["policy"], "planned": 2})
    ]


def test_who_is_out_of_use_is_told_and_left(office: Office, refused: str) -> None:
    office("suppression", "add", "c@sanjin.example", "--reason", "来电")

    done = office("run", "failed", refused, "--retry", "邮箱已满")

    assert done.out.splitlines() == [
        f"批次 {refused} 没有这一类可以重投的：没有改动。",
        "不重投：地址已抑制 1",
    ]


def test_held_mails_are_listed_and_let_go_by_a_persons_word(
    office: Office, refused: str, app: App
) -> None:
    first = select(Delivery.id).order_by(Delivery.id).limit(1).scalar_subquery()
    hold = update(Delivery).where(Delivery.id == first)
    with app.transaction() as session:
        session.execute(hold.values(state=DeliveryState.HELD, cause=Cause.POISON))
    label = Cause.POISON.label

    assert f"1 封已扣留，不会自动投递：distribution run failed {refused}" in (
        office("run", "status", refused).out
    )
    shown = office("run", "failed", refused)
    assert (label in shown.out, "a@sanjin.example" in shown.out) == (True, True)
    done = office("run", "failed", refused, "--retry", label)

    assert done.out.startswith(f"批次 {refused}：重投 1 封。")
    assert states(office, refused) == {"planned": 1, "failed": 2}


def test_a_cancelled_run_is_over(office: Office, refused: str) -> None:
    office("run", "cancel", refused, "--yes")

    over = office("run", "failed", refused, "--retry", "policy")

    assert (over.code, over.out) == (1, "")
    assert over.sentence.startswith(f"批次 {refused} 已取消，没有改动：")
    assert office("run", "failed", refused).code == 0


def test_a_run_without_refusals_says_so(office: Office, app: App, issue: str) -> None:
    run_id = plan(app, approve(app, issue), clock.now())

    assert office("run", "failed", str(run_id)).out == f"批次 {run_id} 没有被拒收或扣留的投递。\n"
    document = office("run", "failed", str(run_id), "--json").document
    assert document == {"run": run_id, "failed": []}


@only_sqlite
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1", "--retry", "没有这种"), "没有这一类 '没有这种'：可用的有 地址不存在"),
        (("1", "--retry", ""), "没有这一类"),
        (("1", "--dry-run"), "--dry-run 要和 --retry 一起用"),
        (("99", "--retry", "policy"), "没有批次 99"),
    ],
)
def test_what_cannot_be_is_bad_usage(office: Office, arguments: tuple[str, ...], said: str) -> None:
    wrong = office("run", "failed", *arguments)

    assert (wrong.code, wrong.out) == (2, "")
    assert said in wrong.sentence

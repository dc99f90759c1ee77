"""`distribution run doubt`: an admin looks at what is in doubt, and decides."""

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from runs import add_reader, approve, plan, start
from sqlalchemy import insert, select, update

from distribution import clock
from distribution.app import App
from distribution.cli import common
from distribution.models import Audit, Delivery, DeliveryEvent
from distribution.words import DeliveryState

EMAIL = "zhang@sanjin.example"
LOST = "connection lost after the dot"


@pytest.fixture
def doubt(app: App, issue: str) -> str:
    """A delivery in doubt of a run that is being sent; its number."""
    with app.transaction() as session:
        add_reader(session, app, EMAIL, MORNING, name="张三", consent="表")
    at = clock.now()
    start(app, plan(app, approve(app, issue), at), at)
    with app.transaction() as session:
        delivery_id = session.scalars(select(Delivery.id)).one()
        session.execute(update(Delivery).values(state=DeliveryState.IN_DOUBT, handed_at=at))
        session.execute(
            insert(DeliveryEvent).values(
                delivery_id=delivery_id, at=at, state=DeliveryState.IN_DOUBT, reply=LOST, by="x"
            )
        )
    return str(delivery_id)


def number_of_the_run(office: Office) -> str:
    return str(office("run", "list", "--json").document[0]["run"])


def audited(app: App) -> list[tuple[str, str, dict[str, object]]]:
    with app.reading() as session:
        rows = session.execute(select(Audit.action, Audit.subject, Audit.detail)).all()
    return [(row[0], row[1], row[2]) for row in rows]


def test_a_doubt_is_listed_with_all_that_helps_to_decide(
    office: Office, doubt: str, app: App
) -> None:
    run_id = number_of_the_run(office)

    shown = office("run", "doubt", "list")
    (document,) = office("run", "doubt", "list", run_id, "--json").document

    message_id = app.addresses.message_id(int(doubt))
    for part in (EMAIL, LOST, message_id, "发件文件夹", "run doubt accept"):
        assert part in shown.out
    assert (document["delivery"], document["run"]) == (int(doubt), int(run_id))
    assert (document["recipient"], document["name"]) == (EMAIL, "张三")
    assert (document["words"], document["message_id"]) == (LOST, message_id)
    assert document["asked"][1:] == ["退信", "读者的打开与点击"]
    assert document["since"] is not None


def test_on_a_narrow_terminal_what_a_log_is_searched_for_stands_whole(
    office: Office, doubt: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "PIPE_WIDTH", 80)

    shown = office("run", "doubt", "list").out

    assert f"\n  {doubt}  {app.addresses.message_id(int(doubt))}\n" in shown
    assert EMAIL in shown


def test_the_books_say_that_a_doubt_is_no_end(office: Office, doubt: str) -> None:
    run_id = number_of_the_run(office)

    assert "：1 封投递，其中 1 封存疑。\n" in office("run", "verify", run_id).out
    shown = office("run", "status", run_id).out
    assert f"1 封存疑，须查明：distribution run doubt list {run_id}\n" in shown
    assert doubt in office("run", "doubt", "list", run_id).out


def test_without_doubts_the_list_says_so(office: Office) -> None:
    assert office("run", "doubt", "list").out == "没有存疑的投递。\n"
    assert office("run", "doubt", "list", "--json").document == []
    missing = office("run", "doubt", "list", "99")
    assert (missing.code, missing.out) == (2, "")
    assert missing.sentence.startswith("没有批次 99")


def test_a_doubt_is_accepted_with_its_reason(office: Office, doubt: str, app: App) -> None:
    run_id = number_of_the_run(office)

    done = office("run", "doubt", "accept", doubt, "--reason", " 他来电说收到了 ", "--yes")

    assert (done.code, done.out) == (0, f"投递 {doubt}（批次 {run_id}）已记为已交中继。\n")
    assert office("run", "status", run_id, "--json").document["states"]["accepted"] == 1
    detail = {"run": int(run_id), "reason": "他来电说收到了"}
    assert audited(app)[-1] == ("doubt.accept", doubt, detail)
    again = office("run", "doubt", "accept", doubt, "--reason", "再说一遍", "--yes")
    assert again.code == 1
    assert again.sentence == f"投递 {doubt} 的状态是已交中继，不是存疑：没有改动"
    assert len([deed for deed in audited(app) if deed[0] == "doubt.accept"]) == 1


def test_a_doubt_is_sent_again(office: Office, doubt: str, app: App) -> None:
    run_id = number_of_the_run(office)

    done = office("run", "doubt", "resend", doubt, "--reason", "日志里没有", "--yes")

    assert (done.code, done.err) == (0, "")
    assert f"distribution run start {run_id}" in done.out
    assert office("run", "status", run_id, "--json").document["states"]["planned"] == 1
    assert audited(app)[-1][0] == "doubt.resend"


def test_nothing_of_a_cancelled_run_is_sent_again(office: Office, doubt: str) -> None:
    office("run", "cancel", number_of_the_run(office), "--yes")

    refused = office("run", "doubt", "resend", doubt, "--reason", "日志里没有", "--yes")

    assert refused.code == 1
    assert f"distribution run doubt accept {doubt}" in refused.sentence


@pytest.mark.parametrize("verb", ["accept", "resend"])
def test_without_a_terminal_nothing_is_decided_unasked(
    office: Office, doubt: str, app: App, verb: str
) -> None:
    refused = office("run", "doubt", verb, doubt, "--reason", "日志里没有")

    assert (refused.code, refused.out) == (2, "")
    assert "请加 --yes" in refused.sentence
    assert audited(app) == []
    assert len(office("run", "doubt", "list", "--json").document) == 1


@only_sqlite
@pytest.mark.parametrize("verb", ["accept", "resend"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("999", "--reason", "日志", "--yes"), "没有投递 999"),
        (("999", "--yes"), "--reason"),
        (("999", "--reason", " ", "--yes"), "不能为空"),
        (("99999999999999999999", "--reason", "日志", "--yes"), "没有这么大的编号"),
    ],
)
def test_what_cannot_be_is_bad_usage(
    office: Office, verb: str, arguments: tuple[str, ...], said: str
) -> None:
    refused = office("run", "doubt", verb, *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err

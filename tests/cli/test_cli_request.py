"""`distribution request`: what people asked about their data is kept until it is answered."""

from datetime import timedelta

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from runs import add_reader
from sqlalchemy import select, update

from distribution import clock
from distribution.app import App
from distribution.models import PrivacyRequest

READER = "zhao@fenhe.example"


@pytest.fixture
def reader(app: App) -> str:
    with app.transaction() as session:
        add_reader(session, app, READER, MORNING, name="赵明")
    return READER


def test_a_request_is_written_down_listed_and_closed(office: Office, reader: str) -> None:
    said = office("request", "add", reader, "--kind", "查阅", "--note", "来电")

    due = clock.for_people(clock.now() + timedelta(days=15))[:10]
    assert said.out.splitlines()[0] == f"已登记请求 1（查阅或复制），请在 {due} 前答复。"
    assert "distribution subscriber export zhao@fenhe.example" in said.out
    assert "赵明 <zhao@fenhe.example>" in office("request", "list", "--open").out
    assert office("request", "close", "1", "--answer", "已寄出").out == (
        "请求 1（查阅或复制）已办结。\n"
    )
    assert office("request", "list", "--open").out == "没有尚未答复的请求。\n"
    assert "来电；已寄出" in office("request", "list").out


@only_sqlite
@pytest.mark.parametrize(
    ("kind", "code"), [("更正", "correction"), ("删除", "erasure"), ("access", "access")]
)
def test_kinds_are_said_in_chinese_or_by_code(
    office: Office, reader: str, kind: str, code: str
) -> None:
    office("request", "add", reader, "--kind", kind)

    (document,) = office("request", "list", "--json").document
    assert (document["kind"], document["email"], document["overdue"]) == (code, reader, False)
    assert document["done_at"] is None


def test_whoever_is_late_is_marked(office: Office, reader: str, app: App) -> None:
    office("request", "add", reader, "--kind", "删除")
    with app.transaction() as session:
        session.execute(update(PrivacyRequest).values(due_at=MORNING - timedelta(days=99)))

    assert "已逾期" in office("request", "list").out
    assert office("request", "list", "--json").document[0]["overdue"] is True


def test_the_time_is_a_setting(
    office: Office, reader: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_REQUEST_DAYS", "3")
    office("request", "add", reader, "--kind", "更正")

    with app.reading() as session:
        row = session.scalars(select(PrivacyRequest)).one()
        assert row.due_at - row.asked_at == timedelta(days=3)


@only_sqlite
def test_somebody_of_whom_nothing_is_held_may_ask_too(office: Office) -> None:
    said = office("request", "add", "nobody@fenhe.example", "--kind", "查阅")

    assert "不在册" in said.out
    assert "distribution request close 1" in said.out
    assert "（不在册）" in office("request", "list").out
    assert "nobody" not in office("request", "list", "--json").out


@only_sqlite
def test_what_cannot_be_is_said_in_a_sentence(office: Office, reader: str) -> None:
    unknown = office("request", "add", reader, "--kind", "遗忘")
    assert (unknown.code, unknown.sentence[:4]) == (2, "没有请求")
    missing = office("request", "close", "7", "--answer", "x")
    assert missing.sentence == "没有请求 7：distribution request list 列出全部请求"
    office("request", "add", reader, "--kind", "更正")
    office("request", "close", "1", "--answer", "已更正")
    again = office("request", "close", "1", "--answer", "已更正")
    assert (again.code, again.sentence) == (1, "请求 1 早已办结：没有改动")

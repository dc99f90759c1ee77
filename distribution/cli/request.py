"""`distribution request`: what people asked about their data, and until when."""

from datetime import datetime, timedelta
from typing import Any

import click

from distribution import audience, clock, privacy
from distribution.cli.chinese import row_number
from distribution.cli.choices import Choice
from distribution.cli.common import admin, as_json, installation, show_json, show_table
from distribution.errors import NotFound
from distribution.privacy import Asked
from distribution.words import RequestKind

_NOT_HELD = "（不在册）"


class _Kind(Choice[RequestKind]):
    """A kind of request; 查阅 and 复制 are one."""

    def __init__(self) -> None:
        super().__init__(tuple(RequestKind), "请求种类")
        self._known |= {"查阅": RequestKind.ACCESS, "复制": RequestKind.ACCESS}


@click.group("request")
def group() -> None:
    """资料请求：本人要求查阅、更正或删除自己的资料，须在期限内答复。"""


@group.command("add")
@click.argument("email", metavar="邮箱")
@click.option("--kind", type=_Kind(), required=True, help="查阅、更正 或 删除。", metavar="种类")
@click.option("--note", default="", help="本人怎么说的，例如 '来电，要求改单位名称'。")
def add(email: str, kind: RequestKind, note: str) -> None:
    """登记一个请求；期限由设置 request_days 决定。不在册的人也可以请求。

    例如：distribution request add zhang@enterprise.example --kind 查阅
    """
    app, at = installation(), clock.now()
    with app.transaction() as session:
        address_hash = app.keyring.address_hash(audience.read_address(email).key)
        try:
            subscriber_id = audience.find_subscriber(session, email).id
        except NotFound:
            subscriber_id = None
        asked = privacy.add_request(
            session,
            kind,
            subscriber_id=subscriber_id,
            address_hash=address_hash,
            note=note,
            within=timedelta(days=app.settings.request_days),
            by=admin(),
            at=at,
        )
        due = clock.for_people(asked.due_at)[:10]
    click.echo(f"已登记请求 {asked.id}（{kind.label}），请在 {due} 前答复。")
    click.echo(_next_step(kind, email if subscriber_id else "", asked.id))


def _next_step(kind: RequestKind, email: str, request_id: int) -> str:
    """What answers it; `email` is empty where the person is not on the books."""
    if not email:
        return (
            "此人不在册，没有他的资料；回信说明后办结："
            f"distribution request close {request_id} --answer 没有他的资料"
        )
    return {
        RequestKind.ACCESS: f"导出并办结：distribution subscriber export {email}",
        RequestKind.CORRECTION: (
            f"更正后办结：distribution request close {request_id} --answer 已更正"
        ),
        RequestKind.ERASURE: f"删除并办结：distribution subscriber erase {email} --reason 缘由",
    }[kind]


@group.command("list")
@click.option("--open", "only_open", is_flag=True, help="只列尚未答复的。")
@as_json
def list_requests(only_open: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出请求：尚未答复的在前，最急的最前；逾期的注明。"""
    at = clock.now()
    with installation().reading() as session:
        found = privacy.requests(session, only_open=only_open)
        if as_json:
            show_json([_document(asked, at) for asked in found])
            return
        show_table(
            ("编号", "种类", "何人", "期限", "状态", "说明与答复"),
            [
                (
                    asked.request.id,
                    asked.request.kind.label,
                    _who(asked),
                    clock.for_people(asked.request.due_at)[:10],
                    _state(asked, at),
                    "；".join(filter(None, (asked.request.note, asked.request.answer))),
                )
                for asked in found
            ],
            empty="没有尚未答复的请求。" if only_open else "还没有请求：distribution request add",
        )


@group.command("close")
@click.argument("request_id", metavar="编号", type=int, callback=row_number)
@click.option("--answer", required=True, help="怎样答复的，例如 '已更正姓名并回信'。")
def close(request_id: int, answer: str) -> None:
    """办结一个请求，写明怎样答复的。"""
    with installation().transaction() as session:
        done = privacy.close_request(session, request_id, answer, by=admin(), at=clock.now())
        label = done.kind.label
    click.echo(f"请求 {request_id}（{label}）已办结。")


def _who(asked: Asked) -> str:
    if asked.email is None:
        return _NOT_HELD
    return f"{asked.name} <{asked.email}>" if asked.name else f"编号 {asked.request.subscriber_id}"


def _state(asked: Asked, at: datetime) -> str:
    if asked.request.done_at is not None:
        return f"{clock.for_people(asked.request.done_at)[:10]} 办结"
    return "已逾期" if asked.overdue(at) else "待答复"


def _document(asked: Asked, at: datetime) -> dict[str, Any]:
    row = asked.request
    return {
        "id": row.id,
        "kind": row.kind.value,
        "subscriber": row.subscriber_id,
        "name": asked.name or None,
        "email": asked.email,
        "note": row.note,
        "asked_at": row.asked_at,
        "due_at": row.due_at,
        "overdue": asked.overdue(at),
        "done_at": row.done_at,
        "answer": row.answer,
        "by": row.by,
    }

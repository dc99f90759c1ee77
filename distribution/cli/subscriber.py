"""`distribution subscriber`: contacts, their interests, their consent."""

import click

from distribution import audience, audit, clock
from distribution.audience import Profile
from distribution.cli.common import admin, as_json, installation, show_json, show_table, split
from distribution.errors import DistributionError
from distribution.models import ConsentEvent
from distribution.words import Cause, Decision, Edition, Purpose, Role

ROLES = {role.label: role for role in Role} | {role.value: role for role in Role}
EDITIONS = {edition.label: edition for edition in Edition} | {e.value: e for e in Edition}
MAILABLE = "可投递"


class UnknownWord(DistributionError):
    """Raised for a word that is none of a closed set."""

    def __init__(self, kind: str, given: str, known: list[str]) -> None:
        self.given = given
        super().__init__(f"没有{kind} {given!r}：可用的有 {'、'.join(known)}")


@click.group("subscriber")
def group() -> None:
    """订阅者：会员企业的联系人。"""


@group.command("add")
@click.argument("email", metavar="邮箱")
@click.option("--name", required=True, help="姓名。")
@click.option("--enterprise", default="", help="单位名称；新名称会新建单位。")
@click.option("--role", default="其他", show_default=True, help="职务：联络员、总经理、技术……")
@click.option("--topics", help="关注的主题，按自己的顺序，逗号分隔。")
@click.option("--words", help="关注词，逗号分隔。")
@click.option("--consent", default="", help="同意接收的依据，例如 '入会登记表 2026-03'。")
def add(
    email: str,
    name: str,
    enterprise: str,
    role: str,
    topics: str | None,
    words: str | None,
    consent: str,
) -> None:
    """新增一位订阅者；没有同意依据的不会收到邮件。"""
    app, at = installation(), clock.now()
    new = audience.NewSubscriber(
        address=audience.read_address(email),
        name=name,
        enterprise=enterprise,
        role=_role(role),
        topics=split(topics) or (),
        watch_words=split(words) or (),
        consent=consent,
    )
    with app.transaction() as session:
        row = audience.add_subscriber(session, new, app.keyring.address_hash, by=admin(), at=at)
        audit.record(session, "subscriber.add", str(row.id), by=admin(), at=at)
    click.echo(f"已新增 {row.name} <{row.email}>。")
    if not consent.strip():
        click.echo(
            "尚无同意依据，不会向他投递；取得同意后："
            f"distribution subscriber consent {row.email} --basis 依据"
        )


@group.command("list")
@click.option("--search", default="", help="姓名、邮箱或单位的一部分。")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@as_json
def list_subscribers(search: str, limit: int, as_json: bool) -> None:  # noqa: FBT001
    """列出订阅者。"""
    with installation().reading() as session:
        rows = audience.subscribers(session, search=search, limit=limit)
        if as_json:
            show_json(
                [
                    {
                        "email": row.email,
                        "name": row.name,
                        "role": row.role.value,
                        "enterprise": enterprise,
                        "mailable": why is None,
                        "barrier": why,
                    }
                    for row, enterprise, why in rows
                ]
            )
            return
        show_table(
            ("姓名", "邮箱", "单位", "职务", "状态"),
            [
                (row.name, row.email, enterprise, row.role.label, _barrier(why))
                for row, enterprise, why in rows
            ],
            empty="没有符合的订阅者。" if search else "还没有订阅者：distribution subscriber add",
        )
        if len(rows) == limit:
            click.echo(f"只列出前 {limit} 位；--limit 可改，--search 可缩小范围。")


@group.command("show")
@click.argument("email", metavar="邮箱")
@as_json
def show(email: str, as_json: bool) -> None:  # noqa: FBT001
    """查看一位订阅者的全部资料，以及能否向他投递。"""
    _present(email, as_json=as_json)


@group.command("interests")
@click.argument("email", metavar="邮箱")
@click.option("--topics", help="改为这些主题，按顺序，逗号分隔；空字符串清除。")
@click.option("--words", help="改为这些关注词，逗号分隔；空字符串清除。")
@click.option("--edition", help="个性化 或 标准版。")
@as_json
def interests(
    email: str,
    topics: str | None,
    words: str | None,
    edition: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """查看或修改一位订阅者的关注；不带选项只查看。"""
    changes = {"topics": topics, "words": words, "edition": edition}
    if all(value is None for value in changes.values()):
        _present(email, as_json=as_json)
        return
    at = clock.now()
    with installation().transaction() as session:
        row = audience.find_subscriber(session, email)
        audience.set_interests(
            session,
            row,
            topic_names=split(topics),
            watch_words=split(words),
            edition=None if edition is None else _edition(edition),
        )
        audit.record(session, "subscriber.interests", str(row.id), by=admin(), at=at, **changes)
    _present(email, as_json=as_json)


@group.command("unsubscribe")
@click.argument("email", metavar="邮箱")
@click.option("--reason", default="管理员代为退订", show_default=True, help="缘由，记入同意记录。")
def unsubscribe(email: str, reason: str) -> None:
    """退订：此后不再投递，正在进行的批次也跳过他。"""
    _decide(email, Decision.WITHDRAWN, reason)


@group.command("consent")
@click.argument("email", metavar="邮箱")
@click.option("--basis", required=True, help="同意的依据，例如 '电话确认 2026-11-20'。")
def consent(email: str, basis: str) -> None:
    """登记同意接收。"""
    _decide(email, Decision.GRANTED, basis)


def _present(email: str, *, as_json: bool) -> None:
    with installation().reading() as session:
        found = audience.profile(session, audience.find_subscriber(session, email))
        if as_json:
            show_json(_document(found))
        else:
            _show_profile(found)


def _decide(email: str, said: Decision, wording: str) -> None:
    at = clock.now()
    with installation().transaction() as session:
        row = audience.find_subscriber(session, email)
        statement = audience.Statement(said, wording, channel="cli")
        changed = audience.record_consent(session, row.id, statement, by=admin(), at=at)
        if changed:
            audit.record(session, f"subscriber.{said.value}", str(row.id), by=admin(), at=at)
        now = audience.profile(session, row).barrier
    if not changed:
        already = "同意接收" if said is Decision.GRANTED else "已退订"
        click.echo(f"{row.email} 本来就{already}：没有改动。")
    if changed or now is Cause.SUPPRESSED:
        click.echo(f"{row.email}：{_barrier(now)}。")


def _role(given: str) -> Role:
    if given not in ROLES:
        raise UnknownWord("职务", given, [role.label for role in Role])
    return ROLES[given]


def _edition(given: str) -> Edition:
    if given not in EDITIONS:
        raise UnknownWord("版本", given, [edition.label for edition in Edition])
    return EDITIONS[given]


def _barrier(why: str | None) -> str:
    return MAILABLE if why is None else f"不投递：{Cause(why).label}"


def _show_profile(found: Profile) -> None:
    row = found.subscriber
    own = "、".join(topic.name for topic in found.topics)
    default = "、".join(topic.name for topic in found.enterprise_topics)
    last = {event.purpose: event for event in found.consents}  # the oldest first
    show_table(
        ("项目", "内容"),
        [
            ("姓名", row.name),
            ("邮箱", row.email),
            ("单位", found.enterprise.name if found.enterprise else None),
            ("职务", row.role.label),
            ("版本", row.edition.label),
            ("关注主题", own or (f"{default}（默认：本单位关注）" if default else "未选择：全部")),
            ("关注词", "、".join(found.watch_words)),
            ("状态", _barrier(found.barrier)),
            *((purpose.label, _consent(last.get(purpose))) for purpose in Purpose),
        ],
    )


def _consent(event: ConsentEvent | None) -> str | None:
    """What somebody last said to one purpose."""
    if event is None:
        return None
    return f"{clock.for_people(event.at)} {event.decision.label}：{event.wording}"


def _document(found: Profile) -> dict[str, object]:
    row = found.subscriber
    return {
        "email": row.email,
        "name": row.name,
        "enterprise": found.enterprise.name if found.enterprise else None,
        "role": row.role.value,
        "edition": row.edition.value,
        "topics": [topic.code for topic in found.topics],
        "enterprise_topics": [topic.code for topic in found.enterprise_topics],
        "watch_words": list(found.watch_words),
        "mailable": found.barrier is None,
        "barrier": found.barrier.value if found.barrier else None,
        "consents": [
            {
                "purpose": event.purpose.value,
                "decision": event.decision.value,
                "wording": event.wording,
                "channel": event.channel,
                "by": event.by,
                "at": event.at,
            }
            for event in found.consents
        ],
    }

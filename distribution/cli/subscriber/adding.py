"""`distribution subscriber add`: a new contact, and what is odd about his address."""

from typing import TypedDict, Unpack

import click

from distribution import audience, audit, clock, config, delivery
from distribution.audience import EmailAddress
from distribution.cli.choices import EDITION, FORMAT, FREQUENCY, ROLE, NothingNamed, labels
from distribution.cli.common import admin, installation, printable, split
from distribution.cli.posting import post
from distribution.cli.subscriber.showing import email_argument, standing
from distribution.words import Cause, Edition, Frequency, MailFormat, Role


class _Facts(TypedDict):
    name: str
    enterprise: str
    role: Role
    phone: str
    topics: str | None
    words: str | None
    frequency: Frequency
    edition: Edition
    format: MailFormat
    consent: str
    confirm: bool


@click.command("add")
@email_argument
@click.option("--name", required=True, help="姓名。")
@click.option("--enterprise", default="", help="单位名称；新名称会新建单位。")
@click.option(
    "--role",
    default=Role.OTHER.label,
    show_default=True,
    type=ROLE,
    help=f"职务：{labels(tuple(Role))}。",
)
@click.option("--phone", default="", help="电话，可不填。")
@click.option("--topics", help="关注的主题，按自己的顺序，逗号分隔。")
@click.option("--words", help="关注词，逗号分隔。")
@click.option(
    "--frequency",
    default=Frequency.EVERY_ISSUE.label,
    show_default=True,
    type=FREQUENCY,
    help=f"接收频率：{labels(tuple(Frequency))}。",
)
@click.option(
    "--edition",
    default=Edition.PERSONALISED.label,
    show_default=True,
    type=EDITION,
    help=f"版本：{labels(tuple(Edition))}。",
)
@click.option(
    "--format",
    default=MailFormat.HTML.label,
    show_default=True,
    type=FORMAT,
    help=f"邮件格式：{labels(tuple(MailFormat))}。",
)
@click.option("--consent", default="", help="同意接收的依据，例如 '入会登记表 2026-03'。")
@click.option("--confirm", is_flag=True, help="没有依据时请他本人确认：登记为待确认，寄确认信。")
def add(email: str, **facts: Unpack[_Facts]) -> None:
    """新增一位订阅者；没有同意依据的不会收到邮件。"""
    app, at = installation(), clock.now()
    if facts["confirm"]:
        if facts["consent"].strip():
            raise NothingNamed("--consent 与 --confirm 只能写一个：已有依据，不必再请他确认")
        config.refuse_trial_settings(app.settings)
    new = audience.NewSubscriber(
        address=audience.read_address(email),
        name=facts["name"],
        enterprise=facts["enterprise"],
        role=facts["role"],
        phone=facts["phone"],
        edition=facts["edition"],
        frequency=facts["frequency"],
        format=facts["format"],
        topics=split(facts["topics"]) or (),
        watch_words=split(facts["words"]) or (),
        consent=facts["consent"],
    )
    with app.transaction() as session:
        row = audience.add_subscriber(session, new, app.keyring.address_hash, by=admin(), at=at)
        audit.record(session, "subscriber.add", str(row.id), by=admin(), at=at)
        if facts["confirm"]:
            delivery.request_consent(session, row, by=admin(), at=at)
            delivery.ask_to_confirm(session, app.stationery, row, by=admin(), at=at)
        found = audience.profile(session, row, at=at)
    click.echo(printable(f"已新增 {row.name} <{row.email}>。"))
    if found.enterprise is not None and found.enterprise.created_at == at:
        click.echo(printable(f"已新建单位「{found.enterprise.name}」。"))
    warn(new.address)
    say_if_barred(row.email, found.barrier)
    if facts["confirm"]:
        click.echo("已写确认信，请他本人确认。")
        post(app, at=at)


def warn(address: EmailAddress) -> None:
    """Say what is odd about an address that was taken all the same."""
    for one in audience.suspicions(address):
        hint = (
            f"；改正请用 distribution subscriber change {address.written} --email {one.suggestion}"
        )
        click.echo(printable(f"请留意：{one.sentence}{hint if one.suggestion else '。'}"))
    if address.needs_smtputf8:
        click.echo("请留意：@ 前不是英文字母与数字，多数邮件系统收不到，最好另要一个邮箱。")


def say_if_barred(email: str, barrier: Cause | None) -> None:
    """Say why nothing will be sent to a contact, and what can be done."""
    if barrier is Cause.NO_CONSENT:
        click.echo(
            "尚无同意依据，不会向他投递；取得同意后："
            + printable(f"distribution consent grant {email} --basis 依据")
            + printable(f"；或请他本人确认：distribution subscriber confirm {email} --request")
        )
    elif barrier is not None:
        click.echo(printable(f"{standing(barrier)}；详见 distribution subscriber show {email}"))

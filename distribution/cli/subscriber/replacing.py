"""`distribution subscriber replace`: a contact leaves and another takes his place."""

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock
from distribution.audience import ContactChanges, NewSubscriber, Statement
from distribution.cli.common import admin, installation, printable
from distribution.cli.subscriber.adding import say_if_barred, warn
from distribution.errors import DistributionError, NotFound
from distribution.models import Subscriber
from distribution.words import Decision


class NameMissing(DistributionError):
    """Raised when a successor is new and nobody says what he is called."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} 还不在册：请用 --name 写明接替者的姓名")


@click.command("replace")
@click.argument("old", metavar="原邮箱")
@click.argument("new", metavar="接替者邮箱")
@click.option("--name", help="接替者的姓名；已在册的可不写。")
@click.option("--phone", help="接替者的电话。")
@click.option("--consent", default="", help="接替者同意接收的依据；没有则先不投递。")
def replace(old: str, new: str, name: str | None, phone: str | None, consent: str) -> None:
    """一位联系人离任，由另一位接替：单位、职务沿用，没有自己选择的也沿用关注与接收方式。

    同意接收是个人的事，不沿用。
    """
    app, at = installation(), clock.now()
    address = audience.read_address(new)
    with app.transaction() as session:
        leaving = audience.find_subscriber(session, old)
        coming = _known(session, new, name, phone) or _new(session, new, name, phone)
        audience.succeed(session, leaving, coming, by=admin(), at=at)
        if consent.strip():
            agreed = Statement(Decision.GRANTED, consent, channel="cli")
            audience.record_consent(session, coming.id, agreed, by=admin(), at=at)
        audit.record(
            session, "subscriber.replace", str(leaving.id), by=admin(), at=at, successor=coming.id
        )
        audit.record(
            session, "subscriber.succeed", str(coming.id), by=admin(), at=at, predecessor=leaving.id
        )
        found = audience.profile(session, coming, at=at)
    home = found.enterprise.name if found.enterprise else "（无单位）"
    click.echo(
        printable(
            f"{leaving.name} 已离任，由 {coming.name} <{coming.email}> 接替："
            f"{home}，{coming.role.label}。"
        )
    )
    warn(address)
    say_if_barred(coming.email, found.barrier)


def _known(session: Session, email: str, name: str | None, phone: str | None) -> Subscriber | None:
    try:
        row = audience.find_subscriber(session, email)
    except NotFound:
        return None
    changes = ContactChanges(name=name, phone=phone)
    audience.change_contact(session, row, changes, installation().keyring.address_hash)
    return row


def _new(session: Session, email: str, name: str | None, phone: str | None) -> Subscriber:
    if name is None:
        raise NameMissing(email)
    new = NewSubscriber(address=audience.read_address(email), name=name, phone=phone or "")
    hasher, at = installation().keyring.address_hash, clock.now()
    return audience.add_subscriber(session, new, hasher, by=admin(), at=at)

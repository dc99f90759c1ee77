"""`distribution digest proof-readers`: the kept lists of who gets proofs."""

from collections.abc import Callable, Sequence

import click

from distribution import audience, audit, clock, delivery
from distribution.app import App
from distribution.cli.common import (
    Command,
    admin,
    as_json,
    installation,
    printable,
    show_json,
    show_table,
)

_LONGEST_NAME = 40


def _on_a_list(command: Command) -> Command:
    addresses: Callable[[Command], Command] = click.argument(
        "given", metavar="邮箱…", nargs=-1, required=True
    )
    name: Callable[[Command], Command] = click.option(
        "--list",
        "list_name",
        default=delivery.EDITORS,
        show_default=True,
        metavar="名单",
        help="哪份名单；没有的会新建。",
    )
    return addresses(name(command))


@click.group("proof-readers")
def group() -> None:
    """样刊名单：样刊寄给谁。名单上的人不是订阅者，不计入任何统计。"""


@group.command("list")
@as_json
def list_readers(as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """列出各份样刊名单。"""
    with installation().reading() as session:
        rows = [
            (row.list_name, row.email, row.added_at, row.added_by)
            for row in delivery.proof_readers(session)
        ]
    if as_json:
        names = ("list", "email", "added_at", "added_by")
        show_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    show_table(
        ("名单", "邮箱", "加入", "由谁"),
        rows,
        empty="没有样刊名单：用 distribution digest proof-readers add 邮箱 新增",
    )


@group.command("add")
@_on_a_list
def add(given: tuple[str, ...], list_name: str) -> None:
    """把邮箱加入一份样刊名单。"""
    app, at = installation(), clock.now()
    list_name = audience.tidy("名单", list_name, longest=_LONGEST_NAME)
    addresses = [audience.read_address(email) for email in given]
    with app.transaction() as session:
        added = [
            address
            for address in addresses
            if delivery.add_proof_reader(session, list_name, address, by=admin(), at=at)
        ]
        if added:
            hashes = [app.keyring.address_hash(address.key) for address in added]
            audit.record(
                session, "proof_readers.add", list_name, by=admin(), at=at, addresses=hashes
            )
        count = len(delivery.proof_readers(session, list_name))
    for address in added:
        for one in audience.suspicions(address):
            click.echo(printable(f"请留意：{one.sentence}。"))
    say_if_suppressed(app, [address.written for address in added])
    click.echo(printable(f"样刊名单 {list_name}：加入 {len(added)} 人，现有 {count} 人。"))


@group.command("remove")
@_on_a_list
def remove(given: tuple[str, ...], list_name: str) -> None:
    """从一份样刊名单上去掉邮箱。"""
    app, at = installation(), clock.now()
    addresses = [audience.read_address(email) for email in given]
    with app.transaction() as session:
        delivery.readers_on(session, list_name)
        gone = [
            address
            for address in addresses
            if delivery.drop_proof_reader(session, list_name, address)
        ]
        if gone:
            hashes = [app.keyring.address_hash(address.key) for address in gone]
            audit.record(
                session, "proof_readers.remove", list_name, by=admin(), at=at, addresses=hashes
            )
        count = len(delivery.proof_readers(session, list_name))
    for address in addresses:
        if address not in gone:
            click.echo(printable(f"{address.written} 本来就不在名单 {list_name} 上。"))
    click.echo(printable(f"样刊名单 {list_name}：去掉 {len(gone)} 人，还有 {count} 人。"))


def say_if_suppressed(app: App, emails: Sequence[str]) -> None:
    """Name the addresses that the audience's mails no longer go to; proofs do all the same."""
    by_hash = {app.keyring.address_hash(audience.read_address(one).key): one for one in emails}
    with app.reading() as session:
        reasons = delivery.out_of_use(session, by_hash.keys())
    for address_hash, reason in reasons.items():
        click.echo(
            printable(
                f"请留意：{by_hash[address_hash]} 在抑制名单上（{reason.label}），"
                "样刊照样会寄；寄不到的请换一个邮箱。"
            )
        )

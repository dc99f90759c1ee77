"""`distribution staff`: the people of the office, and what each of them may do."""

from collections.abc import Sequence

import click

from distribution import audience, clock, staff
from distribution.audience import EmailAddress
from distribution.cli.choices import Choice, NothingNamed, labels
from distribution.cli.common import (
    Command,
    admin,
    as_json,
    installation,
    printable,
    show_json,
    show_table,
)
from distribution.staff import Changes, Person
from distribution.words import StaffRole

_LONGEST_NAME = 100
_ROLE = Choice(tuple(StaffRole), "角色")
_FACTS = {"name": "姓名", "email": "邮箱", "roles": "角色"}


def _with_roles(command: Command) -> Command:
    option = click.option(
        "--role", "roles", type=_ROLE, multiple=True, metavar="角色",
        help=f"{labels(tuple(StaffRole))}，或 admin、editor、board；可写几次。",
    )  # fmt: skip
    with_roles: Command = option(command)
    return with_roles


@click.group("staff")
def group() -> None:
    """人员：编辑部的人，他们的邮箱与角色。

    管理员与编辑可以批准期刊，会收到提醒；理事收到报告。命令行上是谁，见设置 accounts；
    没有任何人员时，谁都可以批准。
    """


@group.command("list")
@click.option("--all", "everything", is_flag=True, help="连同已离开的。")
@as_json
def list_people(everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出人员。"""
    with installation().reading() as session:
        found = staff.people(session, left=everything)
    if as_json:
        show_json([_document(person) for person in found])
        return
    show_table(
        ("姓名", "邮箱", "角色", "加入", *(("离开",) if everything else ())),
        [
            (
                person.name,
                person.email,
                labels(person.roles),
                person.added_at,
                *((person.left_at,) if everything else ()),
            )
            for person in found
        ],
        empty="没有人员：用 distribution staff add 姓名 --email 邮箱 --role editor 新增",
    )


@group.command("add")
@click.argument("name", metavar="姓名")
@click.option("--email", required=True, metavar="邮箱", help="收提醒、样刊与报告的邮箱。")
@_with_roles
def add(name: str, email: str, roles: tuple[StaffRole, ...]) -> None:
    """新增一人，或请回已离开的。

    例如：distribution staff add 王编辑 --email wang@jikan.example --role editor --role admin
    """
    app, at, name = installation(), clock.now(), _tidy(name)
    address = audience.read_address(email)
    with app.transaction() as session:
        person = staff.add(session, name, address, roles, by=admin(), at=at)
    back = "已请回" if person.added_at != at else "已新增"
    click.echo(printable(f"{back} {person.name} <{person.email}>：{labels(person.roles)}。"))
    _warn(address)


@group.command("change")
@click.argument("name", metavar="姓名")
@click.option("--name", "new_name", metavar="新姓名", help="改姓名；从前的记录仍用旧名。")
@click.option("--email", metavar="邮箱", help="换邮箱。")
@_with_roles
def change(name: str, new_name: str | None, email: str | None, roles: Sequence[StaffRole]) -> None:
    """修改一人的姓名、邮箱或角色；给出的角色是他的全部角色。"""
    if new_name is None and email is None and not roles:
        raise NothingNamed("没有写明要改什么：请给出 --name、--email 或 --role")
    app, at = installation(), clock.now()
    address = audience.read_address(email) if email is not None else None
    changes = Changes(_tidy(new_name) if new_name is not None else None, address, roles or None)
    with app.transaction() as session:
        new = staff.change(session, name.strip(), changes, by=admin(), at=at)
    what = "、".join(_FACTS[fact] for fact in new)
    click.echo(printable(f"{name.strip()}：{f'已改{what}' if new else '本来就是这样，没有改动'}。"))
    if "name" in new and name.strip() in app.settings.people.values():
        click.echo("请留意：设置 accounts 里写的还是旧名，请一并改。")
    if address is not None:
        _warn(address)


@group.command("leave")
@click.argument("name", metavar="姓名")
def leave(name: str) -> None:
    """记下一人已离开：不再收到任何信，不能再批准；从前的记录仍在。"""
    app, at, name = installation(), clock.now(), name.strip()
    with app.transaction() as session:
        new = staff.leave(session, name, by=admin(), at=at)
        nobody = not staff.working(session, *staff.APPROVERS)
    said = "已离开，不再收到任何信" if new else "早已离开，没有改动"
    click.echo(printable(f"{name} {said}。"))
    if nobody:
        click.echo("现在没有人可以批准期刊：distribution staff add 姓名 --email 邮箱 --role editor")


def _tidy(name: str) -> str:
    return audience.tidy("姓名", name, longest=_LONGEST_NAME)


def _warn(address: EmailAddress) -> None:
    for one in audience.suspicions(address):
        click.echo(printable(f"请留意：{one.sentence}。"))


def _document(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "email": person.email,
        "roles": [role.value for role in person.roles],
        "added_at": person.added_at,
        "added_by": person.added_by,
        "left_at": person.left_at,
    }

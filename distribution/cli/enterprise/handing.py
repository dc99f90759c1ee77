"""`distribution enterprise hand-over`: a role passes from one contact to another."""

import click

from distribution import audience, audit, clock
from distribution.cli.choices import ROLE, labels
from distribution.cli.common import admin, installation, printable
from distribution.cli.enterprise.showing import name_argument
from distribution.cli.trail import detail
from distribution.words import Role


@click.command("hand-over")
@name_argument
@click.argument("email", metavar="邮箱")
@click.option(
    "--role",
    type=ROLE,
    default=Role.LIAISON.label,
    show_default=True,
    help=f"移交的职务：{labels(tuple(Role))}。",
)
def hand_over(name: str, email: str, role: Role) -> None:
    """把职务移交给本单位的另一位联系人；原任改为其他。

    原任离任、另有人接替时，用 distribution subscriber replace。
    """
    at = clock.now()
    with installation().transaction() as session:
        home = audience.find_enterprise(session, name)
        row = audience.find_subscriber(session, email)
        was, had_it = row.role, row.enterprise_id == home.id and row.role is role
        before = audience.hand_over(session, home, row, role)
        if before or not had_it:
            facts = {"role": role.value, "to": row.id, "from": [one.id for one in before]}
            audit.record(session, "enterprise.hand-over", str(home.id), by=admin(), at=at, **facts)
            roles = {row.id: (was, role), **{one.id: (role, one.role) for one in before}}
            for number, pair in roles.items():
                kept = detail({"role": pair})
                audit.record(session, "subscriber.change", str(number), by=admin(), at=at, **kept)
    if had_it and not before:
        click.echo(printable(f"「{home.name}」的{role.label}本来就是 {row.name}：没有改动。"))
        return
    past = (
        f"，原任 {'、'.join(one.name for one in before)} 改为{Role.OTHER.label}" if before else ""
    )
    click.echo(printable(f"「{home.name}」的{role.label}现在是 {row.name} <{row.email}>{past}。"))

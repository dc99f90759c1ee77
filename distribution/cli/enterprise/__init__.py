"""`distribution enterprise`: the member enterprises."""

import click

from distribution.cli.enterprise import changing, handing, listing, noticing, showing


@click.group("enterprise")
def group() -> None:
    """会员企业。"""


for command in (
    listing.list_enterprises,
    showing.show,
    changing.add,
    changing.change,
    changing.topics_of,
    handing.hand_over,
    changing.suspend,
    changing.resume,
    noticing.notify,
):
    group.add_command(command)

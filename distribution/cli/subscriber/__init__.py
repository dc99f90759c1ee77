"""`distribution subscriber`: contacts, what they want, whether they may be mailed."""

import click

from distribution.cli.subscriber import adding, bulk, changing, listing, replacing, showing, writing


@click.group("subscriber")
def group() -> None:
    """订阅者：会员企业的联系人。"""


for command in (
    listing.list_subscribers,
    showing.show,
    adding.add,
    changing.interests,
    changing.change,
    changing.pause,
    changing.unsubscribe,
    changing.depart,
    changing.come_back,
    replacing.replace,
    bulk.bulk,
    writing.confirm,
    writing.welcome,
):
    group.add_command(command)

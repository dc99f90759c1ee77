"""`distribution subscriber`: contacts, what they want, whether they may be mailed."""

import click

from distribution.cli.subscriber import (
    adding,
    bulk,
    changing,
    listing,
    replacing,
    showing,
    signing_up,
    writing,
)


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
    signing_up.sign_ups,
    signing_up.check,
):
    group.add_command(command)

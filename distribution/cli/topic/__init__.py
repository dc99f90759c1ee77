"""`distribution topic`: the subjects readers choose, and what leads articles to them."""

import click

from distribution.cli.topic import changing, defaults, merging, rules, showing


@click.group("topic")
def group() -> None:
    """主题：读者可关注的内容，以及文章如何归入。"""


for command in (
    showing.list_topics,
    changing.add,
    changing.rename,
    changing.move,
    merging.merge,
    rules.group,
    defaults.group,
):
    group.add_command(command)

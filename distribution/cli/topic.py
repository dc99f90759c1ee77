"""`distribution topic`: the subjects readers choose."""

import click

from distribution import topics
from distribution.cli.common import as_json, installation, show_json, show_table


@click.group("topic")
def group() -> None:
    """主题：读者可关注的内容。"""


@group.command("list")
@as_json
def list_topics(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出主题、通向它的栏目与标题用词。"""
    with installation().reading() as session:
        known = topics.all_topics(session)
        words = {rule.code: rule.words for rule in topics.rules(session)}
        if as_json:
            facts = ("code", "name", "sections")
            show_json(
                [
                    {name: getattr(topic, name) for name in facts}
                    | {"words": list(words[topic.code])}
                    for topic in known
                ]
            )
            return
        show_table(
            ("代码", "名称", "栏目", "标题用词"),
            [
                (topic.code, topic.name, "、".join(topic.sections), "、".join(words[topic.code]))
                for topic in known
            ],
        )

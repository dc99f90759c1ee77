"""`distribution digest gallery`: the most different digests of an issue on one page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from distribution import clock, delivery, digests, issues, topics
from distribution.cli.common import installation, printable
from distribution.cli.digest.gallery_page import Picture, page
from distribution.cli.digest.whose import in_words
from distribution.cli.digest.writing import check_format, write
from distribution.delivery import Rehearsal
from distribution.digests import Hung
from distribution.errors import Refused
from distribution.words import Tracking

_ROLES = {
    "whole": "标准版",
    "own": "按本人的关注",
    "enterprise": "按单位的关注",
    "default": "按职务与行业",
    "none": "没有他关注的内容",
    "largest": "篇数最多",
    "smallest": "篇数最少",
    "different": "与众不同",
}
_HTML = (".html",)


class NoArticles(Refused):
    """Raised for an issue of which nobody would get a mail."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"{key} 期一篇文章也没有，没有邮件可看：先运行 distribution issue check {key}"
        )


@click.command("gallery")
@click.argument("key", metavar="期号")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件",
    help="写入的 .html 文件；不写：gallery-期号.html。",
)
@click.option(
    "--count",
    default=6,
    show_default=True,
    type=click.IntRange(0, 50),
    help="另选几封彼此差别最大的。",
)
def gallery(key: str, out: Path | None, count: int) -> None:
    """把这一期差别最大的几种邮件排在一页上：电脑、手机、深色各一幅，注明各有几位读者。

    标准版、篇数最多与最少的、每种开头语的，总在其中；读者是现在可投递的订阅者。
    """
    if out is not None:
        check_format(out, _HTML)
    app, at = installation(), clock.now()
    with app.reading() as session:
        issue = issues.find_issue(session, key)
        key = issues.key_of(issue)
        rehearsal = delivery.rehearse(session, issue.id, app.recipe)
        found = delivery.exhibits(session, rehearsal)
        names = topics.names(session)
    if not found:
        raise NoArticles(key)
    hung = digests.hang(found, count)
    pictures = [_picture(one, rehearsal, names, app.settings.sender_address, at) for one in hung]
    masthead = rehearsal.issue.masthead
    title = f"《{masthead.publication}》{digests.issue_name(masthead)}"
    html = page(title, pictures, different=len(found), at=at)
    out = out or Path(f"gallery-{key}.html")
    write(out, {".html": html.encode()})
    shown = f"{len(found)} 种邮件"
    if len(pictures) < len(found):
        shown += f"中差别最大的 {len(pictures)} 种"
    click.echo(
        printable(f"已写入 {out}：{shown}（{len(html.encode()) // 1024} KiB），用浏览器打开。")
    )
    if not any(one.readers for one in found):
        click.echo("目前没有可投递的读者：按每个主题各示一种。")


def _picture(
    hung: Hung, rehearsal: Rehearsal, names: Mapping[str, str], recipient: str, at: datetime
) -> Picture:
    exhibit = hung.exhibit
    wishes = replace(exhibit.wishes, tracking=Tracking.DENIED)  # no picture that is fetched
    draft = rehearsal.draft(wishes, recipient, at)
    return Picture(
        title="、".join(_ROLES[role] for role in hung.roles),
        wanted=in_words(wishes, names),
        readers=exhibit.readers,
        others=exhibit.others,
        articles=len(exhibit.articles),
        kib=-(-len(draft.message) // 1024),
        preheader=digests.preheader(draft.digest.html),
        digest=draft.digest,
    )

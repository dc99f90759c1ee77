"""`distribution digest preview`: a reader's mail before it goes."""

from pathlib import Path

import click

from distribution import clock, delivery, issues
from distribution.cli.common import installation, printable
from distribution.cli.digest.whose import Whose, whose_mail
from distribution.cli.digest.writing import check_format, forms, write
from distribution.delivery import Draft
from distribution.words import MailFormat


@click.command("preview")
@click.argument("key", metavar="期号")
@whose_mail
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件",
    help="写入的文件：.html、.txt 或 .eml；不写：在终端显示文字部分。",
)
def preview(key: str, whose: Whose, out: Path | None) -> None:
    """看一位读者或一类读者这一期将收到的邮件；什么也不保存，链接只作样子。

    例如：distribution digest preview 2026-11 --role 质量 --industry C35 --out mail.html
    """
    if out is not None:
        check_format(out)
    whose.check()
    app = installation()
    with app.reading() as session:
        issue = issues.find_issue(session, key)
        somebody = whose.find(session, app)
        rehearsal = delivery.rehearse(session, issue.id, app.recipe)
    draft = rehearsal.draft(somebody.wishes, somebody.recipient, clock.now())
    text_only = somebody.wishes.format is MailFormat.TEXT
    if out is None:
        _show(draft)
    else:
        _write(draft, out, text_only=text_only)
    # Whoever pipes the mail to a file wants nothing else in it.
    for remark in somebody.remarks:
        click.echo(printable(remark), err=out is None)


def _show(draft: Draft) -> None:
    click.echo(printable(f"主题：{draft.digest.subject}"))
    click.echo()
    for line in draft.digest.text.rstrip().splitlines():
        click.echo(printable(line))


def _write(draft: Draft, out: Path, *, text_only: bool) -> None:
    write(out, forms(draft.digest, draft.message))
    subject = printable(draft.digest.subject)
    click.echo(f"已写入 {out}：{subject}（邮件 {-(-len(draft.message) // 1024)} KiB）")
    if text_only and out.suffix.lower() == ".html":
        click.echo("注意：他收纯文本，邮件里没有这个图文部分。")

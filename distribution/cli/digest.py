"""`distribution digest`: see a reader's mail before it goes."""

from pathlib import Path

import click

from distribution import audience, clock, delivery, issues
from distribution.cli.chinese import why
from distribution.cli.common import installation, printable
from distribution.errors import DistributionError

FORMATS = (".html", ".txt", ".eml")


class UnknownFormat(DistributionError):
    """Raised for a file whose name does not say what to write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} 的后缀不明：请用 {'、'.join(FORMATS)} 之一")


class CannotWrite(DistributionError):
    """Raised for a file that the system does not let us write."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        missing = "；文件夹不存在，请先建立" if not path.parent.is_dir() else "：请换一个位置"
        super().__init__(f"写不进 {path}（{why(error)}）{missing}")


@click.group("digest")
def group() -> None:
    """摘要邮件。"""


@group.command("preview")
@click.argument("key", metavar="期号")
@click.option("--subscriber", "email", required=True, help="读者的邮箱。")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入的文件：.html、.txt 或 .eml。",
)
def preview(key: str, email: str, out: Path) -> None:
    """把一位读者这一期将收到的邮件写成文件；链接只作样子，不能退订。"""
    if out.suffix.lower() not in FORMATS:
        raise UnknownFormat(out)
    app = installation()
    with app.reading() as session:
        issue = issues.find_issue(session, key)
        row = audience.find_subscriber(session, email)
        reader = audience.reader(session, row.id)
        draft = delivery.draft(session, issue.id, reader, app.recipe, app.addresses, clock.now())
    content = {
        ".html": draft.digest.html.encode(),
        ".txt": draft.digest.text.encode(),
        ".eml": draft.message,
    }[out.suffix.lower()]
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CannotWrite(out, error) from error
    subject = printable(draft.digest.subject)
    click.echo(f"已写入 {out}：{subject}（邮件 {-(-len(draft.message) // 1024)} KiB）")
    if reader.barrier is not None:
        click.echo(f"注意：目前不会向他投递（{reader.barrier.label}）。")

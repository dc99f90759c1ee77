"""`distribution digest replay`: a mail made again as it went out."""

import sys
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path

import click

from distribution import delivery
from distribution.cli.chinese import row_number
from distribution.cli.common import as_json, installation, printable, show_json, show_table
from distribution.cli.digest import writing
from distribution.delivery import Replay

FAITHFUL = {
    True: "是",
    False: "否",
    None: "无从核对：当时没有留下校验值",
}


@click.command("replay")
@click.argument("delivery_id", metavar="投递号", type=int, callback=row_number)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入的文件：.html、.txt 或 .eml。",
)
@as_json
def replay(delivery_id: int, out: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """重现一封已交出的邮件：按随批次保存的内容再做一次，与当时逐字节核对。

    此后改过文章、关注、模板、主题名称或密钥都不影响。投递号见 distribution subscriber history
    邮箱。写成 .eml 的正是当时交给中继的内容，其中的退订链接对这位读者有效，请勿转发。

    与当时不符则退出码为 1。
    """
    if out is not None:
        writing.check_format(out)
    app = installation()
    with app.reading() as session:
        found = delivery.replay(session, delivery_id, delivery.Press(app.addresses))
    if out is not None:
        writing.write(out, writing.parts(found.message))
    if as_json:
        show_json(_document(delivery_id, found, out))
    else:
        _show(delivery_id, found, out)
    if found.faithful is False:
        sys.exit(1)


def _show(delivery_id: int, found: Replay, out: Path | None) -> None:
    handed = found.handed
    show_table(
        ("项目", "内容"),
        [
            ("期号", found.issue_key),
            ("批次", f"{handed.run_id}"),
            ("收件人", handed.recipient),
            ("交付", handed.handed_at),
            ("状态", handed.state.label),
            ("主题", _subject(found)),
            ("文章", f"{found.articles} 篇"),
            ("大小", f"{_kib(found)} KiB（{len(found.message)} 字节）"),
            ("SHA-256", sha256(found.message).hexdigest()),
            ("与当时逐字节相同", FAITHFUL[found.faithful]),
        ],
        title=f"投递 {delivery_id}",
    )
    if out is not None:
        click.echo(f"已写入 {printable(str(out))}")
    if found.faithful is False:
        click.secho(
            "不符：重现的邮件与当时交出的不同，此后软件升级过，或密钥被改动过；"
            "这是现在能做出的，不能当作当时的原件。",
            fg="red",
            bold=True,
        )


def _subject(found: Replay) -> str:
    return str(message_from_bytes(found.message, policy=policy.default)["Subject"])


def _kib(found: Replay) -> int:
    return -(-len(found.message) // 1024)


def _document(delivery_id: int, found: Replay, out: Path | None) -> dict[str, object]:
    handed = found.handed
    return {
        "delivery": delivery_id,
        "run": handed.run_id,
        "issue": found.issue_key,
        "recipient": handed.recipient,
        "sender": found.envelope.sender,
        "message_id": found.envelope.message_id,
        "handed_at": handed.handed_at,
        "state": handed.state.value,
        "subject": _subject(found),
        "articles": found.articles,
        "bytes": len(found.message),
        "sha256": sha256(found.message).hexdigest(),
        "sha256_then": handed.message_sha256,
        "faithful": found.faithful,
        "file": None if out is None else str(out),
    }

"""`distribution demo`: a whole month in one command, with made-up people."""

import fcntl
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from distribution import audience, clock, compiler, delivery, issues, reports, topics
from distribution.app import App
from distribution.bundle import sample
from distribution.cli import report
from distribution.cli.chinese import why
from distribution.cli.common import installation, programme
from distribution.cli.demo_readers import play
from distribution.cli.progress import Progress
from distribution.cli.stopping import asked_to_stop
from distribution.config import PREFIX
from distribution.errors import DistributionError, Refused
from distribution.transports import Outbox

MARK = "distribution.toml"
EXAMPLES = (
    ("按自己的主题和关注词", ("topics", "watch_words")),
    ("按本单位的主题", ("from_enterprise",)),
    ("标准版", ("standard",)),
)
"""Which facts of a reader's interests make a mail worth looking at."""

FEW = 12
"""With fewer mails than these there is nobody to play all parts."""

REPORTS = ("html", "xlsx")
"""The forms in which the report is left beside the outbox."""

NEW_SECTION, ITS_TOPIC = "安全生产", "quality"
"""A section of the sample issue that leads to no topic yet, and where an editor lets it lead."""

LEAD = 2
"""The article that opens the mails."""

NOTE = """各位读者：

本期头条解读**首台（套）装备**的新细则，多家企业关心的申报条件和时间都在其中。

您收到的文章按您的关注选出，每篇都写明理由；想多看或少看哪一类，点邮件末尾的“调整关注”即可。"""

LAST_PART = "one-click"
"""The channel of the reader who leaves at the end; played again, the parts before change little."""

FIRST_LINE = "# 演示装置的设置；distribution config show 显示全部。"
"""Tells a demonstration from an installation with real readers."""

SETTINGS = f"""\
{FIRST_LINE}
sender_name = "三晋装备通讯"
sender_address = "digest@sanjin-zhuangbei.example"
base_url = "http://localhost:8000"
"""


class NotADemo(DistributionError):
    """Raised for a folder that holds something else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} 里有别的东西，不是演示：请另给一个文件夹，没有改动任何内容")


class CannotUse(DistributionError):
    """Raised for a folder that the system does not let us write."""

    def __init__(self, folder: Path, error: OSError) -> None:
        self.folder = folder
        super().__init__(f"文件夹 {folder} 用不了（{why(error)}）：请另给一个可以写入的文件夹")


@click.command("demo")
@click.argument(
    "folder",
    metavar="[文件夹]",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
)
def command(folder: Path) -> None:
    """用虚构的期刊与联系人走完一个月：导入、规划、投递，读者的回应，报告。

    一切都在这个文件夹（默认 demo）里，邮件写入其中的 outbox。再次运行不会重复投递。
    """
    try:
        app = _open(folder)
        with _alone(folder):
            _show_a_month(app, folder)
    except (KeyboardInterrupt, click.Abort):
        click.echo(err=True)  # after the terminal's ^C
        raise click.Abort("已中止；再次运行同一命令即继续。") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other demonstration works in this folder: its readers play their parts once."""
    with (folder / MARK).open("rb") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo("这个文件夹里正有另一个演示，等它结束……")
            fcntl.flock(mark, fcntl.LOCK_EX)
        except OSError as error:
            raise CannotUse(folder, error) from error
        yield


def _show_a_month(app: App, folder: Path) -> None:
    key = _prepare(app)
    run_id = delivery.plan(app.transaction, key, app.recipe, by="demo", at=clock.now())
    _send(app, run_id)
    with app.reading() as session:
        mismatches = delivery.verify(session, run_id)
        sent = delivery.accepted_with(session, run_id)
        left = reports.run_report(session, run_id).left
    rows = [(row[0], row[1], row[2]) for row in sent]
    if LAST_PART not in left.channels and len(rows) >= FEW:
        play(app, rows, folder)
    click.echo()
    report.group.main(["run", str(run_id)], standalone_mode=False)
    written = [part for kind in REPORTS for part in (f"--{kind}", str(folder / f"report.{kind}"))]
    report.group.main(["run", str(run_id), *written], standalone_mode=False)
    for mismatch in mismatches:
        click.echo(f"不符：{mismatch}")
    click.echo()
    examples = _different(rows)
    if examples:
        _show_examples(app, examples)
        _show_next(folder, key, run_id, examples[0][2])
    if mismatches:
        sys.exit(1)


def _open(folder: Path) -> App:
    mark = folder / MARK
    try:
        if not mark.exists():
            if folder.exists() and any(folder.iterdir()):
                raise NotADemo(folder)
            folder.mkdir(parents=True, exist_ok=True)
            mark.write_text(SETTINGS, encoding="utf-8")
        if not mark.read_bytes().startswith(FIRST_LINE.encode()):
            raise NotADemo(folder)
    except OSError as error:
        raise CannotUse(folder, error) from error
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]  # a demonstration is the same everywhere, and alone with its folder
    os.environ[f"{PREFIX}HOME"] = str(folder)
    app = installation()
    if app.settings.transport != "outbox":
        raise NotADemo(folder)
    return app


def _prepare(app: App) -> str:
    """Import the sample issue and its audience, and approve it; returns the issue's key."""
    data, at = sample("issue.txt").read_bytes(), clock.now()
    with app.transaction() as session:
        topics.map_section(session, NEW_SECTION, ITS_TOPIC)
        read = compiler.read_issue(data, "issue.txt", topics.known_sections(session))
        done = issues.save_issue(session, read, data, "issue.txt", at)
        if issues.find_issue(session, done.key).approved_at is None:
            desk = issues.Desk(session, done.key, by="demo", at=at)
            issues.choose_lead(desk, LEAD)
            issues.write_note(desk, NOTE)
            issues.approve(session, done.key, by="demo", at=at)
        enterprises, contacts = audience.load_sample(session, app.keyring.address_hash, at=at)
        topic = topics.the_topic(session, ITS_TOPIC).name
    if done.changed:
        click.echo(f"已导入示例期刊 {done.key}：{done.articles} 篇文章。")
        click.echo(
            f"栏目「{NEW_SECTION}」是新的，已让它通向主题「{topic}」；选了头条，写了卷首语。"
        )
    if contacts:
        click.echo(f"已载入虚构的会员企业 {enterprises} 家、联系人 {contacts} 位。")
    return done.key


def _send(app: App, run_id: int) -> None:
    from workers.draining import drain

    try:
        delivery.start(app.transaction, run_id, at=clock.now(), expiry=timedelta(hours=72))
    except Refused:
        with app.reading() as session:
            finished_at = delivery.find_run(session, run_id).finished_at
        if finished_at is None:
            raise
        click.echo(f"邮件已于 {clock.for_people(finished_at)} 全部投递，没有再投递。")
        return
    with asked_to_stop() as stop, Progress() as progress:
        drained = drain(app, run_id, stop, progress.show)
    if drained.trouble is not None:
        raise drained.trouble
    if drained.stopped:
        click.echo("已停止；再次运行同一命令即继续，不会重复投递。")
        sys.exit(stop.exit_code)


def _different(
    sent: list[tuple[int, str, dict[str, object]]],
) -> list[tuple[str, int, str]]:
    """A mail by own topics and watch words, one by an enterprise's, one standard edition."""
    found = []
    for label, wanted in EXAMPLES:
        fitting = [row for row in sent if all(row[2][fact] for fact in wanted)]
        found += [(label, row[0], row[1]) for row in fitting[:1]]
    return found


def _show_examples(app: App, examples: list[tuple[str, int, str]]) -> None:
    outbox = Outbox(app.settings.home / "outbox")
    click.echo(f"值得一看的{'一二三'[len(examples) - 1]}封（可用邮件程序打开）：")
    for label, delivery_id, recipient in examples:
        click.echo(f"  {label}：{recipient}")
        click.echo(f"    {outbox.file(app.addresses.message_id(delivery_id))}")


def _show_next(folder: Path, key: str, run_id: int, email: str) -> None:
    command = shlex.quote(programme())
    click.echo("接下来可以试：")
    for line in (
        f"export DISTRIBUTION_HOME={shlex.quote(str(folder.absolute()))}",
        f"{command} issue show {key}",
        f"{command} issue show {key} --article 1",
        f"{command} subscriber list",
        f"{command} subscriber show {email}",
        f"{command} digest preview {key} --subscriber {email} --out digest.html",
        f"{command} digest explain {key} --subscriber {email}",
        f"{command} digest gallery {key} --out gallery.html",
        f"{command} run verify {run_id}",
        f"{command} report run {run_id} --all",
        f"{command} report run {run_id} --html report.html --xlsx report.xlsx",
        f"{command} up",
    ):
        click.echo(f"  {line}")

"""`distribution bounce fetch`: fetch what waits in the configured mailboxes, now."""

import sys
from collections.abc import Iterator, Sequence

import click

from distribution import audit, clock, mailboxes
from distribution.app import App
from distribution.cli.bounce.telling import UNSETTLED, Told, say_how_far, tell
from distribution.cli.common import admin, as_json, installation, printable, show_json
from distribution.errors import DistributionError
from distribution.mailboxes import Mailbox, Survey, UnusableMailbox

AT_ONCE = 100
"""Mails fetched over one connection."""


class NoMailbox(DistributionError):
    """Raised where no mailbox is set."""


@click.command("fetch")
@click.option("--test", is_flag=True, help="只连接、登录，报告文件夹与等待的邮件数，不动任何邮件。")
@as_json
def fetch(
    test: bool,  # noqa: FBT001 - click's flags
    as_json: bool,  # noqa: FBT001 - click's flags
) -> None:
    """立即收取一次退信，如同工作进程所做。

    来自设置 bounce_maildir 所指的 Maildir，以及 bounce_imap_host 所指的 IMAP 邮箱。

    读过的邮件移到 processed（已理解）、unclear（请人看看）、failed（未能处理），从不删除。
    有未找到对应投递的，退出码为 1。

    例如：distribution bounce fetch --test
    """
    app = installation()
    found = mailboxes.configured(app.settings)
    if not found:
        raise NoMailbox("没有可收取的邮箱：请设置 bounce_maildir 或 bounce_imap_host")
    if test:
        _test(found, as_json=as_json)
        return
    done: list[Told] = []
    try:
        for mail in _fetched(app, found):
            done.append(mail)
            say_how_far(len(done))
    finally:  # each of them is kept, whatever befell those after it
        if done:
            _record(app, len(done))
            tell(done, "邮箱", as_json=as_json)
    if not done:
        _tell_nothing(as_json=as_json)
    if any(mail.result in UNSETTLED for mail in done):
        sys.exit(1)


def _fetched(app: App, found: Sequence[Mailbox]) -> Iterator[Told]:
    """All that waits; what is wrong with one mailbox is raised after the others are seen to."""
    trouble: UnusableMailbox | None = None
    for mailbox in found:
        try:
            for mail, why in _all_of(app, mailbox):
                trouble = trouble or why
                yield mail
        except UnusableMailbox as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble


def _all_of(app: App, mailbox: Mailbox) -> Iterator[tuple[Told, UnusableMailbox | None]]:
    from workers.fetching import fetched

    number, more = 0, True
    while more:
        before = number
        for mail in fetched(app, mailbox, AT_ONCE):
            number += 1
            known = mail.outcome is None and mail.filing is not mailboxes.Filing.FAILED
            yield Told(mailbox.name, number, mail.inbox_id, mail.outcome, known), mail.trouble
        more = number - before == AT_ONCE


def _record(app: App, count: int) -> None:
    with app.transaction() as session:
        audit.record(session, "bounce.fetch", "", by=admin(), at=clock.now(), mails=count)


def _tell_nothing(*, as_json: bool) -> None:
    if as_json:
        show_json([])
    else:
        click.echo("没有等待收取的邮件。")


def _test(found: Sequence[Mailbox], *, as_json: bool) -> None:
    """Look at each; what is wrong with one is raised after the others are told."""
    good, trouble = [], None
    for mailbox in found:
        try:
            good.append((mailbox, mailbox.survey()))
        except UnusableMailbox as error:
            trouble = trouble or error
    if good or trouble is None:
        _tell_surveys(good, as_json=as_json)
    if trouble is not None:
        raise trouble


def _tell_surveys(surveys: Sequence[tuple[Mailbox, Survey]], *, as_json: bool) -> None:
    if as_json:
        show_json(
            [
                {
                    "mailbox": mailbox.name,
                    "waiting": survey.waiting,
                    "folders": survey.folders,
                    "facts": survey.facts,
                }
                for mailbox, survey in surveys
            ]
        )
        return
    for mailbox, survey in surveys:
        click.echo(f"{mailbox.name}：可以使用，有 {survey.waiting} 封等待收取。")
        if survey.folders:
            click.echo(f"文件夹：{printable('、'.join(survey.folders))}")
        for fact in survey.facts:
            click.echo(f"{fact}。")

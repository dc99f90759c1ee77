"""What was made of mails that were read or fetched, as a table or a document."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from distribution.cli.common import show_json
from distribution.cli.listing import show_list
from distribution.events import Outcome
from distribution.words import Consequence, Returned

LABELS = {
    **{consequence.value: consequence.label for consequence in Consequence},
    "left": "已退订",
    "recorded": "已记录",
    "known": "以前处理过",
    "no_delivery": "未找到对应投递",
    "unreadable": "不是邮件",
    "failed": "未能处理",
}
LINE_EVERY = 1000
"""Mails after which a person at a terminal hears how far it is."""
UNSETTLED = ("no_delivery", "unreadable", "failed")


@dataclass(frozen=True, slots=True)
class Told:
    """A mail, and what was made of it."""

    place: str
    """Its file or mailbox."""
    number: int
    """In that place, from 1."""
    inbox_id: int | None
    outcome: Outcome | None
    """None: the mail had been judged before, or could not be."""
    known: bool = True
    """Whether it had been, where there is no outcome."""

    @property
    def result(self) -> str:
        """A key of LABELS."""
        if self.outcome is None:
            return "known" if self.known else "failed"
        return result_of(self.outcome)


def result_of(outcome: Outcome) -> str:
    """In a word, a key of LABELS."""
    if outcome.kind is Returned.UNREADABLE:
        return "unreadable"
    if outcome.delivery_id is None and outcome.letter_id is None and not outcome.kind.harmless:
        return "no_delivery"
    if outcome.consequence is Consequence.NONE:
        return "recorded"
    return outcome.consequence.value


def tell(mails: Sequence[Told], place: str, *, as_json: bool) -> None:
    """Print them; `place` is the heading over what they came from."""
    if as_json:
        show_json([_document(mail) for mail in mails])
        return
    show_list(
        ("编号", place, "是什么", "收件人", "状态码", "结果"),
        [
            (
                mail.inbox_id,
                mail.place if mail.number == 1 else f"{mail.place}（第 {mail.number} 封）",
                mail.outcome.kind.label if mail.outcome else None,
                mail.outcome.recipient or None if mail.outcome else None,
                mail.outcome.status or None if mail.outcome else None,
                LABELS[mail.result],
            )
            for mail in mails
        ],
        elastic=(place,),
        spare=("状态码",),
    )
    click.echo("逐封查看：distribution bounce show 编号")
    if any(mail.result == "unreadable" for mail in mails):
        click.echo("不是邮件的也已留底，但读不出是谁的退信：请从邮件程序另存为 .eml 后读入。")


def say_how_far(count: int) -> None:
    """Tell a person who waits."""
    if count % LINE_EVERY == 0 and sys.stderr.isatty():
        click.echo(f"已读入 {count} 封……", err=True)


def _document(mail: Told) -> dict[str, object]:
    found = mail.outcome
    return {
        "file": mail.place,
        "number": mail.number,
        "kind": found.kind.value if found else None,
        "recipient": found.recipient if found else None,
        "status": found.status if found else None,
        "diagnostic": found.diagnostic if found else None,
        "result": mail.result,
        "inbox": mail.inbox_id,
        "delivery": found.delivery_id if found else None,
        "found_by": found.found_by.value if found and found.found_by else None,
    }

"""`distribution bounce show`: all about one thing that came back, and its own words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
from sqlalchemy.orm import Session

from distribution import clock, replies, reports
from distribution.cli.bounce.listing import NOBODY, document
from distribution.cli.bounce.numbering import find
from distribution.cli.common import as_json, installation, printable, show_json, show_table
from distribution.errors import Refused
from distribution.models import Suppression
from distribution.replies import Rule
from distribution.reports import BOUNCED, CameBack, Original
from distribution.words import Consequence, Meaning

_SAID_AT_ONCE = "没有原件：它是投递时对方当场的应答，不是来信"
_NO_WORDS = "（没有可读的文字；--raw 取原件。）"
_DOUBTED = (Meaning.FILTERED, Meaning.REPUTATION)
"""What a rule about dead addresses is taken for where its words leave a doubt."""


class NoOriginal(Refused):
    """Raised where the mail itself is asked for and there is none, or none any more."""

    def __init__(self, number: str, why: str) -> None:
        self.number = number
        super().__init__(f"{number} {why}")


@dataclass(frozen=True, slots=True)
class _Shown:
    one: CameBack
    original: Original | None
    """None for a refusal while sending."""
    talk: Sequence[tuple[str, str, str]]
    """About the delivery: when, its state from then on, the relay's words."""
    suppression: Suppression | None
    """Of the address, now."""

    @property
    def rule(self) -> Rule | None:
        """That spoke, as far as it still says so: rules are numbered, and may be changed."""
        rule = replies.rule_named(self.one.rule, installation().desk.own)
        if rule is None or rule.means is self.one.meaning:
            return rule
        return rule if rule.dead and self.one.meaning in _DOUBTED else None

    @property
    def others(self) -> tuple[str, ...]:
        """Whom the report speaks of, where that is not our reader: then nothing follows from it."""
        unheeded = self.one.matched and self.one.consequence is Consequence.NONE
        named = self.original.named if self.original and unheeded else ()
        return () if self.one.recipient.lower() in map(str.lower, named) else named

    @property
    def releasable(self) -> bool:
        """Whether `bounce release` lets the address be used again."""
        return self.suppression is not None and self.suppression.reason in BOUNCED


@click.command("show")
@click.argument("number", metavar="编号")
@click.option("--raw", is_flag=True, help="把原件的字节写到标准输出，不加改动。")
@as_json
def show(number: str, raw: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """查看一封退信或来信：是谁的、怎样认出、依据哪条规则、有何后果，以及原文。

    例如：distribution bounce show 12 --raw > 退信.eml
    """
    if raw and as_json:
        raise click.UsageError("--raw 与 --json 只能用一个。")
    with installation().reading() as session:
        shown = _look_up(session, number)
    if raw:
        _write_raw(shown)
    elif as_json:
        show_json(_document(shown))
    else:
        show_table(("项目", "内容"), [row for row in _rows(shown) if row[1]])
        click.echo(f"\n{_words(shown)}")


def _look_up(session: Session, number: str) -> _Shown:
    one = find(session, number)
    address_hash = reports.address_hash(session, one)
    suppression = session.get(Suppression, address_hash) if address_hash else None
    original, said = None, []
    if one.inbox_id is not None:
        erased = one.erased if one.matched else None
        original = reports.original(session, one.inbox_id, erased=erased)
    elif one.delivery_id is not None:
        said = [
            (clock.for_people(event.at), event.state.label, event.reply)
            for event in reports.replies_to(session, one.delivery_id)
        ]
    session.expunge_all()
    return _Shown(one, original, said, suppression)


def _write_raw(shown: _Shown) -> None:
    original = shown.original
    if original is None:
        raise NoOriginal(shown.one.number, _SAID_AT_ONCE)
    if original.raw is None:
        raise NoOriginal(shown.one.number, original.gone.removesuffix("。"))
    click.echo(original.raw, nl=False)


def _rows(shown: _Shown) -> Iterator[tuple[str, object]]:
    one, rule = shown.one, shown.rule
    yield "编号", one.number
    yield "时间", clock.for_people(one.at)  # a column of instants would not be folded
    yield "种类", one.kind.label
    yield "收件人", _whom(one)
    yield "关于", _about(one)
    if one.inbox_id is not None:
        yield "怎样认出", one.found_by.label if one.found_by else None
    yield "线路", replies.lane_label(one.lane) if one.lane else None
    yield "状态码", one.status
    yield "含义", one.meaning.label if one.meaning else None
    yield "规则", one.rule
    if rule is not None:
        yield "依据", rule.source
    yield "后果", one.consequence.label
    if shown.others:
        yield "缘由", f"信中说的是 {'、'.join(shown.others)}，不是这位收件人：不据此改动"
    yield "原话", one.words
    if shown.suppression is not None:
        yield "地址现在", _standing(shown.suppression)
    if shown.releasable:
        yield "恢复使用", f"distribution bounce release {one.number} --reason 缘由"


def _whom(one: CameBack) -> str:
    if not one.matched:
        return NOBODY
    whom = f"{one.name} <{one.recipient}>" if one.name else one.recipient
    return f"{whom}，{one.enterprise}" if one.enterprise else whom


def _about(one: CameBack) -> str:
    if one.delivery_id is not None:
        return f"批次 {one.run_id}（{one.issue} 期），投递 {one.delivery_id}"
    if one.letter_id is not None and one.purpose is not None:
        return f"单独的信 {one.letter_id}（{one.purpose.label}）"
    return "未找到对应的投递或信"


def _standing(suppression: Suppression) -> str:
    since = clock.for_people(suppression.since)
    return f"自 {since} 抑制（{suppression.reason.label}）：{suppression.evidence}"


def _words(shown: _Shown) -> str:
    """What came, line by line; of a refusal the whole talk with the mail system."""
    original = shown.original
    if original is None:
        return "\n".join(printable("  ".join(part for part in said if part)) for said in shown.talk)
    if original.gone:
        return f"（{original.gone.removesuffix('。')}。）"
    return lines_of(original.text) or _NO_WORDS


def lines_of(text: str) -> str:
    """A text of many lines that cannot steer a terminal."""
    return "\n".join(map(printable, text.splitlines()))


def _document(shown: _Shown) -> dict[str, object]:
    one, original, rule = shown.one, shown.original, shown.rule
    return {
        **document(one),
        "rule_source": rule.source if rule else None,
        "suppressed": shown.suppression.reason.value if shown.suppression else None,
        "suppressed_since": shown.suppression.since if shown.suppression else None,
        "notice_of": (original.source or None) if original else None,
        "text": original.text if original and not original.gone else None,
        "text_gone": (original.gone or None) if original else None,
        "replies": [{"at": at, "state": state, "words": words} for at, state, words in shown.talk],
    }

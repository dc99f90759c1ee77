"""Which subscribers are meant: the options that a list and a change of many share."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import wraps
from typing import Any

import click
from click.shell_completion import CompletionItem
from sqlalchemy.orm import Session

from distribution import audience, topics
from distribution.audience import Those
from distribution.cli.choices import (
    BARRIERS,
    DAY,
    EDITION,
    FORMAT,
    FREQUENCY,
    MAILABLE,
    ROLE,
    UnknownWord,
    labels,
)
from distribution.clock import SHANGHAI
from distribution.words import Cause, Edition, Frequency, MailFormat, Role

ELSEWHERE = "省外"
_NOT_MAILABLE = "不投递"


@dataclass(frozen=True, slots=True)
class State:
    """May they be mailed, and if not, why not."""

    mailable: bool | None = None
    cause: Cause | None = None


_STATES = (
    {MAILABLE: State(mailable=True), _NOT_MAILABLE: State(mailable=False)}
    | {cause.label: State(cause=cause) for cause in BARRIERS}
    | {cause.value: State(cause=cause) for cause in BARRIERS}
)


class _StateType(click.ParamType):  # type: ignore[type-arg] # no generic before 8.5
    name = "state"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,  # noqa: ARG002
    ) -> State:
        if isinstance(value, State):
            return value
        given = unicodedata.normalize("NFKC", str(value)).strip()
        if given not in _STATES:
            known = [MAILABLE, _NOT_MAILABLE, *(cause.label for cause in BARRIERS)]
            raise UnknownWord("状态", str(value), known)
        return _STATES[given]

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        words = [word for word in _STATES if not word.isascii() or incomplete]
        return [CompletionItem(word) for word in words if word.startswith(incomplete)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for; None asks for nothing."""

    search: str | None
    topic: str | None
    enterprise: str | None
    region: str | None
    industry: str | None
    role: Role | None
    edition: Edition | None
    frequency: Frequency | None
    format: MailFormat | None
    state: State | None
    not_opened_since: date | None
    unchecked: bool | None

    @property
    def is_empty(self) -> bool:
        """Whether everybody is meant."""
        return not (self.search or "").strip() and all(
            getattr(self, field.name) is None for field in fields(self) if field.name != "search"
        )

    def those(self, session: Session) -> Those:
        """The same for a query; names of topics, enterprises and industries must be known."""
        state, since = self.state or State(), self.not_opened_since
        enterprise = self.enterprise
        return Those(
            search=self.search or "",
            topic="" if self.topic is None else topics.resolve(session, [self.topic])[0].code,
            enterprise_id=(
                None if enterprise is None else audience.find_enterprise(session, enterprise).id
            ),
            region="" if self.region is None else region_of(self.region),
            industry="" if self.industry is None else audience.read_industry(self.industry),
            role=self.role,
            edition=self.edition,
            frequency=self.frequency,
            format=self.format,
            mailable=state.mailable,
            cause=state.cause,
            not_opened_since=None if since is None else datetime.combine(since, time(), SHANGHAI),
            unchecked=bool(self.unchecked),
        )


def region_of(given: str) -> str:
    """A region as enterprises have it; 省外 is whatever is no city of Shanxi."""
    return ELSEWHERE if given.strip() == ELSEWHERE else audience.read_region(given)


_OPTIONS = (
    click.option("--search", help="姓名、邮箱或单位的一部分。"),
    click.option("--topic", help="本人选了这个主题的。"),
    click.option("--enterprise", help="这家单位的；可写名称的一部分。"),
    click.option("--region", help="单位在这个市的；省外 指山西以外。"),
    click.option("--industry", help="单位属这个行业的，代码或名称。"),
    click.option("--role", type=ROLE, help=f"{labels(tuple(Role))}。"),
    click.option("--edition", type=EDITION, help=f"{labels(tuple(Edition))}。"),
    click.option("--frequency", type=FREQUENCY, help=f"{labels(tuple(Frequency))}。"),
    click.option("--format", type=FORMAT, help=f"{labels(tuple(MailFormat))}。"),
    click.option(
        "--state", type=_StateType(), help=f"{MAILABLE}、{_NOT_MAILABLE}，或 {labels(BARRIERS)}。"
    ),
    click.option(
        "--not-opened-since",
        type=DAY,
        metavar="日期",
        help="这一天以来投递过却未见打开的，只含同意按人统计的人。",
    ),
    click.option(
        "--unchecked", is_flag=True, default=None, help="单位由本人在网上填写、尚待核对的。"
    ),
)


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options, gathered in its argument `filters`."""
    names = [field.name for field in fields(Filters)]

    @wraps(command)
    def gathered(**given: Any) -> None:  # noqa: ANN401 - click's values
        command(filters=Filters(**{name: given.pop(name) for name in names}), **given)

    with_options: Callable[..., None] = gathered
    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options

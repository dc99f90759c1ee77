"""Whose mail is meant: a subscriber's, or that of a reader there might be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps

import click
from sqlalchemy.orm import Session

from distribution import audience, delivery, topics
from distribution.app import App
from distribution.cli.choices import FORMAT, ROLE, labels
from distribution.cli.common import split
from distribution.digests import Interests
from distribution.errors import DistributionError
from distribution.words import MailFormat, Role, TopicsFrom

_WAYS = "--subscriber、--topics、--role、--standard"
_CHOSEN = {
    TopicsFrom.OWN: "主题",
    TopicsFrom.ENTERPRISE: "单位关注",
    TopicsFrom.DEFAULT: "默认主题",
    TopicsFrom.NOBODY: "主题",  # there are none then
}


class WhoseMail(DistributionError):
    """Raised where options name nobody, several at once, or a detail of somebody not named."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A reader, real or not."""

    wishes: Interests
    recipient: str
    """Where a mail says it goes to; the installation's own address where he is not real."""
    described: str
    """Without name and address: proofs are read by others."""
    remarks: tuple[str, ...] = ()
    """What to know of him besides, in sentences."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What the options say."""

    subscriber: str | None
    topics: str | None
    words: str | None
    role: Role | None
    industry: str | None
    standard: bool
    format: MailFormat | None

    def check(self, *, default: bool = False) -> None:
        """Raise WhoseMail unless exactly one way is used; with `default`, none is fine, too."""
        ways = self._ways()
        if len(ways) > 1:
            raise WhoseMail(f"{'、'.join(ways)} 只能写一个：说的是几种不同的读者")
        if not ways and not default:
            raise WhoseMail(f"请用 {_WAYS} 之一写明看谁的邮件")
        if self.words is not None and self.topics is None:
            raise WhoseMail("--words 要与 --topics 一起用：请写上 --topics 主题")
        if self.industry is not None and self.role is None:
            raise WhoseMail("--industry 要与 --role 一起用：请写上 --role 职务")
        if self.topics is not None and not split(self.topics):
            raise WhoseMail("--topics 没有写主题：请写代码或名称，逗号分隔")

    def _ways(self) -> list[str]:
        given = {
            "--subscriber": self.subscriber is not None,
            "--topics": self.topics is not None,
            "--role": self.role is not None,
            "--standard": self.standard,
        }
        return [way for way, is_given in given.items() if is_given]

    def find(self, session: Session, app: App) -> Somebody:
        """Who is meant; nobody named is a reader of the standard edition."""
        somebody = self._found(session, app)
        if self.format is None:
            return somebody
        return replace(somebody, wishes=replace(somebody.wishes, format=self.format))

    def _found(self, session: Session, app: App) -> Somebody:
        if self.subscriber is not None:
            return _subscriber(session, self.subscriber)
        sender = app.settings.sender_address
        if self.role is not None:
            return _contact(session, self.role, self.industry, sender)
        if self.topics is None:
            return Somebody(Interests((), standard=True), sender, "标准版")
        chosen = topics.resolve(session, split(self.topics) or ())
        codes = tuple(topic.code for topic in chosen)
        words = audience.tidy_words(split(self.words) or ())
        wishes = Interests(codes, tuple(words))
        return Somebody(wishes, sender, in_words(wishes, topics.names(session)))


def whose_mail(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say whose mail is meant; the command gets them as `whose`."""

    @wraps(command)
    def with_whose(
        *,
        subscriber: str | None,
        topics: str | None,
        words: str | None,
        role: Role | None,
        industry: str | None,
        standard: bool,
        mail_format: MailFormat | None,
        **rest: object,
    ) -> None:
        whose = Whose(subscriber, topics, words, role, industry, standard, mail_format)
        command(whose=whose, **rest)

    for option in reversed(_OPTIONS):
        option(with_whose)
    return with_whose


_OPTIONS: tuple[Callable[[Callable[..., None]], Callable[..., None]], ...] = (
    click.option("--subscriber", metavar="邮箱", help="一位订阅者的。"),
    click.option("--topics", metavar="主题", help="关注这些主题的读者的，按顺序，逗号分隔。"),
    click.option("--words", metavar="关注词", help="与 --topics 一起：他的关注词，逗号分隔。"),
    click.option(
        "--role",
        type=ROLE,
        help=f"还没有自己选择的联系人的，按默认规则：{labels(tuple(Role))}。",
    ),
    click.option("--industry", metavar="行业", help="与 --role 一起：他单位的行业，代码或名称。"),
    click.option("--standard", is_flag=True, help="标准版。"),
    click.option(
        "--format",
        "mail_format",
        type=FORMAT,
        help=f"邮件格式：{labels(tuple(MailFormat))}；不写：订阅者自己的，否则图文。",
    ),
)


def in_words(wishes: Interests, names: Mapping[str, str]) -> str:
    """What somebody wants, topics by their names.

    >>> in_words(Interests(("quality",), ("液压",)), {"quality": "质量管理"})
    '主题：质量管理；关注词：液压'
    """
    if wishes.standard:
        return "标准版"
    chosen = "、".join(names.get(code, code) for code in wishes.topics)
    parts = [f"{_CHOSEN[wishes.topics_from]}：{chosen}" if chosen else "没有选主题"]
    if wishes.watch_words:
        parts.append(f"关注词：{'、'.join(wishes.watch_words)}")
    return "；".join(parts)


def _subscriber(session: Session, email: str) -> Somebody:
    row = audience.find_subscriber(session, email)
    reader = audience.reader(session, row.id)
    barred = reader.barrier
    return Somebody(
        delivery.wishes_of(reader),
        reader.recipient,
        f"{row.id} 号订阅者",
        (f"注意：目前不会向他投递（{barred.label}）。",) if barred is not None else (),
    )


def _contact(session: Session, role: Role, industry: str | None, sender: str) -> Somebody:
    """A new contact, who chose nothing and whose enterprise chose nothing."""
    code = audience.read_industry(industry) if industry and industry.strip() else ""
    chosen = audience.default_topics(audience.default_rules(session), role, code)
    whose = TopicsFrom.DEFAULT if chosen else TopicsFrom.NOBODY
    wishes = Interests(chosen, topics_from=whose)
    described = f"职务：{role.label}" + (f"，{code} {audience.industry_name(code)}" if code else "")
    if not chosen:
        remark = "没有与他相合的默认规则：他会收到全部目录；规则见 distribution topic default list"
        return Somebody(wishes, sender, described, (remark,))
    said = in_words(wishes, topics.names(session))
    return Somebody(wishes, sender, f"{described}（{said}）")

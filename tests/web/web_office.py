"""A small planned run, and somebody who follows its links as browsers and programmes do."""

import asyncio
import email
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import runs
from runs import MASTHEAD, SEPTEMBER, add_reader, make_article, save_issue
from sqlalchemy import select
from starlette.testclient import TestClient

from distribution import audience, clock, db, delivery, events
from distribution.app import App
from distribution.audience import Statement, ensure_enterprise, set_enterprise_topics
from distribution.compiler import Asset, Block, Contact, Paragraph, ReadIssue
from distribution.links import Use
from distribution.models import Base, Delivery, Letter, Subscriber
from distribution.words import Decision, Edition, LetterState, Purpose, Signal

BASE_URL = "https://journal.test/mail"
GRANTED, UNKNOWN, DENIED = "an.ran@fenhe.example", "bo@fenhe.example", "cai@luan.example"
SECTIONS = ("政策措施", "装备制造", "质量管理", "质量管理", "科技前沿")
CONTACT = Contact(email="bianji@jikan.example", phone="0351-1234567", address="太原市示范街 8 号")


def make_issue(
    app: App,
    *,
    title: str = "第 {} 篇",
    paragraphs: tuple[str, ...] = ("第一段。", "第二段。"),
    blocks: tuple[Block, ...] = (),
    assets: tuple[Asset, ...] = (),
) -> str:
    """An approved issue of five articles, `blocks` below the paragraphs of each; gives its key."""
    head = replace(
        MASTHEAD, publication="三晋机电通讯", publishers=("示范联合会",), contact=CONTACT
    )
    bodies = tuple(
        replace(
            make_article(number),
            section=section,
            title=title.format(number),
            source="示范日报",
            date=date(2026, 8, 20),
            blocks=(*map(Paragraph, paragraphs), *blocks),
        )
        for number, section in enumerate(SECTIONS, start=1)
    )
    return save_issue(app, ReadIssue(head, bodies, (), assets=assets))


def make_readers(app: App) -> None:
    """Three readers with the three answers to tracking; the third wants the standard edition."""
    with app.transaction() as session:
        enterprise = ensure_enterprise(session, "汾河机床厂", at=SEPTEMBER)
        set_enterprise_topics(session, enterprise, ["装备制造", "质量管理"])
        for address, wishes in (
            (GRANTED, {"topics": ("quality", "policy"), "watch_words": ("液压",)}),
            (UNKNOWN, {"enterprise": "汾河机床厂"}),
            (DENIED, {"edition": Edition.STANDARD}),
        ):
            row = add_reader(session, app, address, SEPTEMBER, name="读者", **wishes)
            said = {GRANTED: Decision.GRANTED, DENIED: Decision.WITHDRAWN}.get(address)
            if said is not None:
                answer = Statement(said, "答复", "cli", Purpose.TRACKING)
                audience.record_consent(session, row.id, answer, by="test", at=SEPTEMBER)


def plan(app: App, **issue: Any) -> int:  # noqa: ANN401 - what `make_issue` takes
    """A planned run of a new issue to the three readers."""
    key = make_issue(app, **issue)
    make_readers(app)
    return runs.plan(app, key, SEPTEMBER)


def delivery_to(app: App, address: str) -> int:
    """The number of the delivery to this reader."""
    with app.reading() as session:
        return session.scalars(select(Delivery.id).where(Delivery.recipient == address)).one()


def mail_to(app: App, address: str) -> EmailMessage:
    """The mail as this reader would get it."""
    press = delivery.Press(app.addresses)
    with app.reading() as session:
        row = session.scalars(select(Delivery).where(Delivery.recipient == address)).one()
        press.load(session, {row.run_id}, {row.selection_id})
        _, raw = press.mail(row.id, row.run_id, row.selection_id, row.recipient)
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def links_of(message: EmailMessage) -> set[str]:
    """Every web address in a mail: header, HTML, text; one without a part has none there."""
    html, text = (message.get_body((kind,)) for kind in ("html", "plain"))
    found = set(links_in(html.get_content())) if html else set()
    found |= set(re.findall(r"https?://[^\s<>]+", text.get_content())) if text else set()
    found |= set(re.findall(r"<(https?://[^>]+)>", message["List-Unsubscribe"] or ""))
    return {link for link in found if link.startswith(BASE_URL)}


def links_in(html: str) -> list[str]:
    """What the elements of a page point to."""
    return [value for _, name, value in elements(html) if name in ("href", "src") and value]


def elements(html: str) -> Iterable[tuple[str, str, str | None]]:
    """(tag, attribute, value) of everything in a page."""
    reader = _Elements()
    reader.feed(html)
    return reader.found


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value) for name, value in attrs] or [(tag, "", None)]


def path_of(url: str) -> str:
    """What is left of an address once the browser and the reverse proxy have sent it on."""
    assert url.startswith(f"{BASE_URL}/")
    return url.removeprefix(BASE_URL).partition("#")[0]


@dataclass(frozen=True)
class Visitor:
    """Somebody with the links of one mail."""

    app: App
    client: TestClient
    delivery: int
    run: int

    def link(self, kind: str) -> str:
        """The path of one kind of link: open, click, read, run_read and so on."""
        make: Callable[[int], str] = getattr(self.app.addresses, kind)
        return path_of(make(self.run if kind.startswith("run_") else self.delivery))

    def get(self, kind: str, position: object = None) -> Any:  # noqa: ANN401 - a response
        path = self.link(kind)
        return self.client.get(path if position is None else f"{path}/{position}")

    def of(self, address: str) -> "Visitor":
        """The same with another reader's mail."""
        return replace(self, delivery=delivery_to(self.app, address))


def contents_of(app: App, *, but: str = "inbox") -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but one."""
    with app.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name != but
        }


def profile_of(app: App, address: str) -> audience.Profile:
    with app.reading() as session:
        found = audience.profile(
            session, audience.find_subscriber(session, address), at=clock.now()
        )
        session.expunge_all()
    return found


def subscriber_id(app: App, address: str) -> int:
    with app.reading() as session:
        return session.scalars(select(Subscriber.id).where(Subscriber.email == address)).one()


def letters_in(app: App) -> list[Letter]:
    """All single mails, the newest first."""
    with app.reading() as session:
        found = list(delivery.list_letters(session))
        session.expunge_all()
    return found


def post_letters(app: App) -> list[LetterState]:
    """Post what is due; gives where each letter stands then, the newest first."""
    due = delivery.post_due(app.transaction, app.open_transport, app.office, at=clock.now())
    asyncio.run(due)
    return [letter.state for letter in letters_in(app)]


def without_database(app: App) -> App:
    """The same installation, and nobody where its database should be."""
    app.keyring  # noqa: B018 - made while there is a database to keep it beside
    return replace(app, engine=db.open_engine("postgresql+psycopg://nobody@127.0.0.1:9/none"))


def asked(position: int = 1, row: int = 1) -> events.Request:
    """Some click."""
    who = events.Client("Mozilla/5.0", "GET", prefetch=False)
    return events.Request(Signal.CLICK, Use.CLICK, row, position, SEPTEMBER, who)

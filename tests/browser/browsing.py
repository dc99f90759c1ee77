"""A magazine whose mails lie in its outbox, and somebody who follows their links."""

import asyncio
import email
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from distribution import clock, delivery
from distribution.app import App

PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Magazine:
    """An installation and its outbox."""

    app: App

    @property
    def url(self) -> str:
        """Where its pages begin."""
        return self.app.settings.base_url

    def work(self) -> None:
        """What a worker does: send runs, answer those who signed up or move, post letters."""
        with ThreadPoolExecutor(1) as worker:  # the browser's own loop runs in this thread
            worker.submit(self._work).result()

    def _work(self) -> None:
        app, at = self.app, clock.now()
        app.sender.pump(timedelta(minutes=1))
        delivery.answer_moves(app.transaction, app.stationery, at=at)
        delivery.answer_sign_ups(app.transaction, app.stationery, at=at)
        asyncio.run(delivery.post_due(app.transaction, app.open_transport, app.office, at=at))

    def mails_to(self, address: str, about: str = "") -> list[EmailMessage]:
        """The mails in the outbox to this address with these words in their subject, in order."""
        found = []
        files = (self.app.settings.home / "outbox").glob("*.eml")
        for file in sorted(files, key=lambda one: one.stat().st_mtime_ns):
            raw = file.read_bytes()
            if f"<{address}>".encode() not in raw:  # to read all of them would take long
                continue
            mail = email.message_from_bytes(raw, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            if about in str(mail["Subject"]):
                found.append(mail)
        return found

    def mail_to(self, address: str, about: str = "") -> EmailMessage:
        """The newest of them."""
        return self.mails_to(address, about)[-1]

    def link(self, mail: EmailMessage, words: str) -> str:
        """Where the link with these words leads."""
        html = mail.get_body(("html",))
        assert html is not None
        links = _Links()
        links.feed(html.get_content())
        return next(url for url, label in links.found if words in label)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = dict(attrs).get("href") or ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found.append((self._open, re.sub(r"\s+", "", data)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = ""


@dataclass
class Visit:
    """Somebody at a page of the magazine; what his browser complains of is kept."""

    magazine: Magazine
    page: Page
    complaints: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        """Go there."""
        self.page.goto(url if "://" in url else f"{self.magazine.url}{url}")

    def follow(self, name: str) -> None:
        """Follow the first link whose name has these words."""
        self.page.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        """Press the button of this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    @property
    def said(self) -> str:
        """What the page says was done."""
        return self.page.get_by_role("status").first.inner_text()

    @property
    def title(self) -> str:
        """The page's headline."""
        return self.page.get_by_role("heading", level=1).inner_text()

    def hear(self, message: ConsoleMessage) -> None:
        """Note what the browser finds wrong, a broken policy for instance."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def note(self, response: Response) -> None:
        """Note what is asked of anybody else, and what a page misses."""
        ours = response.url.startswith((self.magazine.url, "data:"))
        missed = response.status >= 400 and not response.request.is_navigation_request()
        if missed or not ours or response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")


@contextmanager
def page_of(chromium: Browser, magazine: Magazine, *, scripted: bool) -> Iterator[Visit]:
    """A phone's browser; at its end nothing may have been wrong, and no cookie be kept."""
    context = chromium.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=scripted,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
    )
    context.set_default_timeout(10_000)
    visit = Visit(magazine, context.new_page())
    visit.page.on("console", visit.hear)
    visit.page.on("response", visit.note)
    yield visit
    assert visit.complaints == []
    assert context.cookies() == []
    context.close()

"""One issue all the way: from its file to mails in readers' hands, and the books balance."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import processes
import pytest
from runs import NEW_SECTION, relay_settings
from sink import Sink
from sqlalchemy import select

from distribution import audience, clock, delivery, issues
from distribution.app import App, open_app
from distribution.bundle import sample
from distribution.models import Delivery, Selection, Subscriber
from distribution.words import DeliveryState, Edition, Reason, RunState

SECTION = ("issue", "section", "map", NEW_SECTION, "--topic", "质量管理")
REAL = Path(__file__).parents[1].parent / "shared" / "issues" / "2023-09.txt"


@pytest.fixture(params=["sample", "real"])
def issue_file(request: pytest.FixtureRequest) -> Path:
    """The project's own issue, and the real one where it is at hand."""
    if request.param == "sample":
        return sample("issue.txt")
    if not REAL.exists():
        pytest.skip("the real issue is not here")
    return REAL


@dataclass
class Mailboxes:
    """What arrived, by recipient."""

    messages: dict[str, list[EmailMessage]]

    def only(self, recipient: str) -> EmailMessage:
        assert len(self.messages[recipient]) == 1
        return self.messages[recipient][0]


def parse(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def collect_outbox(folder: Path) -> Mailboxes:
    found: dict[str, list[EmailMessage]] = {}
    for file in folder.glob("*.eml"):
        message = parse(file.read_bytes())
        found.setdefault(str(message["X-Receiver"]).strip("<>"), []).append(message)
    return Mailboxes(found)


def collect_sink(sink: Sink) -> Mailboxes:
    found: dict[str, list[EmailMessage]] = {}
    for mail in sink.accepted:
        found.setdefault(mail.recipient, []).append(parse(mail.raw))
    return Mailboxes(found)


@pytest.fixture
def delivered(environment: dict[str, str], issue_file: Path) -> Iterator[tuple[App, Mailboxes]]:
    """The readers' mailboxes after the four commands of a month, typed as the README has them.

    In a folder of one machine, or at a relay where there is a server for the database.
    """
    by_relay = "DISTRIBUTION_DATABASE_URL" in environment
    with Sink() as sink:
        if by_relay:
            environment |= relay_settings(sink)
        app = open_app(environment)
        with app.transaction() as session:
            audience.load_sample(session, app.keyring.address_hash, at=clock.now())
        command(environment, "issue", "import", str(issue_file))
        command(environment, *SECTION)
        with app.reading() as session:
            key = issues.key_of(issues.list_issues(session)[0])
        command(environment, "issue", "approve", key)
        command(environment, "run", "plan", key)
        command(environment, "run", "start", "1")
        command(environment, "run", "verify", "1")
        yield (
            app,
            collect_sink(sink)
            if by_relay
            else collect_outbox(Path(environment["DISTRIBUTION_HOME"]) / "outbox"),
        )
        app.engine.dispose()


def command(environment: dict[str, str], *words: str) -> str:
    """What a command says that succeeds."""
    done = processes.run(environment, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_reader_has_exactly_his_articles_once_each_with_its_reason(
    delivered: tuple[App, Mailboxes],
) -> None:
    app, mailboxes = delivered
    with app.reading() as session:
        issue = issues.load_issue(session, issues.list_issues(session)[0].id)
        readers = audience.readers_after(session, 0, 1000).readers
        status = delivery.status(session, 1)
        mismatches = delivery.verify(session, 1)
        rows = session.execute(
            select(Subscriber.email, Subscriber.edition, Selection.choices)
            .join(Delivery, Delivery.subscriber_id == Subscriber.id)
            .join(Selection, Selection.id == Delivery.selection_id)
        ).all()
    welcome = {reader.recipient: reader for reader in readers if reader.barrier is None}
    assert set(mailboxes.messages) == set(welcome)
    assert mismatches == []
    assert status.run.state is RunState.FINISHED
    assert status.states == {DeliveryState.ACCEPTED: len(welcome)}
    by_id = {stored.id: stored for stored in issue.articles}
    assert len(rows) == len(welcome)
    for recipient, edition, choices in rows:
        reader = welcome[recipient]
        expected = wanted_titles(issue, reader, standard=edition is Edition.STANDARD)
        assert {by_id[choice[0]].article.title for choice in choices} == expected
        check_mail(mailboxes.only(recipient), by_id, choices)


def wanted_titles(
    issue: issues.StoredIssue, reader: audience.Reader, *, standard: bool
) -> set[str]:
    """What a reader must get, reckoned here from the articles' topics and texts alone."""
    topics = reader.topics
    chosen = {
        stored.article.title
        for stored in issue.articles
        if standard
        or not topics
        or set(stored.topics) & set(topics)
        or any(
            word in text
            for word in reader.watch_words
            for text in (
                stored.article.title,
                stored.article.summary,
                *stored.article.paragraphs,
            )
        )
    }
    rest = [stored.article.title for stored in issue.articles]
    while len(chosen) < 3:
        chosen.add(rest.pop(0))
    return chosen


def check_mail(
    message: EmailMessage,
    by_id: dict[int, issues.StoredArticle],
    choices: list[tuple[int, str, str]],
) -> None:
    html, text = (
        part.get_content()
        for part in (message.get_body(("html",)), message.get_body(("plain",)))
        if part is not None
    )
    flat = "".join(text.split())
    for article_id, reason, _ in choices:
        title = by_id[article_id].article.title
        assert "".join(title.split()) in flat
        assert Reason(reason).label in text
        assert Reason(reason).label in html
        assert f"/{by_id[article_id].article.position}" in html
    for stored in by_id.values():
        if stored.id not in {choice[0] for choice in choices}:
            assert "".join(stored.article.title.split()) not in flat
    assert str(len(choices)) in str(message["Subject"])
    for name in ("List-Id", "List-Unsubscribe", "Message-ID", "Date", "Precedence", "Feedback-ID"):
        assert message[name]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_importing_planning_and_starting_again_sends_nothing_more(
    environment: dict[str, str],
) -> None:
    app = open_app(environment)
    with app.transaction() as session:
        audience.load_sample(session, app.keyring.address_hash, at=clock.now())
    app.engine.dispose()
    file = str(sample("issue.txt"))
    for _ in range(2):
        command(environment, "issue", "import", file)
        command(environment, *SECTION)
        command(environment, "issue", "approve", "2026-11")
        command(environment, "run", "plan", "2026-11")
    outbox = Path(environment["DISTRIBUTION_HOME"]) / "outbox"
    command(environment, "run", "start", "1")
    sent = {file.name: file.stat().st_mtime_ns for file in outbox.glob("*.eml")}
    assert "没有改动" in command(environment, "issue", "import", file)
    command(environment, "run", "plan", "2026-11")
    again = processes.run(environment, "run", "start", "1")
    assert again.returncode == 1
    assert "已完成" in again.stderr
    assert {file.name: file.stat().st_mtime_ns for file in outbox.glob("*.eml")} == sent

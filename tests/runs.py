"""Issues, readers and runs, of which every test says only what matters to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sink import Sink
from sqlalchemy.orm import Session

from distribution import audience, clock, compiler, delivery, issues, topics
from distribution.app import App
from distribution.bundle import sample
from distribution.compiler import Article, Masthead, Paragraph, ReadIssue
from distribution.delivery import Status
from distribution.models import Subscriber

SEPTEMBER = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
"""Nine o'clock in Shanxi on the first of a month."""

MASTHEAD = Masthead("山西机电信息", 2026, "09", 9, 300, date(2026, 9, 1), publishers=("联合会",))
AS_IT_IS = "测试用的期刊"
"""Most tests need any issue, whether or not an editor would let it pass."""
NEW_SECTION = "安全生产"
"""Of the sample issue: it leads to no topic at first."""
TOPICS = ("policy", "equipment", "quality", "shanxi")


def relay_settings(sink: Sink, **more: object) -> dict[str, str]:
    """The environment for real mail to the sink, and whatever else is to be set."""
    settings = {
        "transport": "smtp",
        "smtp_host": sink.host,
        "smtp_port": sink.port,
        "smtp_security": "none",
        "base_url": "https://journal.test",
        "sender_address": "digest@journal.test",
        **more,
    }
    return {f"DISTRIBUTION_{name.upper()}": str(value) for name, value in settings.items()}


# -- issues --------------------------------------------------------------------------------------


def make_article(position: int) -> Article:
    """A short article in the section of policies."""
    return Article(
        position=position,
        section="政策法规",
        page=position,
        title=f"第 {position} 篇",
        source=None,
        date=None,
        summary=f"第 {position} 篇的摘要。",
        blocks=(Paragraph("正文。"),),
    )


def make_issue(app: App, label: str = "09", *, articles: int = 4, approved: bool = True) -> str:
    """An issue of short articles; gives its key."""
    bodies = tuple(make_article(position) for position in range(1, articles + 1))
    read = ReadIssue(replace(MASTHEAD, label=label), bodies, ())
    return save_issue(app, read, approved=approved)


def save_issue(app: App, read: ReadIssue, data: bytes = b"source", *, approved: bool = True) -> str:
    """Keep an issue as it was read, approved unless said otherwise; gives its key."""
    with app.transaction() as session:
        key = issues.save_issue(session, read, data, "issue.txt", SEPTEMBER).key
        if approved:
            issues.approve(session, key, by="test", at=SEPTEMBER, override=AS_IT_IS)
    return key


def sample_issue(app: App, *, label: str = "11") -> str:
    """The sample issue, or one like it, approved; gives its key."""
    data = sample("issue.txt").read_bytes()
    with app.transaction() as session:
        read = read_sample(session)
    return save_issue(app, replace(read, masthead=replace(read.masthead, label=label)), data)


def read_sample(session: Session) -> ReadIssue:
    """The sample issue as read; its new section leads to a topic from now on."""
    data = sample("issue.txt").read_bytes()
    topics.map_section(session, NEW_SECTION, "quality")
    return compiler.read_issue(data, "issue.txt", topics.known_sections(session))


def approve(app: App, key: str) -> str:
    """Approve an issue that has been imported; gives its key again."""
    with app.transaction() as session:
        issues.approve(session, key, by="test", at=SEPTEMBER, override=AS_IT_IS)
    return key


def override(app: App, name: str, old: str, new: str) -> Path:
    """Change one file of the mails' templates in the installation's own folder."""
    own, bundled = app.recipe.templates
    content = (bundled / name).read_text(encoding="utf-8")
    assert old in content
    (own / name).parent.mkdir(parents=True, exist_ok=True)
    (own / name).write_text(content.replace(old, new), encoding="utf-8")
    return own / name


# -- readers -------------------------------------------------------------------------------------


def add_reader(session: Session, app: App, email: str, at: datetime, **facts: object) -> Subscriber:
    """A reader who agreed to be mailed, unless the facts say otherwise."""
    facts = {"name": email, "consent": "会员协议", **facts}
    new = audience.NewSubscriber(audience.read_address(email), **facts)  # type: ignore[arg-type]
    return audience.add_subscriber(session, new, app.keyring.address_hash, by="test", at=at)


# -- runs ----------------------------------------------------------------------------------------


def plan(app: App, key: str, at: datetime) -> int:
    """A run of an issue to all who may be mailed; its number."""
    return delivery.plan(app.transaction, key, app.recipe, by="test", at=at)


def start(app: App, run_id: int, at: datetime, expiry: timedelta = timedelta(days=1)) -> int:
    """Release a run; gives its number again."""
    delivery.start(app.transaction, run_id, at=at, expiry=expiry)
    return run_id


def plan_sample(app: App, *, label: str = "11", at: datetime | None = None) -> int:
    """A planned run of the sample issue, or of one like it, to its made-up readers."""
    at = at or clock.now()
    key = sample_issue(app, label=label)
    with app.transaction() as session:
        audience.load_sample(session, app.keyring.address_hash, at=at)
    return plan(app, key, at)


def plan_for(app: App, readers: int) -> int:
    """A planned run of the sample issue to so many readers; its number."""
    at = clock.now()
    key = sample_issue(app)
    with app.transaction() as session:
        for number in range(readers):
            topics = (TOPICS[number % len(TOPICS)],)
            add_reader(session, app, f"reader{number}@enterprise.test", at, topics=topics)
    return plan(app, key, at)


def status_of(app: App, run_id: int) -> Status:
    """Where a run stands."""
    with app.reading() as session:
        found = delivery.status(session, run_id)
        session.expunge_all()
    return found

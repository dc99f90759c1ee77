"""Runs as an admin has them on the desk."""

from cli_office import MORNING, Office
from runs import add_reader, approve
from sqlalchemy import select

from distribution.app import App
from distribution.models import Audit
from workers.current import set_app

EMAILS = ("a@sanjin.example", "b@sanjin.example", "c@fenhe.example")


def planned_run(office: Office, app: App, issue: str) -> str:
    """A planned run of the issue to three readers; its number."""
    with app.transaction() as session:
        for email in EMAILS:
            add_reader(session, app, email, MORNING, name=email[0])
    office("run", "plan", approve(app, issue))
    return str(office("run", "list", "--json").document[0]["run"])


def finished_run(office: Office, app: App, issue: str) -> str:
    """The same, once all has been sent."""
    number = planned_run(office, app, issue)
    start(office, number)
    return number


def start(office: Office, number: str, *more: str) -> str:
    """Start a run; gives what was said."""
    started = office("run", "start", number, *more)
    set_app(None)
    assert (started.code, started.err) == (0, "")
    return started.out


def deeds(app: App, action: str) -> list[tuple[str, dict[str, object]]]:
    """What the audit trail says of a kind of deed: of what, and the detail."""
    with app.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action == action).order_by(Audit.id))
        return [(row.subject, row.detail) for row in rows]

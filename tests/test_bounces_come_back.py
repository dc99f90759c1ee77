"""A run to a relay that takes everything and reports later; the next run knows better.

The relay, the process that sends and reads the Maildir, and the commands are all real.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import processes
import pytest
from databases import returned
from postmaster import Postmaster, answers, complains, refuses
from processes import end, free_port, until
from returned_mails import bounce, make_maildir
from runs import add_reader, make_issue, plan, relay_settings
from sink import Sink
from sqlalchemy import func, select

from distribution import clock
from distribution.app import App, open_app
from distribution.models import Alert, Delivery, Letter
from distribution.words import LetterPurpose

OFFICE = "digest@journal.test"
EDITOR = "editor@journal.test"
REACTIONS = {
    "dead@fenhe.example": refuses("550", "5.1.1", "<dead@fenhe.example>: User unknown"),
    "dead@qq.com": refuses("550", "", "Mailbox not found. http://service.mail.qq.com/"),
    "nohost@gone.example": refuses("550", "5.1.2", "Host unknown (Name server: not found)"),
    "full@fenhe.example": refuses("552", "5.2.2", "Mailbox is full"),
    "busy@163.com": refuses("550", "", "Connection frequency limited", "end of DATA"),
    "gateway@strict.example": refuses("554", "5.7.1", "Message rejected as spam", "end of DATA"),
    "cross@fenhe.example": complains,
    "away@fenhe.example": answers("自动回复", "本人休假，十月八日回来。", automatic=True),
    "moved@fenhe.example": answers("自动回复", "您好，我已从公司离职。", automatic=True),
    "asks@fenhe.example": answers("回复：第 9 期", "请问怎样投稿？"),
}
SILENT = ("fine@fenhe.example", "fine@qq.com", "other@strict.example", "victim@fenhe.example")
GONE = {"dead@fenhe.example", "dead@qq.com", "nohost@gone.example", "cross@fenhe.example"}
BEHIND_THE_GATEWAY = {"gateway@strict.example", "other@strict.example"}


@dataclass
class House:
    """An installation whose one process sends, fetches and judges."""

    app: App
    environ: Mapping[str, str]
    sink: Sink

    def command(self, *words: str) -> str:
        done = processes.run(self.environ, *words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def send(self, label: str) -> int:
        """Send another issue to all who are to have it, as far as it can be sent now."""
        run_id = plan(self.app, make_issue(self.app, label), clock.now())
        self.go_on(run_id)
        return run_id

    def go_on(self, run_id: int) -> str:
        """What is said when nothing more can be sent."""
        done = processes.run(self.environ, "run", "start", str(run_id))
        return done.stdout + done.stderr

    def planned(self, run_id: int) -> set[str]:
        with self.app.reading() as session:
            query = select(Delivery.recipient).where(Delivery.run_id == run_id)
            return set(session.scalars(query))

    def reached(self) -> list[str]:
        """Whom the relay has taken digests for, in the order of the alphabet."""
        return sorted(mail.recipient for mail in self.sink.accepted if mail.recipient != EDITOR)


@pytest.fixture
def house(environment: dict[str, str]) -> Iterator[House]:
    """Its one process runs; readers are there."""
    home = Path(environment["DISTRIBUTION_HOME"])
    with ExitStack() as stack:
        sink = stack.enter_context(Sink())
        environ = {
            **environment,
            **relay_settings(
                sink,
                editor_addresses=EDITOR,
                bounce_maildir=make_maildir(home / "退信"),
                bounce_seconds=1,
                ticker_seconds=1,
                web_port=free_port(),
            ),
        }
        app = open_app(environ)
        stack.callback(app.engine.dispose)
        with app.transaction() as session:
            for email in (*REACTIONS, *SILENT):
                add_reader(session, app, email, clock.now())
        stack.callback(end, processes.start(environ, "up"))
        yield House(app, environ, sink)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("environment", "envelope_kept"),
    [("sqlite", True), ("postgresql", False)],
    indirect=["environment"],
)
def test_the_next_run_leaves_out_exactly_those_who_are_gone(
    house: House,
    envelope_kept: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    app = house.app
    house.send("09")
    assert house.reached() == sorted((*REACTIONS, *SILENT))

    office = Postmaster(Path(house.environ["DISTRIBUTION_BOUNCE_MAILDIR"]), OFFICE,
                        envelope_kept=envelope_kept)  # fmt: skip
    first = {mail.recipient: mail for mail in house.sink.accepted}
    for reader, reaction in REACTIONS.items():
        office.send(reaction(office, first[reader]))
    forged = bounce(
        "victim@fenhe.example", to=first["fine@qq.com"].sender, message_id="<x@y.example>"
    )
    office.send(forged)
    until(lambda: len(returned(app)) == len(REACTIONS) + 1, "all that came back is judged")
    until(lambda: letters_to_editors(app) == ["sent"], "the editor has the reader's question")
    assert departed(app) == 1

    house.sink.accepted.clear()
    second = house.send("10")
    assert house.planned(second) == {*REACTIONS, *SILENT} - GONE
    held = BEHIND_THE_GATEWAY | {"busy@163.com"}
    assert house.reached() == sorted({*REACTIONS, *SILENT} - GONE - held)

    house.command("lane", "resume", "strict.example")
    house.command("lane", "resume", "netease")
    house.go_on(second)
    assert house.reached() == sorted({*REACTIONS, *SILENT} - GONE)


def letters_to_editors(app: App) -> list[str]:
    """How what was passed on stands."""
    with app.reading() as session:
        query = select(Letter.state).where(Letter.purpose == LetterPurpose.FORWARDED)
        return [state.value for state in session.scalars(query)]


def departed(app: App) -> int:
    """Alerts about people who have left."""
    with app.reading() as session:
        query = select(func.count()).where(Alert.key.startswith("departed:"))
        return session.scalars(query.select_from(Alert)).one()

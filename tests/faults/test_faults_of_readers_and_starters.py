"""F2, F3 and F13: readers who leave at the worst moment; several who plan and start at once."""

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http import HTTPStatus
from urllib.parse import urlsplit

import crew
import pytest
from databases import only_sqlite
from forks import working
from processes import free_port, until
from runs import add_reader, make_issue
from scene import Cued, Scene, reader, scene
from sink import Sink, Step
from sqlalchemy import func, select

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.models import Delivery, Run
from distribution.words import Cause, Decision, RunState
from distribution.words import DeliveryState as S

READERS = 30


# -- a reader leaves -------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [Step.MAIL, Step.DATA])
def test_who_leaves_while_his_mail_is_offered_gets_none(
    environment: dict[str, str], step: Step
) -> None:
    def leave() -> None:
        """He withdraws his consent, and it stands in the database."""
        with here.app.transaction() as session:
            row = audience.find_subscriber(session, reader(0))
            left = audience.Statement(Decision.WITHDRAWN, "退订", channel="web")
            audience.record_consent(session, row.id, left, by="reader", at=clock.now())

    with Cued({step: leave}) as sink, scene(environment, sink, 2, batch_size=1) as here:
        here.pump()
        assert here.states() == {reader(0): S.SKIPPED, reader(1): S.ACCEPTED}
        assert here.rows()[reader(0)].cause is Cause.LEFT
        assert [mail.recipient for mail in sink.accepted] == [reader(1)]
        here.assert_nobody_twice_nobody_missed()


@only_sqlite
def test_who_was_told_that_he_has_left_gets_no_mail_though_the_server_was_killed(
    environment: dict[str, str],
) -> None:
    environment["DISTRIBUTION_WEB_PORT"] = str(free_port())
    with Sink() as sink, scene(environment, sink, READERS, connections=4) as here:
        told: list[str] = []

        def leave(reader_and_delivery: tuple[str, Delivery]) -> None:
            recipient, row = reader_and_delivery
            with suppress(OSError, http.client.HTTPException):  # nobody was told anything
                if one_click(here, row.id) == HTTPStatus.OK:
                    told.append(recipient)
            if len(told) >= READERS // 3:
                server.kill()

        with working(crew.serve, here.environ) as server, ThreadPoolExecutor(4) as readers:
            until(lambda: listens(here), "a server")
            list(readers.map(leave, here.rows().items()))
        assert READERS // 3 <= len(told) < READERS
        here.pump()
        assert not {mail.recipient for mail in sink.accepted} & set(told)
        here.assert_nobody_twice_nobody_missed()


def one_click(here: Scene, delivery_id: int) -> int:
    """Leave as a mail programme does for its reader; the server's answer."""
    url = urlsplit(here.app.addresses.unsubscribe(delivery_id))
    server = http.client.HTTPConnection("127.0.0.1", here.app.settings.web_port, timeout=30)
    with closing(server):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        server.request("POST", url.path, b"List-Unsubscribe=One-Click", form)
        return server.getresponse().status


def listens(here: Scene) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", here.app.settings.web_port), 1):
        return True
    return False


# -- several at the same time, one of them killed --------------------------------------------------


def test_planners_and_starters_beside_each_other_and_one_killed_make_one_run(
    app: App, environment: dict[str, str]
) -> None:
    at = clock.now()
    key = make_issue(app)
    with app.transaction() as session:
        for number in range(READERS):
            add_reader(session, app, reader(number), at)
    assert crew.end_of(crew.plan_and_die, environment, key, 3) == crew.KILLED
    with app.reading() as session:
        assert session.scalar(select(func.count(Delivery.id))) == 3 * crew.SLICE
    with ExitStack() as beside:
        others = [
            beside.enter_context(working(crew.plan_and_start, environment, key)) for _ in range(2)
        ]
        for other in others:
            other.join(90)
        assert [other.exitcode for other in others] == [0, 0]
    with app.reading() as session:
        [run] = session.scalars(select(Run))
        assert (run.state, run.planned) == (RunState.SENDING, READERS)
        assert delivery.verify(session, run.id) == []

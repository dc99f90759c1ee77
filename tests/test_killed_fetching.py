"""The fetcher of returned mail killed with SIGKILL at each step, and two of them at once.

The judges are the server's own folders, and the rows of the inbox: nothing lost, nothing twice.
"""

import processes
import pytest
from databases import inbox, returned
from imap import Box, Wire, environ_of

from distribution.app import open_app

PROCESSED, UNCLEAR = "bounces/processed", "bounces/unclear"
ABSENT = b"Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away, %d.\r\n"

STEPS = {
    "MOVE": [(b"UID FETCH", True), (b"UID MOVE", False), (b"UID MOVE", True)],
    "COPY": [
        (b"UID COPY", False),
        (b"UID COPY", True),
        (b"UID STORE", False),
        (b"UID STORE", True),
        (b"UID EXPUNGE", False),
        (b"UID EXPUNGE", True),
    ],
}


def killed_at(environ: dict[str, str], wire: Wire, command: bytes, *, obeyed: bool) -> None:
    """Fetch, and die when the server has been given a command, which it obeys or never sees."""

    def before(given: bytes) -> bytes | None:
        if not given.startswith(command):
            return None
        processes.end(fetcher)
        return None if obeyed else b"NO too late"

    wire.before = before
    fetcher = processes.start(environ, "bounce", "fetch")
    assert fetcher.wait(processes.PATIENCE) == -9
    wire.before = lambda _command: None


@pytest.mark.parametrize("way", list(STEPS))
def test_wherever_the_fetcher_dies_each_mail_is_dealt_with_once(
    environment: dict[str, str], box: Box, wire: Wire, way: str
) -> None:
    environ = environment | environ_of(wire)
    wire.without = {"MOVE"} - {way}
    mails = []
    for number, (command, obeyed) in enumerate(STEPS[way]):
        mails.append(ABSENT % number)
        box.put(mails[-1])
        killed_at(environ, wire, command, obeyed=obeyed)
        assert set(mails) <= {*box.mails(), *box.mails(PROCESSED)}, f"lost after {command!r}"

    last = processes.run(environ, "bounce", "fetch")

    assert last.returncode == 0, last.stderr
    app = open_app(environ)
    assert sorted(row.raw.replace(b"\r\n", b"\n") for row in inbox(app) if row.raw) == sorted(
        mail.replace(b"\r\n", b"\n") for mail in mails
    )
    assert len(returned(app)) == len(mails)
    app.engine.dispose()
    assert box.mails(criteria="UNDELETED") == []
    assert set(box.mails(PROCESSED)) == set(mails)
    if way == "MOVE":
        assert len(box.mails(PROCESSED)) == len(mails)


@pytest.mark.parametrize("without", [set(), {"MOVE"}, {"MOVE", "UIDPLUS"}])
def test_two_fetchers_of_one_mailbox_deal_with_each_mail_once(
    environment: dict[str, str], box: Box, wire: Wire, without: set[str]
) -> None:
    environ = environment | environ_of(wire)
    wire.without = without
    mails = [ABSENT % number for number in range(60)]
    box.put(*mails)

    fetchers = [processes.start(environ, "bounce", "fetch") for _ in (1, 2)]

    assert [fetcher.wait(processes.PATIENCE) for fetcher in fetchers] == [0, 0]
    last = processes.run(environ, "bounce", "fetch")  # for what one left to the other
    assert last.returncode == 0, last.stderr
    app = open_app(environ)
    assert len(inbox(app)) == len(returned(app)) == len(mails)
    app.engine.dispose()
    assert box.mails(criteria="UNDELETED") == []
    assert set(box.mails(PROCESSED)) == set(mails)
    if not without:
        assert len(box.mails(PROCESSED)) == len(mails)

"""A mailbox on an IMAP server: what is read of it moves to folders beside it."""

import logging
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from threading import Event, Lock

from distribution.config import Settings
from distribution.mailboxes.imap_idle import arrivals
from distribution.mailboxes.imap_session import Session
from distribution.mailboxes.imap_troubles import LoginRefused, Withheld, cannot_file
from distribution.mailboxes.mailbox import CannotFile, Filing, Survey, UnusableMailbox

log = logging.getLogger(__name__)

PAUSE = 600.0
"""Seconds after a refused login until the next: providers lock who comes back at once."""
LONGEST = 7200.0
"""Seconds to which refusal after refusal lengthens the pause."""


Unfiled = dict[int, Filing | None]
"""The UIDs of mails that have been dealt with and are still among what waits, see `_Desk.file`."""


@dataclass(frozen=True, slots=True)
class ImapMail:
    """A mail on the server."""

    raw: bytes
    uid: int
    desk: "_Desk"

    def filed(self, where: Filing) -> None:
        """Move it to its folder; where that fails it is tried again, without being read again."""
        self.desk.file(self.uid, where)


class Imap:
    """A mailbox on a server; keeps in mind what a new connection must know."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._logging_in = Lock()
        self._closed_until, self._pause = 0.0, PAUSE
        self._refusal: LoginRefused | None = None
        self._unfiled: Unfiled = {}
        self._withheld: set[int] = set()  # each is asked for once in the life of a process
        self._validity = 0  # of these numbers

    @property
    def name(self) -> str:
        """The server."""
        return f"IMAP {self._settings.bounce_imap_host}"

    def waiting(self, limit: int) -> Generator[ImapMail, None, None]:
        """What is not marked as deleted, the oldest first; read one by one, nothing is marked.

        What could not be put away the last time is put away first, without being read again;
        where that fails again it is said at the end.
        """
        with self.connect() as session:
            desk = self._open(session)
            trouble = desk.file_leftovers()
            yield from islice(self._read(session, desk), limit)
            if trouble is not None:
                raise trouble

    def _read(self, session: Session, desk: "_Desk") -> Generator[ImapMail, None, None]:
        for uid in session.waiting():
            if uid in self._unfiled or uid in self._withheld:
                continue
            try:
                raw = session.beginning(uid)
            except Withheld as trouble:
                self._withheld.add(uid)
                log.warning("%s", trouble)
                continue
            if raw is not None:
                yield ImapMail(raw, uid, desk)

    def survey(self) -> Survey:
        """Connect, log in, and tell what is there."""
        with self.connect() as session:
            session.select()
            moves = (
                "移动邮件用 MOVE"
                if session.can("MOVE")
                else "移动邮件用 COPY"
                if session.can("UIDPLUS")
                else "移动邮件用 COPY，原处的只标为删除"
            )
            tells = "新邮件即时通知" if session.can("IDLE") else "服务器不会通知，定时查看"
            return Survey(len(session.waiting()), tuple(session.folders()), (moves, tells))

    def arrivals(self, stop: Event) -> Iterator[bool]:
        """Connect; True at first and each time something comes, False now and then, until `stop`.

        Raises NoIdle where the server cannot tell, UnusableMailbox once the line is broken.
        """
        with self.connect() as session:
            session.select()
            yield from arrivals(self._settings, session, stop)

    def connect(self) -> Session:
        """Log in; raises UnusableMailbox, of which LoginRefused is one, for a while unasked."""
        with self._logging_in:
            if self._refusal is not None and time.monotonic() < self._closed_until:
                raise self._refusal
            try:
                session = Session(self._settings)
            except LoginRefused as refusal:
                self._refusal = refusal
                self._closed_until = time.monotonic() + self._pause
                self._pause = min(2 * self._pause, LONGEST)
                raise
            self._refusal, self._pause = None, PAUSE
            return session

    def _open(self, session: Session) -> "_Desk":
        validity = session.select()
        if validity != self._validity:
            self._unfiled.clear()
            self._withheld.clear()
            self._validity = validity
        return _Desk(session, self._settings, self._unfiled)


class _Desk:
    """Puts mails away during one connection."""

    def __init__(self, session: Session, settings: Settings, unfiled: Unfiled) -> None:
        self._session, self._settings, self._unfiled = session, settings, unfiled
        self._folders: dict[Filing, str] = {}

    def file(self, uid: int, where: Filing | None) -> None:
        """Move a mail; raises UnusableMailbox, and remembers what is left to do.

        At each moment it is in at least one folder. None: it lies in its folder already, as a
        copy, and is only to leave this one.
        """
        self._unfiled[uid] = where
        if where is None or self._session.put(uid, self._folder(where)):
            self._unfiled[uid] = None
            self._session.remove(uid)
        del self._unfiled[uid]

    def file_leftovers(self) -> UnusableMailbox | None:
        """Try again what could not be moved; gives why the first of it still cannot be."""
        for uid, where in list(self._unfiled.items()):
            try:
                self.file(uid, where)
            except CannotFile as trouble:
                return trouble
        return None

    def _folder(self, where: Filing) -> str:
        """The folder's name on this server; it is made where it is missing."""
        if where not in self._folders:
            self._folders[where] = self._found(where)
        return self._folders[where]

    def _found(self, where: Filing) -> str:
        head, mark = self._session.naming()
        archive = head + self._settings.bounce_imap_archive
        names = [f"{archive}{mark}{where}"] if mark else []
        names.append(f"{archive}-{where}")  # for a server without folders in folders
        for name in names:
            if (found := _among(self._session.folders(), name, mark)) is not None:
                return found
        for name in names:
            self._session.create(name)
            if (found := _among(self._session.folders(), name, mark)) is not None:
                return found
        raise cannot_file(self._settings, names[0], ())


def _among(folders: list[str], name: str, mark: str) -> str | None:
    """The folder of a name; some providers put what we make below a folder of theirs."""
    if name in folders:
        return name
    return next((found for found in folders if mark and found.endswith(mark + name)), None)

"""One connection to an IMAP server, from the greeting to the farewell.

Of `imap_tools` only what leaves other people's mails alone: its `move`, `flag` and `delete` end in
an EXPUNGE of the whole folder. It neither asks again what a server can do once somebody has logged
in, which is when most of them tell.
"""

import imaplib
import re
import ssl
from contextlib import suppress
from typing import Any, Self

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxUnencrypted
from imap_tools.imap_utf7 import utf7_decode
from imap_tools.utils import encode_folder

from distribution import __version__
from distribution.config import Settings
from distribution.mailboxes import imap_troubles as troubles
from distribution.mailboxes.files import MOST_BYTES

SECONDS = 30.0
"""How long a server may keep silent."""
NETEASE = (".163.com", ".126.com", ".126.net", ".yeah.net", ".188.com", ".netease.com")
"""They open no folder for a programme that has not said who it is (RFC 2971)."""

imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))  # the library lacks it
_PERSONAL = re.compile(rb'\(\("([^"\\]*)" (?:"\\?(.)"|NIL)')
_FOLDER = re.compile(rb'\([^)]*\) (?:"\\?(.)"|NIL) (?:\{\d+\} )?"?(.*?)"?\Z', re.DOTALL)
_NO_TEXT = re.compile(rb'BODY\[\](?:<0>)? (?:""|NIL)', re.IGNORECASE)


class Session:
    """A connection on which somebody has logged in; ends with its block."""

    def __init__(self, settings: Settings) -> None:
        """Raise UnusableMailbox, of which LoginRefused is one."""
        self._settings = settings
        with troubles.told(settings):
            self.box = _connected(settings)
        try:
            with troubles.told(settings):
                _log_in(self.box, settings)
                self.abilities = self._abilities()
                self._introduce()
        except BaseException:
            self.hang_up()
            raise

    @property
    def client(self) -> Any:  # noqa: ANN401 - imaplib's methods have no types
        """What speaks the protocol."""
        return self.box.client

    def hang_up(self) -> None:
        """End it without a word: the other side may not listen any more."""
        with suppress(OSError, ValueError):
            self.client.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if kind is None and self.client.state == "SELECTED":
            with suppress(imaplib.IMAP4.error, OSError):
                self.client.logout()
        self.hang_up()

    def can(self, ability: str) -> bool:
        """Whether the server offers it."""
        return ability in self.abilities

    def _abilities(self) -> frozenset[str]:
        _, lines = self.client.capability()
        return frozenset(b" ".join(line for line in lines if line).decode("ascii", "replace")
                         .upper().split())  # fmt: skip

    def _introduce(self) -> None:
        host = "." + self._settings.bounce_imap_host.lower().rstrip(".")
        if self.can("ID") or host.endswith(NETEASE):  # QQ hangs up on what it does not know
            said = f'("name" "distribution" "version" "{__version__}" "vendor" "distribution")'
            try:
                self.client._simple_command("ID", said)  # noqa: SLF001 - no other way for new words
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                pass  # not understood: then it is not needed either

    # -- a folder ----------------------------------------------------------------------------

    def select(self) -> int:
        """Open the folder of returned mail; gives the number under which its UIDs are valid."""
        with troubles.told(self._settings, opening=True):
            self.box.folder.set(self._settings.bounce_imap_folder)
            _, numbers = self.client.response("UIDVALIDITY")
            self.client.response("EXISTS")  # known herewith
        return int(numbers[0]) if numbers and numbers[0] else 0

    def waiting(self) -> list[int]:
        """The UIDs of what nobody has dealt with, the oldest first."""
        return self._search("UNDELETED")

    def beginning(self, uid: int) -> bytes | None:
        """A mail, or the beginning of a long one; None where it is gone; raises Withheld."""
        with troubles.told(self._settings):
            wanted = f"(UID BODY.PEEK[]<0.{MOST_BYTES}>)"
            status, parts = self.client.uid("FETCH", str(uid), wanted)
        if status != "OK":
            raise troubles.withheld(self._settings, uid)
        for part in parts:
            if isinstance(part, tuple) and b"BODY[" in part[0].upper():
                return bytes(part[1][:MOST_BYTES])
        return b"" if any(_NO_TEXT.search(part) for part in parts if part) else None

    def put(self, uid: int, folder: str) -> bool:
        """Move or else copy a mail; whether it is still here as well; raises CannotFile."""
        command = "MOVE" if self.can("MOVE") else "COPY"
        with troubles.told(self._settings):
            status, words = self.client.uid(command, str(uid), encode_folder(folder))
        if status != "OK" and self._search(f"UID {uid}"):  # else another worker has moved it
            raise troubles.cannot_file(self._settings, folder, words)
        return command == "COPY"

    def remove(self, uid: int) -> None:
        """Take away a mail that has been copied, and no other; raises CannotFile."""
        with troubles.told(self._settings):
            if self.can("UIDPLUS"):
                self._mark(uid, r"(\Deleted)")
                self.client.uid("EXPUNGE", str(uid))
            else:  # an EXPUNGE would take what others have marked
                self._mark(uid, r"(\Deleted \Seen)")

    def _mark(self, uid: int, flags: str) -> None:
        status, words = self.client.uid("STORE", str(uid), "+FLAGS.SILENT", flags)
        if status != "OK":
            raise troubles.cannot_file(self._settings, self._settings.bounce_imap_folder, words)

    def _search(self, criteria: str) -> list[int]:
        with troubles.told(self._settings):
            return sorted(map(int, self.box.uids(criteria, charset=None)))  # QQ knows no CHARSET

    # -- other folders -----------------------------------------------------------------------

    def folders(self) -> list[str]:
        """The names of all folders."""
        return [name for _, name in self._listed("*")]

    def _listed(self, pattern: str) -> list[tuple[str, str]]:
        """Folders, each with what stands between the parts of a name there; empty: nothing does.

        Names that are not written as the protocol wants it must not hide the others.
        """
        with troubles.told(self._settings):
            _, rows = self.client.list('""', f'"{pattern}"')
        found = []
        for row in rows:
            line = b" ".join(row) if isinstance(row, tuple) else row or b""  # a name of many signs
            parts = _FOLDER.match(line)
            if parts is not None:
                found.append(((parts[1] or b"").decode("ascii", "replace"), _plain(parts[2])))
        return found

    def create(self, folder: str) -> None:
        """Make a folder, and show it to mail programs; where it exists nothing happens."""
        with troubles.told(self._settings):
            command = self.client._simple_command  # noqa: SLF001 - `create` would not quote
            try:
                command("CREATE", encode_folder(folder))
                command("SUBSCRIBE", encode_folder(folder))
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return  # the name is not to its liking: it is looked for afterwards

    def naming(self) -> tuple[str, str]:
        """What a name of our own begins with here, and what stands between its parts."""
        with troubles.told(self._settings):
            if self.can("NAMESPACE"):
                _, lines = self.client.namespace()
                found = _PERSONAL.match(lines[0] or b"") if lines else None
                if found:
                    return found[1].decode("ascii", "replace"), (found[2] or b"").decode("ascii")
        roots = self._listed("")
        return "", roots[0][0] if roots else ""


def _plain(name: bytes) -> str:
    """A folder's name; as it stands where it is no modified UTF-7 (RFC 3501 5.1.3)."""
    try:
        return utf7_decode(name)
    except ValueError:
        return name.decode("ascii", "backslashreplace")


def _connected(settings: Settings) -> BaseMailBox:
    host, port = settings.bounce_imap_host, settings.bounce_imap_port
    if settings.bounce_imap_security == "tls":
        return MailBox(host, port, timeout=SECONDS, ssl_context=_context(settings))
    box = MailBoxUnencrypted(host, port, timeout=SECONDS)
    if settings.bounce_imap_security == "starttls":
        try:
            box.client.starttls(_context(settings))
        except BaseException:
            with suppress(OSError, ValueError):  # the socket was taken over already
                box.client.shutdown()
            raise
    return box


def _context(settings: Settings) -> ssl.SSLContext:
    """The system's trust, or that of one file; always with host name check."""
    ca_file = settings.bounce_imap_ca_file
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise troubles.no_ca_file(settings) from error


def _log_in(box: BaseMailBox, settings: Settings) -> None:
    user, password = (
        settings.bounce_imap_username,
        settings.bounce_imap_password.get_secret_value(),
    )
    if "LOGINDISABLED" in box.client.capabilities:
        raise troubles.not_in_clear(settings)
    log_in = box.login if (user + password).isascii() else box.login_utf8
    try:
        log_in(user, password, initial_folder=None)
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise troubles.refused(settings, error) from None

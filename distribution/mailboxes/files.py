"""Takes the mails out of an opened file: one, or the many of an mbox."""

import re
from collections.abc import Iterator
from typing import BinaryIO

MOST_BYTES = 2 * 1024 * 1024
"""Of one mail, as much as is ever judged: what a bounce says of itself stands at its beginning."""
_LINE = 64 * 1024
_ENVELOPE = re.compile(rb"From [^\n]*\d\d:\d\d")
_QUOTED = re.compile(rb">+From ")


def mails_of(file: BinaryIO) -> Iterator[bytes]:
    r"""Each mail of a file, however large the file is.

    In an mbox a mail begins after an empty line with "From ", a sender and a time; lines of a
    mail that begin so stand behind a ">", which is taken away (the forms mboxo and mboxrd).

    >>> from io import BytesIO
    >>> [*mails_of(BytesIO(b"From a Tue Dec  1 09:00:00 2026\nTo: b\n\n>From now on\n"))]
    [b'From a Tue Dec  1 09:00:00 2026\nTo: b\n\nFrom now on\n']
    """
    line = file.readline(_LINE)
    if line.startswith(b"From "):
        yield from _mails_of_mbox(line, file)
    elif line:
        yield line + file.read(MOST_BYTES - len(line))


def mail_of_pipe(file: BinaryIO) -> bytes:
    """The one mail that a mail system writes into a pipe.

    It is read to its end: who writes into a pipe that nobody reads is told of a failure.
    """
    mail = file.read(MOST_BYTES)
    while file.read(MOST_BYTES):
        pass
    return mail


def _mails_of_mbox(line: bytes, file: BinaryIO) -> Iterator[bytes]:
    mail, empty, begun = bytearray(line), False, line.endswith(b"\n")
    while line := file.readline(_LINE):
        if empty and _ENVELOPE.match(line):
            yield bytes(mail[:MOST_BYTES])
            mail.clear()
        elif begun and _QUOTED.match(line):
            line = line[1:]
        if len(mail) < MOST_BYTES:
            mail += line
        empty = begun and line in (b"\n", b"\r\n")
        begun = line.endswith(b"\n")  # the next piece begins a line, rather than going on with one
    yield bytes(mail[:MOST_BYTES])

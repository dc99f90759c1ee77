"""Takes the mails out of an opened file: one, or the many of an mbox."""

import re
from collections.abc import Iterator
from typing import BinaryIO

MOST_BYTES = 2 * 1024 * 1024
"""Of one mail, as much as is ever judged: what a bounce says of itself stands at its beginning."""
_LINE = 64 * 1024
_ENVELOPE = re.compile(rb"From [^\n]*\d\d:\d\d")


def mails_of(file: BinaryIO) -> Iterator[bytes]:
    r"""Each mail of a file, however large the file is.

    In an mbox a mail begins after an empty line with "From ", a sender and a time.

    >>> from io import BytesIO
    >>> [*mails_of(BytesIO(b"From a Tue Dec  1 09:00:00 2026\nTo: b\n\nFrom now on\n"))]
    [b'From a Tue Dec  1 09:00:00 2026\nTo: b\n\nFrom now on\n']
    """
    line = file.readline(_LINE)
    if line.startswith(b"From "):
        yield from _mails_of_mbox(line, file)
    elif line:
        yield line + file.read(MOST_BYTES - len(line))


def _mails_of_mbox(line: bytes, file: BinaryIO) -> Iterator[bytes]:
    mail, size, empty = [line], len(line), False
    while line := file.readline(_LINE):
        if empty and _ENVELOPE.match(line):
            yield b"".join(mail)[:MOST_BYTES]
            mail, size = [], 0
        if size < MOST_BYTES:
            mail.append(line)
        size += len(line)
        empty = line in (b"\n", b"\r\n")
    yield b"".join(mail)[:MOST_BYTES]

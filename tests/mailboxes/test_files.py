"""The mails of a file in the forms that programmes leave behind, and the one mail of a pipe."""

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from distribution.mailboxes import MOST_BYTES, mail_of_pipe, mails_of

ENVELOPE = b"From MAILER-DAEMON Tue Dec  1 09:00:00 2026\n"


def mbox(*mails: bytes) -> bytes:
    return b"".join(ENVELOPE + mail + b"\n" for mail in mails)


def read(text: bytes) -> list[bytes]:
    """The mails of a text, without what an mbox puts around them."""
    return [
        mail.replace(b"\r\n", b"\n").removeprefix(ENVELOPE).rstrip(b"\n")
        for mail in mails_of(io.BytesIO(text))
    ]


def test_lines_that_were_quoted_in_an_mbox_are_as_they_were() -> None:
    mail = b"Subject: a\n\n>From me\n>>From you\n> From him\n->From her\nand >From us\n"

    assert read(mbox(mail, b"Subject: b\n")) == [
        b"Subject: a\n\nFrom me\n>From you\n> From him\n->From her\nand >From us",
        b"Subject: b",
    ]


def test_a_single_mail_that_is_no_mbox_stays_as_it_is() -> None:
    mail = b"Subject: a\n\n>From me\n\nFrom MAILER-DAEMON Tue Dec  1 09:00:00 2026\n"

    assert list(mails_of(io.BytesIO(mail))) == [mail]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.rstrip(b"\n"),
        lambda text: text + b"\n\n\n",
    ],
)
def test_line_ends_and_the_end_of_the_file_do_not_matter(change: object) -> None:
    assert callable(change)
    text = change(mbox(b"Subject: a\n\nx\n\nFrom now on\n\n", b"Subject: b\n\n>From me\n"))

    assert read(text) == [b"Subject: a\n\nx\n\nFrom now on", b"Subject: b\n\nFrom me"]


def test_bytes_of_any_encoding_pass_unchanged() -> None:
    mail = "Subject: 退信\n\n查无此人".encode("gb18030") + bytes(range(14, 256))

    assert read(mbox(mail)) == [mail]


def test_an_mbox_of_envelopes_alone_has_empty_mails_and_an_empty_file_has_none() -> None:
    assert read(ENVELOPE + b"\n" + ENVELOPE) == [b"", b""]
    assert read(b"") == []


def test_a_line_that_is_longer_than_what_is_read_at_once_is_one_line() -> None:
    long = b"x" * 64 * 1024
    mail = b"Subject: a\n\n" + long + b"\nFrom b 09:00\n" + long + b">From c\n"

    assert read(mbox(mail)) == [mail.rstrip(b"\n")]


class Endless(io.RawIOBase):
    """A file as large as one likes that nobody has to store."""

    def __init__(self, piece: bytes, size: int) -> None:
        self._piece, self._left = piece, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        room = memoryview(buffer)  # type: ignore[arg-type] # whatever io gives
        count = min(len(room), self._left, len(self._piece))
        room[:count] = self._piece[:count]
        self._left -= count
        return count


def most_memory(mails: Iterator[bytes]) -> tuple[int, int]:
    """How many mails there are, and the most memory that was in use meanwhile."""
    tracemalloc.start()
    try:
        count = sum(1 for _ in mails)
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("line", "size"),
    [
        (b"\n", MOST_BYTES + 100_000),
        (b"Subject: a\n", 5 * MOST_BYTES),
        (b"x" * 8191 + b"\n", 100 * MOST_BYTES),
        (b"x" * 8192, 100 * MOST_BYTES),
    ],
)
def test_the_memory_a_huge_file_takes_is_bounded(line: bytes, size: int) -> None:
    file = io.BufferedReader(Endless(line * (8192 // len(line)), size))

    count, most = most_memory(mails_of(io.BufferedReader(_Joined(ENVELOPE, file))))

    assert count == 1
    assert most < 4 * MOST_BYTES


class _Joined(io.RawIOBase):
    """A beginning, and a file after it."""

    def __init__(self, first: bytes, then: io.BufferedReader) -> None:
        self._first, self._then = first, then

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        room = memoryview(buffer)  # type: ignore[arg-type] # whatever io gives
        data = self._first[: len(room)] or self._then.read(len(room))
        self._first = self._first[len(room) :]
        room[: len(data)] = data
        return len(data)


def test_of_a_pipe_one_mail_is_taken_and_all_is_read() -> None:
    text = b"Subject: a\n\nx\n\n" + ENVELOPE + b"Subject: b\n"
    huge = io.BufferedReader(Endless(b"x" * 8192, 5 * MOST_BYTES))

    assert mail_of_pipe(io.BytesIO(text)) == text
    assert len(mail_of_pipe(huge)) == MOST_BYTES
    assert huge.read() == b""
    assert mail_of_pipe(io.BytesIO(b"")) == b""

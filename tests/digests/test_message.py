"""The bytes of a message say what was meant, and nothing else."""

import re
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from digest_samples import (
    HEADERS,
    PERSONAL,
    choose,
    compose,
    compose_tiny,
    make_issue,
    make_sheet,
    unpadded,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.digests import Headers, Interests, MalformedHeader, TooLarge, join

ODD = [*"山西机电信息喆𠮷👍é·—“”\"'<>@,;:\\()=?_% ", "=?utf-8?b?", "?="]
printable = (
    st.lists(
        st.sampled_from(ODD) | st.characters(min_codepoint=32, max_codepoint=126),
        min_size=1,
        max_size=120,
    )
    .map("".join)
    .filter(lambda text: text == text.strip())
)
GOLDEN = """\
Date: Sun, 01 Nov 2026 01:00:00 +0000
From: =?utf-8?b?5LiJ5pmL6KOF5aSH6YCa6K6v?=
 <digest@mail.example.cn>
To: reader@example.com
Subject: =?utf-8?b?56ysIDkg5pyf77ya5Li65oKo6YCJ5Ye6IDIg56+H?=
Message-ID: <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@mail.example.cn>
List-Id: <digest.example.cn>
List-Unsubscribe: <https://read.example.cn/u/CCCCCCCCCCCCCCCCCCCCCCCCCCCCCC>,
 <mailto:leave@mail.example.cn>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Precedence: bulk
Auto-Submitted: auto-generated
Feedback-ID: 2026-11:regular:digest:sanjin
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="=_0123456789abcdef01234567"

--=_0123456789abcdef01234567
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

5q2j5paHDQrnrKzkuozooYwNCg==
--=_0123456789abcdef01234567
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+5q2j5paHPC9wPg0KICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg
--=_0123456789abcdef01234567--
"""


def parsed(message: bytes) -> EmailMessage:
    read = message_from_bytes(message, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def decoded(message: bytes, field: str) -> str:
    """A field as a mail client decodes it; the new parser adds blanks to long Chinese names."""
    value = message_from_bytes(message)[field]
    parts = decode_header(value.replace("\r\n", ""))
    return "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part
        for part, charset in parts
    )


def test_a_message_is_written_byte_for_byte_as_ever() -> None:
    assert compose_tiny(HEADERS) == GOLDEN.replace("\n", "\r\n").encode()


def test_the_standard_library_reads_both_parts_back() -> None:
    sheet, choices = make_sheet(), choose(make_issue().articles, Interests(()))
    digest, read = join(sheet, choices, PERSONAL), parsed(compose(sheet, choices))
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (part.get_content() for part in read.iter_parts())
    assert plain.replace("\r\n", "\n") == digest.text
    assert unpadded(html) == unpadded(digest.html)
    assert read["Subject"] == digest.subject


def test_a_message_is_ascii_with_short_lines_and_whole_line_ends() -> None:
    message = compose(make_sheet(), choose(make_issue().articles, Interests(())))
    assert message.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", message)
    head, _, body = message.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) <= 78


@settings(deadline=None)
@given(printable)
def test_any_subject_comes_back(subject: str) -> None:
    message = compose_tiny(subject=subject)
    assert decoded(message, "Subject") == subject
    assert parsed(message)["Subject"] == subject


@settings(deadline=None)
@given(printable)
def test_any_name_comes_back(name: str) -> None:
    message = compose_tiny(replace(HEADERS, sender_name=name))
    raw_name, address = parseaddr(message_from_bytes(message)["From"].replace("\r\n", ""))
    assert address == HEADERS.sender_address
    parts = decode_header(raw_name)
    spelled = "".join(p.decode(c or "ascii") if isinstance(p, bytes) else p for p, c in parts)
    assert spelled == name
    assert [a.addr_spec for a in parsed(message)["From"].addresses] == [HEADERS.sender_address]


@settings(deadline=None)
@given(printable)
def test_encoded_words_are_short_and_hold_whole_characters(name: str) -> None:
    message = compose_tiny(replace(HEADERS, sender_name=name, list_id=f"{name} <a.b>"), name)
    head = message.partition(b"\r\n\r\n")[0].decode("ascii")
    for word in re.findall(r"=\?utf-8\?b\?[^?]*\?=", head):
        assert len(word) <= 75
        decode_header(word)[0][0].decode()  # no character is cut in two
    assert all(len(line) <= 78 for line in head.split("\r\n"))


def test_fields_that_programs_read_are_written_as_they_are() -> None:
    url = "https://read.example.cn/u/" + "x" * 120
    message = compose_tiny(replace(HEADERS, unsubscribe_url=url))
    assert f"List-Unsubscribe: <{url}>,\r\n <mailto:leave@mail.example.cn>\r\n".encode() in message
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in message
    assert b"\r\nList-Id: <digest.example.cn>\r\n" in message


def test_what_is_not_given_is_left_out() -> None:
    bare = replace(HEADERS, unsubscribe_mailto="", feedback_id="", sender_name="", list_id="a.b")
    head = compose_tiny(bare).partition(b"\r\n\r\n")[0]
    assert b"Feedback-ID" not in head
    assert b"mailto" not in head
    assert b"\r\nFrom: digest@mail.example.cn\r\n" in head
    assert b"\r\nList-Id: <a.b>\r\n" in head


def test_an_internationalised_mailbox_is_written_raw() -> None:
    message = compose_tiny(replace(HEADERS, recipient="张三@xn--fsqu00a.cn"))
    assert "\r\nTo: 张三@xn--fsqu00a.cn\r\n".encode() in message


FIELDS = [
    *("sender_name", "sender_address", "recipient", "message_id", "list_id"),
    *("unsubscribe_url", "unsubscribe_mailto", "feedback_id", "boundary"),
]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("evil", [*"\r\n\0\t\x0b\x0c\x85\x1b\u2028\u202e\ud800", "\r\nBcc: x@y.cn"])
def test_no_value_smuggles_in_a_field(field: str, evil: str) -> None:
    value = getattr(HEADERS, field)
    for broken in (value[:5] + evil + value[5:], value + evil, evil + value):
        with pytest.raises(MalformedHeader):
            compose_tiny(replace(HEADERS, **{field: broken}))


@pytest.mark.parametrize("evil", [*"\r\n\0\u2028", "\n\nbody"])
def test_no_subject_smuggles_in_a_field(evil: str) -> None:
    with pytest.raises(MalformedHeader):
        compose_tiny(subject=f"标题{evil}")


@settings(deadline=None)
@given(st.sampled_from(FIELDS), st.text(max_size=60))
def test_whatever_a_field_holds_the_others_stay_the_same(field: str, value: str) -> None:
    names = [
        line.split(":")[0]
        for line in GOLDEN.split("\n\n", maxsplit=1)[0].split("\n")
        if line[0] != " "
    ]
    headers: Headers = replace(HEADERS, **{field: value})
    try:
        message = compose_tiny(headers)
    except MalformedHeader:
        return
    left_out = {"Feedback-ID"} if not headers.feedback_id else set()
    assert list(parsed(message).keys()) == [name for name in names if name not in left_out]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "a@b.cn> NOTIFY=x <e@x"),
        ("recipient", "a@b.cn, c@d.cn"),
        ("recipient", "nobody"),
        ("recipient", f"{'a' * 600}@b.cn"),
        ("message_id", "a@b.cn"),
        ("message_id", "<编号@b.cn>"),
        ("list_id", "名称 <编号.cn>"),
        ("list_id", ""),
        ("unsubscribe_url", "https://a.cn/>,<https://evil.cn/"),
        ("unsubscribe_url", "https://例子.cn/u"),
        ("unsubscribe_url", ""),
        ("unsubscribe_url", "https://a.cn/" + "x" * 1000),
        ("feedback_id", "=?utf-8?b?YQ==?="),
        ("boundary", 'a"; charset=x'),
        ("boundary", "a" * 71),
    ],
)
def test_values_that_are_not_what_they_should_be_are_refused(field: str, value: str) -> None:
    with pytest.raises(MalformedHeader, match="无效"):
        compose_tiny(replace(HEADERS, **{field: value}))


def test_a_date_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        compose_tiny(replace(HEADERS, date=datetime(2026, 11, 1)))  # noqa: DTZ001


def test_what_fills_the_last_line_goes_out_and_one_byte_more_does_not() -> None:
    full = "x" * (69 * 1024 // 57 * 57)
    assert parsed(compose_tiny(html=full)).get_body(("html",)).get_content().strip() == full
    with pytest.raises(TooLarge):
        compose_tiny(html=full + "x")

"""The gate, finished messages: lines, header fields, parts."""

import re
from dataclasses import replace

import pytest
from digest_samples import HEADERS, PERSONAL, compose
from gate_samples import choices, errors, message, sheet, warnings

from distribution.digests import Composer
from distribution.digests.gate import Rule, check_wire


def test_a_good_message_passes() -> None:
    assert check_wire(message()) == ()


def test_a_message_of_text_alone_passes_where_it_is_wanted() -> None:
    text = Composer(sheet()).compose(choices(), PERSONAL, HEADERS, text_only=True)

    assert check_wire(text, text_only=True) == ()
    assert errors(check_wire(text)) == [(Rule.PARTS, "邮件")]


def test_however_long_the_addresses_the_list_fields_stay_legible() -> None:
    url = "https://read.example.cn/" + "x" * 800
    long = replace(HEADERS, unsubscribe_url=url, list_id=f"{'d' * 200}.example.cn")

    assert check_wire(compose(sheet(), choices(), headers=long)) == ()


FIELDS = (
    "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Auto-Submitted", "Precedence",
)  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("times", [0, 2])
def test_each_required_field_stands_there_once(name: str, times: int) -> None:
    field = re.search(rf"^{name}: .*\r\n(?:[ \t].*\r\n)*".encode(), message(), re.MULTILINE)
    assert field

    found = check_wire(message().replace(field[0], field[0] * times, 1))

    assert (Rule.HEADERS, name) in errors(found)


@pytest.mark.parametrize(
    ("old", "new", "rule", "where"),
    [
        (b"\r\nPrecedence", b"\nPrecedence", Rule.LINES, "邮件"),
        (b"Precedence: bulk", b"Precedence: b\rulk", Rule.LINES, "邮件"),
        (b"Precedence: bulk", "Precedence: 批".encode(), Rule.LINES, "邮件"),
        (b"Precedence: bulk", b"Precedence: bulk" + b"k" * 990, Rule.LINES, "邮件"),
        (b"Subject: =?utf-8?b?", b"Subject: =?utf-8?b?" + b"5" * 60, Rule.LINES, "邮件"),
        (b"base64\r\n\r\n", b"base64\r\n\r\nAAAA", Rule.LINES, "邮件"),
        (b"<https://", b"<=?utf-8?q?https://", Rule.HEADERS, "List-Unsubscribe"),
        (b"<https://", b"<ftp://", Rule.HEADERS, "List-Unsubscribe"),
        (b"<digest.example.cn>", b"<=?utf-8?q?d?=>", Rule.HEADERS, "List-Id"),
        (b"<digest.example.cn>", b"", Rule.HEADERS, "List-Id"),
        (b"=One-Click", b"=Two-Clicks", Rule.HEADERS, "List-Unsubscribe-Post"),
        (b"<digest@mail.example.cn>", b"<a@b.example>, <c@d.example>", Rule.HEADERS, "From"),
        (b"<digest@mail.example.cn>", b"nobody", Rule.HEADERS, "From"),
        (b"Feedback-ID: ", b"Feedback-ID: =?utf-8?q?a?=", Rule.HEADERS, "Feedback-ID"),
        (b"text/html", b"text/x-html", Rule.PARTS, "邮件"),
        (b"text/plain", b"text/html", Rule.PARTS, "邮件"),
        (b"Encoding: base64", b"Encoding: 8bit", Rule.PARTS, "邮件"),
    ],
)  # fmt: skip
def test_what_mailbox_providers_refuse_is_found(
    old: bytes, new: bytes, rule: Rule, where: str
) -> None:
    assert old in message()

    assert (rule, where) in errors(check_wire(message().replace(old, new, 1)))


def test_a_trial_without_https_and_without_an_address_to_leave_by_is_warned_of() -> None:
    local = replace(HEADERS, unsubscribe_url="http://127.0.0.1:8000/u/x", unsubscribe_mailto="")

    found = check_wire(compose(sheet(), choices(), headers=local))

    assert errors(found) == []
    assert warnings(found) == [(Rule.HEADERS, "List-Unsubscribe")] * 2


def test_a_third_part_is_one_too_many() -> None:
    boundary = f"--{HEADERS.boundary}".encode()
    third = boundary + b"\r\nContent-Type: text/calendar\r\n"
    third += b"Content-Transfer-Encoding: base64\r\n\r\neA==\r\n"
    swollen = message().replace(boundary + b"--", third + boundary + b"--")

    assert errors(check_wire(swollen)) == [(Rule.PARTS, "邮件")]

"""What leads from a mail that came back to the mail we sent: ids and List-Unsubscribe links."""

import quopri
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from systems import parts, personal, postfix, qmail, status

from distribution.replies import read_returned
from distribution.replies.returned_traces import links_in

LINK = "https://magazine.example/u/aeaqcaibaeaq"
MAILTO = "mailto:b-aeaqcaibaeaq@mail.sanjin.example?subject=unsubscribe"
FIELD = f"List-Unsubscribe: <{LINK}>,\n <{MAILTO}>\n"
RETURNED = f"From: digest@sanjin.example\n{FIELD}Message-ID: <x@sanjin.example>\nSubject: y\n"


def returned(text: str, type_: str = "text/rfc822-headers", encoding: str = "") -> bytes:
    """A report with a returned part."""
    head = f"{type_}\nContent-Transfer-Encoding: {encoding}" if encoding else type_
    return parts(
        "mailer-daemon@mx.example",
        "Undelivered Mail Returned to Sender",
        ("text/plain", "It did not work."),
        ("message/delivery-status", status("550 5.1.1 User unknown", "5.1.1")),
        (head, text),
    )


@pytest.mark.parametrize(
    "mail",
    [
        returned(RETURNED),
        returned(RETURNED, "message/rfc822"),
        returned(RETURNED.replace("\n", "\r\n"), "message/rfc822"),
        returned(RETURNED.replace("List-Unsubscribe:", "LIST-UNSUBSCRIBE :")),
        returned(RETURNED.replace("/u/", "/\n u/")),
        returned(RETURNED.replace(",\n <", ", <")),
        returned(b64encode(RETURNED.encode()).decode(), encoding="base64"),
        returned(quopri.encodestring(RETURNED.encode()).decode(), encoding="quoted-printable"),
        returned(RETURNED.replace("\n", "\n> ").replace(">  <", ">  <"), "text/plain"),
        qmail("Sorry, no mailbox here by that name. (#5.1.1)") + RETURNED.encode(),
        personal("Re: November", "> " + RETURNED.replace("\n", "\n> ")),
    ],
    ids=[
        "headers", "mail", "lines of DOS", "capitals", "folded within", "one line", "base64",
        "quoted-printable", "quoted by a system", "copied below", "quoted by a person",
    ],
)  # fmt: skip
def test_the_links_and_the_id_of_the_returned_mail_are_found(mail: bytes) -> None:
    report = read_returned(mail)

    assert report.unsubscribe_links == (LINK, MAILTO)
    assert "<x@sanjin.example>" in report.message_ids


def test_a_mail_s_own_links_are_not_those_of_what_came_back() -> None:
    """A list's own footer in the header of its answer leads to somebody else's reader."""
    assert read_returned(FIELD.encode() + postfix("550 x", "5.0.0")).unsubscribe_links == ()


def test_links_are_few_and_short() -> None:
    many = "".join(f"List-Unsubscribe: <https://a.example/{n}>\n" for n in range(30))
    long = f"List-Unsubscribe: <https://a.example/{'x' * 600}>, <https://a.example/short>\n"

    assert len(read_returned(returned(many)).unsubscribe_links) == 10
    assert read_returned(returned(long)).unsubscribe_links == ("https://a.example/short",)


def test_what_is_no_link_is_passed_over() -> None:
    field = "List-Unsubscribe: <javascript:x>, https://a.example/x, <>, <ftp://a.example>, <\n"

    assert read_returned(returned(field)).unsubscribe_links == ()


@given(st.text(alphabet='<> \n\t,:/"abhtpsmailto@.\u202e\x00', max_size=200))
def test_whatever_stands_in_the_field_links_are_links(text: str) -> None:
    for link in links_in(text) + list(
        read_returned(returned(f"List-Unsubscribe: {text}\n")).unsubscribe_links
    ):
        assert link.lower().startswith(("http://", "https://", "mailto:"))
        assert link.isprintable()
        assert not set(link) & set("<> \t\n")
        assert len(link) <= 500

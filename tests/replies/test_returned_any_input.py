"""Mails from strangers and broken mails: none of them stops the reader, or comes out of it."""

from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from returned_samples import READER, SAMPLES
from systems import mail, parts, personal, postfix, status

from distribution import mailboxes
from distribution.replies import judge, read_returned
from distribution.replies.rules import LONGEST_TEXT
from distribution.words import Returned


def nested(depth: int) -> bytes:
    """Parts in parts, each with a boundary of its own."""
    return b"From: a@b.example\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
        for level in range(depth)
    )


def nested_whole(depth: int, kind: str = "multipart/mixed") -> bytes:
    """Parts in parts that are closed again, a bounce in the innermost."""
    body = SAMPLES["qmail"]
    for level in range(depth):
        if kind == "message/rfc822":
            body = b"From: a@b.example\nContent-Type: message/rfc822\n\n" + body
        else:
            head = b"Content-Type: %s; boundary=b%d\n\n" % (kind.encode(), level)
            body = head + b"--b%d\n%s\n--b%d--\n" % (level, body, level)
    return b"From: mailer-daemon@b.example\n" + body


def one_part(head: str, body: bytes) -> bytes:
    """A mail of a mail system with one part."""
    return b"From: mailer-daemon@b.example\nSubject: Undeliverable\n" + head.encode() + b"\n" + body


HOSTILE = {
    "nested parts": nested(5000),
    "nested mails": b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\n" * 5000,
    "many parts": nested(1) + b"\n\n--b0\n" * 200_000,
    "many fields": b"From: a\n" * 200_000,
    "long field": b"From: " + b"a" * 2_000_000,
    "no address": b"From: a\nTo: " + b"a," * 1_000_000,
    "one line": b"From: a\n\n" + b"<" * 2_000_000,
    "a number": b"From: mailer-daemon\nContent-Type: text/html\n\n&#" + b"9" * 9999 + b"; (#5.1.1)",
    "words": b"From: a\nSubject: " + b"=?x?q?" * 100_000,
    "fifty megabytes": SAMPLES["qmail"] + b"x" * 50_000_000,
    "carriage returns": SAMPLES["postfix"].replace(b"\n", b"\r"),
    "eight bits": SAMPLES["exim"].replace(b"No such", bytes(range(128, 256)) * 20),
    "a thousand parts": parts("mailer-daemon", "x", *[("text/plain", "@")] * 1000),
    "a thousand recipients": parts(
        "mailer-daemon",
        "x",
        ("message/delivery-status", "\n".join([status("550 mailbox " * 50, "5.0.0")] * 1000)),
    ),
    "hidden": b"From: mailer-daemon\nContent-Type: text/html\n\n" + b"<style>" * 100_000,
    "tags": b"From: mailer-daemon\nContent-Type: text/html\n\nfailed " + b"<p <a " * 100_000,
    "words before addresses": mail("mailer-daemon", "x", "failed to deliver for " * 5000 + "a@"),
    "addresses": mail("mailer-daemon", "x", "failed " + "a@b.example " * 20_000),
    "half addresses": mail("mailer-daemon", "x", "failed " + "a" * 9000 + "@" + "a." * 9000),
    "commands": mail("mailer-daemon", "x", "failed a@b.example\n" + ">>> DATA " * 9000),
    "answers": mail("mailer-daemon", "x", "failed a@b.example\n" + "<<< 550 " * 9000),
    "almost full": postfix("550 " + "mailbox is " * 9000, "5.0.0"),
    "almost a proof": postfix("550 " + "spf fail dkim " * 9000, "5.0.0"),
    "JSON": mail("sns@a.example", "x", '{"notificationType":' + '{"a":' * 100_000, ""),
    "codes": b"From: mailer-daemon\n\n" + b"550 5.1.1\n" * 200_000,
    "ids": b"From: a\n\n" + b"Message-ID:\n" * 150_000,
    "charset": b"From: mailer-daemon\nContent-Type: text/plain; charset=iso-8859-99\n\n\xff",
    "500 levels of parts": nested_whole(500),
    "500 levels of reports": nested_whole(500, "multipart/report"),
    "500 levels of mails": nested_whole(500, "message/rfc822"),
    "one boundary for all": (b"From: a\nContent-Type: multipart/x; boundary=b\n\n--b\n" * 3000),
    "a boundary within itself": one_part(
        "Content-Type: multipart/x; boundary=b\n",
        b"--b\nContent-Type: multipart/x; boundary=bb\n\n--bb\nContent-Type: multipart/x;"
        b" boundary=b\n\n--b\n\nfailed <a@b.example>\n--bb--\n--b--\n" * 500,
    ),
    "a boundary of nothing": one_part('Content-Type: multipart/x; boundary=""\n', b"--\n" * 9000),
    "a million short lines": one_part("", b"a\n" * 1_000_000),
    "a million empty lines": one_part("", b"\n" * 1_000_000 + b"failed <a@b.example>"),
    "a header of 1 MB": one_part("X-Long: " + "a b " * 250_000 + "\n", b"failed <a@b.example>"),
    "a folded header of 1 MB": one_part("X-Long: a" + "\n b" * 350_000 + "\n", b"failed"),
    "a Content-Type of 1 MB": one_part("Content-Type: " + "a/" * 500_000 + "\n", b"failed"),
    "an address of 1 MB": one_part("Delivered-To: " + "a" * 1_000_000 + "@b\n", b"failed"),
    "ids of 1 MB": one_part("References: " + "<a@b>" * 200_000 + "\n", b"failed"),
    "huge base64": one_part(
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n", b"QUFB" * 500_000
    ),
    "base64 that is none": one_part("Content-Transfer-Encoding: base64\n", b"=\x00\xff=A" * 99_999),
    "quoted-printable without end": one_part(
        "Content-Transfer-Encoding: quoted-printable\n", b"=3D=\n=" * 300_000
    ),
    "NULs": SAMPLES["postfix"].replace(b" ", b"\x00"),
    "NULs only": b"\x00" * 1_000_000,
    "eight bits without a name": SAMPLES["netease"].replace(b"charset=utf-8", b"")
    + b"\xfe\xff" * 99,
    "line ends of all kinds": SAMPLES["postfix"].replace(b"\n", b"\r\r\n"),
    "links": one_part("", b"List-Unsubscribe: <https://a.example/x>,\n " * 50_000),
    "half a link": one_part("", b"List-Unsubscribe: <https://" + b"a" * 1_000_000),
    "quoted links": one_part("", b"> List-Unsubscribe: <x\n>  " * 50_000),
    "who has left": personal(
        "自动回复",
        "已于从我因调动不再在离开工作岗位" * 2000 + "left the " * 5000,
        "X-Autoreply: 1\n",
    ),
    "unknown": b"From: a\nContent-Type: text/plain; charset=unicode_escape\n\n\\ud800",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_like_any_other(name: str) -> None:
    check(HOSTILE[name])


@pytest.mark.parametrize("name", ["postfix", "netease", "qmail"])
def test_a_mail_may_end_at_any_byte(name: str) -> None:
    mail = SAMPLES[name]
    for end in range(len(mail)):
        check(mail[:end])


@pytest.mark.parametrize(
    "charset",
    [
        "",
        "utf-7",
        "utf-16",
        "base64",
        "hex",
        "idna",
        "punycode",
        "x" * 99,
        "gb2312;",
        "\u202e",
        "zlib",
    ],
)
def test_a_wrong_name_of_letters_is_no_fault(charset: str) -> None:
    body = f"失败 failed\n\n<{READER}>:\n550 5.1.1 用户不存在\n".encode("gbk")
    head = f"Content-Type: text/plain; charset={charset}\n"
    word = f"Subject: =?{charset}?b?zcvQxQ==?=\n".encode()

    check(word + one_part(head, body))
    assert READER in read_returned(one_part(head, body)).recipients


def test_of_a_mail_of_fifty_megabytes_a_mailbox_keeps_what_is_read() -> None:
    mail = SAMPLES["qmail"] + (b"x" * 99 + b"\n") * 500_000
    (kept,) = mailboxes.mails_of(BytesIO(mail))
    several = list(mailboxes.mails_of(BytesIO(b"From a 09:00\n" + mail + b"\n\nFrom b 09:00\n\n")))

    assert len(kept) <= mailboxes.MOST_BYTES
    assert read_returned(kept) == read_returned(mail)
    assert [len(one) <= mailboxes.MOST_BYTES for one in several] == [True, True]
    assert read_returned(several[0]).recipients == read_returned(mail).recipients


@given(st.binary(max_size=2000))
@example(b"From: \xff\n\n")
@example(b"Content-Type: multipart/x; boundary=\xff\n\n--\xff\n")
def test_any_bytes_are_read(raw: bytes) -> None:
    check(raw)
    check(b"From: a@b.example\n" + raw)
    check(SAMPLES["postfix"].replace(b"User unknown", raw))


@given(
    st.sampled_from(sorted(SAMPLES)),
    st.integers(0, 3000),
    st.integers(0, 300),
    st.binary(max_size=60),
)
def test_whatever_happens_to_a_mail_on_its_way_it_is_read(
    name: str, place: int, lost: int, instead: bytes
) -> None:
    mail = SAMPLES[name]

    check(mail[:place])
    check(mail[:place] + instead + mail[place + lost :])


@given(
    st.integers(400, 599),
    st.tuples(st.sampled_from("245"), st.integers(0, 9), st.integers(0, 30)),
    st.text(alphabet="0123456789 .-:;<>()[]@#", max_size=60),
)
def test_a_reply_without_words_is_evidence_by_its_code_only(
    code: int, enhanced: tuple[str, int, int], noise: str
) -> None:
    number = ".".join(map(str, enhanced))

    judged = judge(code, f"{number} {noise}", "other")

    speaks = number in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")
    assert judged.dead <= (speaks and not judged.temporary)


@given(st.text(max_size=3 * LONGEST_TEXT), st.sampled_from([421, 450, 451, 452]))
def test_no_words_make_a_4xx_evidence(text: str, code: int) -> None:
    assert not judge(code, text, "other").dead


def check(raw: bytes) -> None:
    """It is read, and everything in it can be stored and shown."""
    read = read_returned(raw)
    texts = (read.status, read.diagnostic, *read.addressed_to, *read.recipients)
    traces = (*read.message_ids, *read.unsubscribe_links)
    assert all(text.isprintable() for text in (*texts, *traces))
    assert all(len(text) <= 500 for text in traces)
    assert len(read.unsubscribe_links) <= 10
    assert read.departed <= (read.kind is Returned.AUTO_REPLY)
    assert all(len(text) <= 320 for text in (*read.addressed_to, *read.recipients))
    assert len(read.diagnostic) <= 500
    assert len(read.status) <= 9
    assert read.failed <= (read.kind is Returned.BOUNCE)
    for result in (one for one in read.results if one.dead):
        assert result.failed
        assert result.judgement.rule is not None
        assert result.judgement.rule.dead
        assert not result.judgement.temporary
    assert read.dead <= any(one.dead for one in read.results)
    assert read.dead <= (read.kind is Returned.BOUNCE)

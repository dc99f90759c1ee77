"""What names a person is found however it is spelt, and nobody else is."""

import base64
import quopri

import pytest

from distribution.audience import Traces

LI = Traces.of(["Li.Ming@太行.example"], ["李明", "王"], ["+86 139-0351-7788"])
ASCII = "li.ming@xn--sssu01i.example"


@pytest.fixture(autouse=True)
def _the_punycode_is_right() -> None:
    assert ASCII in LI.addresses


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"寄给{ASCII.upper()}，退回", "寄给…，退回"),
        ("li.ming＠太行.example", "…"),
        ("<LI.MING@太行.EXAMPLE>.", "<…>."),
        (f"?to={ASCII.replace('@', '%40')}&x", "?to=…&x"),
        ("<b+li.ming=太行.example@relay.example>", "<b+…@relay.example>"),
        (f"bounce-{ASCII}", "bounce-…"),
        (f"wang{ASCII} wang.{ASCII}", f"wang{ASCII} wang.{ASCII}"),
        (f"{ASCII}.cn", f"{ASCII}.cn"),
        ("李明（王）来电 8613903517788。", "…（王）来电 …。"),
        ("电话 +86 139 0351 7788 或 139-0351-7788", "电话 … 或 …"),
        ("订单 1390351778800", "订单 1390351778800"),
        ("王", "…"),
        ("王家峪", "王家峪"),
        ("别人@太行.example", "别人@太行.example"),
    ],
)
def test_he_is_left_out_of_text(text: str, left: str) -> None:
    assert LI.scrub(text) == left


def test_he_is_left_out_of_documents_and_their_keys() -> None:
    document = {ASCII: ["李明", {"n": 1, "to": f"<{ASCII}>"}], "who": None}

    assert LI.scrub_all(document) == {"…": ["…", {"n": 1, "to": "<…>"}], "who": None}


def test_by_address_and_phone_only_where_names_may_be_others() -> None:
    assert LI.without_names().scrub(f"李明 {ASCII}") == "李明 …"


BODY = f"无法投递 {ASCII.upper()}".encode()
FOLDED = base64.encodebytes(b"x" * 50 + b" " + BODY * 3)


@pytest.mark.parametrize(
    "raw",
    [
        BODY,
        b"Content-Transfer-Encoding: base64\r\n\r\n" + FOLDED.replace(b"\n", b"\r\n"),
        b"--b\nA: b\n\n" + base64.encodebytes(BODY) + b"--b--",
        b"A: b\n\n" + "".join(f"={byte:02X}" for byte in BODY).encode(),
        quopri.encodestring("收件人 li.ming@太行.example".encode()),
        b"Subject: =?utf-8?B?" + base64.b64encode(BODY) + b"?=",
        b"Subject: =?gb18030?B?"
        + base64.b64encode("li.ming@太行.example".encode("gb18030"))
        + b"?=",
        BODY.decode().encode("utf-16-le"),
        BODY.replace(b".MING", b".\n MING"),
    ],
    ids=["plain", "base64", "part", "quoted", "soft", "word", "gb18030", "utf16", "torn"],
)
def test_his_address_is_seen_in_a_mail_however_it_is_encoded(raw: bytes) -> None:
    assert LI.in_mail(raw)


@pytest.mark.parametrize(
    "raw",
    [b"", b"To: ming@example.com", BODY.replace(b"LI", b"XULI"), b"=?utf-8?B?====?=", b"AAA="],
)
def test_other_mails_are_not_his(raw: bytes) -> None:
    assert not LI.in_mail(raw)


def test_whatever_shows_him_holds_a_needle() -> None:
    for text in (ASCII, "寄 li.ming＠太行.example", "李明", "139 0351 7788"):
        assert LI.scrub(text) != text
        assert any(needle in text.lower() for needle in LI.needles)


def test_nobody_is_nowhere() -> None:
    nobody = Traces.of([""], [""], [""])

    assert nobody.scrub("任何文字") == "任何文字"
    assert not nobody.in_mail(b"any mail")

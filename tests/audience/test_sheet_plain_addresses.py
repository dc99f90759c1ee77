"""The quick way for plain addresses says what the library says."""

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES
from hypothesis import example, given
from hypothesis import strategies as st

from distribution.audience import EmailAddress, read_address
from distribution.audience.address import _CASELESS, _RESERVED, _any_address, _plain_address

LETTERS = "aZ09.-_+'@ xn"
NEAR = st.from_regex(
    r"[a-zA-Z0-9._+'-]{1,70}@[a-zA-Z0-9-]{1,66}(\.[a-zA-Z0-9-]{1,10}){0,3}", fullmatch=True
)


@given(st.one_of(st.emails(), NEAR, st.text(LETTERS, max_size=20), st.text(max_size=20)))
@example("Postmaster@Sanjin.Example")
@example("WWW@sanjin.example")
@example("a@sanjin.test")
@example("a@localhost.local")
@example("a@ab--c.example")
@example("a@xn--fsqu00a.example")
@example("a@sanjin.c0m")
@example("a@sanjin.\u212aom")
@example("a\u017f@sanjin.example")
@example("a@sanjin.example\n")
@example(f"{'a' * 65}@sanjin.example")
@example(f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 50}.example")
@example(f"a@{'b' * 64}.example")
@example("a@b.cn")
def test_a_plain_address_is_read_as_the_library_reads_it(written: str) -> None:
    quick = _plain_address(written)

    if quick is not None:
        assert quick == _any_address(written, written)


def test_the_quick_way_knows_the_librarys_exceptions() -> None:
    assert set(SPECIAL_USE_DOMAIN_NAMES) == _RESERVED
    assert set(CASE_INSENSITIVE_MAILBOX_NAMES) == _CASELESS


@given(st.emails())
def test_most_addresses_go_the_quick_way(written: str) -> None:
    try:
        validate_email(written, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return
    domain = written.rpartition("@")[2]
    if "--" not in domain and len(domain) <= 180:
        assert _plain_address(written) is not None


@pytest.mark.parametrize(
    ("written", "needs"),
    [
        ("liang@sanjin.example", False),
        ("liang@例子.中国", False),
        ("梁毅@sanjin.example", True),
        ("é@sanjin.example", True),
    ],
)
def test_an_address_knows_whether_every_relay_takes_it(written: str, needs: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert read_address(written).needs_smtputf8 is needs


def test_an_address_knows_its_domain() -> None:
    assert read_address("a@例子.中国").domain == "xn--fsqu00a.xn--fiqs8s"
    assert EmailAddress("A@B.cn", "a@b.cn", "A@b.cn").domain == "b.cn"

"""Signed tokens: only ours verify, for one use, with any key we ever had."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from distribution.links import Addresses, Keyring, Use, for_mail, for_url, from_mail, from_url

OLD, NEW, FOREIGN = "the-oldest-key-0123456789", "the-newest-key-0123456789", "not-ours-9876543210"
RING = Keyring.of([NEW, OLD])
ADDRESSES = Addresses(RING, "https://xinxi.example", "mail.xinxi.example")

rows = st.integers(0, 2**40 - 1)
uses = st.sampled_from(list(Use))


@given(uses, rows)
def test_a_token_names_its_row(use: Use, row: int) -> None:
    token = RING.sign(use, row)

    assert RING.verify(use, token) == row
    assert RING.verify(use, from_url(for_url(token))) == row
    assert RING.verify(use, from_mail(for_mail(token))) == row


@given(uses, uses, rows)
def test_a_token_for_one_use_is_worthless_for_any_other(use: Use, other: Use, row: int) -> None:
    assume(use is not other)

    assert RING.verify(other, RING.sign(use, row)) is None


@given(uses, rows, st.integers(0, 22 * 8 - 1))
def test_one_changed_bit_spoils_a_token(use: Use, row: int, bit: int) -> None:
    token = int.from_bytes(RING.sign(use, row)) ^ (1 << bit)

    assert RING.verify(use, token.to_bytes(22)) is None


@given(uses, st.binary(max_size=40))
def test_made_up_bytes_never_verify(use: Use, token: bytes) -> None:
    assert RING.verify(use, token) is None


@given(uses, rows)
def test_another_installations_token_never_verifies(use: Use, row: int) -> None:
    assert RING.verify(use, Keyring.of([FOREIGN]).sign(use, row)) is None
    assert Keyring.of([FOREIGN]).verify(use, RING.sign(use, row)) is None


URL_ALPHABET = string.ascii_letters + string.digits + "-_"
MAIL_ALPHABET = string.ascii_lowercase + "234567"


@given(rows, st.integers(0, 29), st.sampled_from(URL_ALPHABET + "=+/ é"))
def test_one_changed_character_spoils_a_url(row: int, place: int, character: str) -> None:
    text = for_url(RING.sign(Use.CLICK, row))
    forged = text[:place] + character + text[place + 1 :]
    assume(forged != text)

    assert RING.verify(Use.CLICK, from_url(forged)) is None


@given(rows, st.integers(0, 35), st.sampled_from(MAIL_ALPHABET + "=01 ıſK"))
def test_one_changed_character_spoils_a_return_path(row: int, place: int, character: str) -> None:
    text = for_mail(RING.sign(Use.MESSAGE, row))
    forged = text[:place] + character + text[place + 1 :]
    assume(forged != text)

    assert RING.verify(Use.MESSAGE, from_mail(forged)) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_error_and_never_verifies(text: str) -> None:
    assert RING.verify(Use.CLICK, from_url(text)) is None
    assert RING.verify(Use.MESSAGE, from_mail(text)) is None


@pytest.mark.parametrize("changed", ["{0}A", "A{0}", "{0}=", " {0}", "{0}\n", "{0}{0}", ""])
def test_a_token_has_one_spelling_only(changed: str) -> None:
    text = changed.format(for_url(RING.sign(Use.OPEN, 7)))

    assert RING.verify(Use.OPEN, from_url(text)) is None


@given(rows, st.lists(st.booleans(), min_size=36, max_size=36))
def test_a_relay_may_change_the_case_of_a_return_path(row: int, upper: list[bool]) -> None:
    text = for_mail(RING.sign(Use.MESSAGE, row))
    mixed = "".join(c.upper() if up else c for c, up in zip(text, upper, strict=True))

    assert RING.verify(Use.MESSAGE, from_mail(mixed)) == row


@given(uses, rows)
def test_tokens_have_the_lengths_that_addresses_and_columns_count_on(use: Use, row: int) -> None:
    token = RING.sign(use, row)

    assert len(token) == 22
    assert len(for_url(token)) == 30
    assert set(for_url(token)) <= set(URL_ALPHABET)
    assert len(for_mail(token)) == 36
    assert set(for_mail(token)) <= set(MAIL_ALPHABET)
    local = ADDRESSES.return_path(row).partition("@")[0]
    assert len(local) <= 64


def test_rows_beyond_the_token_are_refused_and_never_cut() -> None:
    for row in (2**40, -1):
        with pytest.raises(OverflowError):
            RING.sign(Use.CLICK, row)


@given(uses, rows)
def test_old_links_live_on_when_keys_rotate(use: Use, row: int) -> None:
    before, after = Keyring.of([OLD]), Keyring.of(["a-third-key-0123456789", NEW, OLD])

    assert after.verify(use, before.sign(use, row)) == row
    assert after.verify(use, RING.sign(use, row)) == row
    assert before.verify(use, after.sign(use, row)) is None
    assert after.sign(use, row) != before.sign(use, row)


def test_the_hash_of_an_address_stays_when_keys_rotate() -> None:
    hashes = {
        Keyring.of(keys).address_hash("liang@sanjin.example")
        for keys in ([OLD], [NEW, OLD], ["third-key-0123456789", NEW, OLD])
    }

    (stable,) = hashes
    assert len(stable) == 32
    assert Keyring.of([OLD, NEW]).address_hash("liang@sanjin.example") != stable
    assert RING.address_hash("liang@sanjin.examplf") != stable


def test_every_link_leads_to_its_own_door_of_its_own_purpose() -> None:
    doors = {
        "/c/": (ADDRESSES.click(7), Use.CLICK),
        "/r/": (ADDRESSES.read(7), Use.READ),
        "/o/": (ADDRESSES.open(7), Use.OPEN),
        "/u/": (ADDRESSES.unsubscribe(7), Use.UNSUBSCRIBE),
        "/p/": (ADDRESSES.preferences(7), Use.PREFERENCES),
    }
    for door, (url, use) in doors.items():
        base, _, token = url.partition(door)
        assert base == "https://xinxi.example"
        assert RING.verify(use, from_url(token)) == 7
    run = ADDRESSES.run_click(7).rpartition("/")[2]
    assert RING.verify(Use.RUN_CLICK, from_url(run)) == 7
    assert len({url for url, _ in doors.values()} | {ADDRESSES.run_click(7)}) == 6


def test_a_message_is_recognised_by_its_id_and_by_its_return_path() -> None:
    identity = ADDRESSES.message_id(7)
    path = ADDRESSES.return_path(7)

    assert identity.startswith("<")
    assert identity.endswith("@mail.xinxi.example>")
    token = identity[1:].partition("@")[0]
    assert path == f"b-{token}@mail.xinxi.example"
    assert RING.verify(Use.MESSAGE, from_mail(token)) == 7


@given(rows, st.sampled_from(["xinxi.example", "relay.example", "", "a@b"]))
def test_what_comes_back_names_its_delivery_whatever_a_relay_did_to_it(
    row: int, domain: str
) -> None:
    local = ADDRESSES.return_path(row).partition("@")[0]

    assert ADDRESSES.returned_to(f"<{local.upper()}@{domain}>".replace("a@b", "b")) == row
    assert ADDRESSES.sent_as(f" {ADDRESSES.message_id(row)}\r\n") == row


@given(st.text(max_size=90), rows)
def test_what_we_never_sent_names_no_delivery(text: str, row: int) -> None:
    foreign = Addresses(Keyring.of([FOREIGN]), "https://xinxi.example", "mail.xinxi.example")

    for read in (ADDRESSES.returned_to, ADDRESSES.sent_as):
        assert read(text) is None
        assert read(foreign.return_path(row)) is None
        assert read(foreign.message_id(row)) is None
    token = ADDRESSES.message_id(row).strip("<>")
    assert ADDRESSES.returned_to(token) is None  # a Message-ID is no return path


def test_what_is_attested_is_known_again_and_nothing_else_is() -> None:
    signature = RING.attest("账目")
    rotated = Keyring((b"a-newer-secret-0123456789-0123456789", *RING.keys))

    assert RING.attested("账目", signature)
    assert rotated.attested("账目", signature)
    for text, told in (
        ("账 目", signature),
        ("账目", signature[:-1] + ("0" if signature[-1] != "0" else "1")),
        ("账目", signature.replace(":", "")),
        ("账目", "签名"),
        ("账目", ""),
    ):
        assert not RING.attested(text, told)
    assert not Keyring.of([FOREIGN]).attested("账目", signature)
    assert len(signature) <= 80  # the column

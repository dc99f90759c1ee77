"""A mail from a form is the mail that would have been written plainly."""

import string
from collections.abc import Sequence

from digest_samples import HEADERS, PERSONAL
from gate_samples import choices, sheet
from hypothesis import given
from hypothesis import strategies as st

from distribution.digests import Composer, Personal
from distribution.digests.encoding import TOKEN, lined
from distribution.digests.forms import Marks
from distribution.digests.message import FORMS

MARKS = Marks("a" * 64)
SLOTS = tuple(PERSONAL.urls())
tokens = st.text(string.ascii_letters + string.digits + "-_", min_size=TOKEN, max_size=TOKEN)


def spell(stretches: Sequence[bytes], slots: Sequence[str], urls: dict[str, str]) -> bytes:
    """Text, an address, text, an address, text."""
    spelled = [stretches[0]]
    for slot, text in zip(slots, stretches[1:], strict=False):
        spelled += [urls[slot].encode(), text]
    return b"".join(spelled)


@given(
    st.lists(st.binary(max_size=90), min_size=9, max_size=9),
    st.lists(st.sampled_from(SLOTS), max_size=8),
    st.fixed_dictionaries({slot: tokens.map("https://a.example/x/".__add__) for slot in SLOTS}),
)
def test_a_text_with_addresses_anywhere_is_encoded_as_if_it_had_been_whole(
    stretches: list[bytes], slots: list[str], urls: dict[str, str]
) -> None:
    form = MARKS.of_text(spell(stretches, slots, MARKS.urls(urls, ())))

    assert b"".join(form.fill(urls)) == lined(spell(stretches, slots, urls))


def personal(number: int, *, counted: bool) -> Personal:
    """The links of a numbered reader."""
    ends = {slot: f"{slot}{number}".rjust(TOKEN, "x") for slot in SLOTS}
    urls = {slot: f"https://read.example.cn/{slot[0]}/{end}" for slot, end in ends.items()}
    return Personal(**{**urls, "open_url": urls["open_url"] if counted else None}, counted=counted)


def test_what_was_made_for_one_reader_shows_nothing_of_him_to_the_next() -> None:
    used, chosen = Composer(sheet()), choices()
    for number, counted in ((1, True), (2, True), (3, False), (4, False), (1, True)):
        reader = personal(number, counted=counted)

        assert used.compose(chosen, reader, HEADERS) == Composer(sheet()).compose(
            chosen, reader, HEADERS
        )


def test_more_selections_than_are_kept_are_made_as_the_first_were() -> None:
    composer, one = Composer(sheet()), choices()
    first = composer.compose(one, PERSONAL, HEADERS)
    others = [tuple(one[:-1]) for _ in range(FORMS + 1)]  # equal, and yet each another one
    for other in others:
        composer.compose(other, PERSONAL, HEADERS)

    assert composer.compose(one, PERSONAL, HEADERS) == first

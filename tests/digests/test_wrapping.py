"""Lines of the text part."""

from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.templates import columns, wrap

texts = st.lists(
    st.sampled_from(
        [*"山西机电信息喆𠮷，。、；：？！”」』）》—…“「（《·%", " ", "AI", "3.14", "45", "B2B"]
    ),
    max_size=200,
).map("".join)


@settings(deadline=None)
@given(texts)
def test_wrapping_changes_only_white_space(text: str) -> None:
    assert "".join(wrap(text).split()) == "".join(text.split())


@settings(deadline=None)
@given(texts)
def test_no_line_begins_with_what_belongs_to_the_line_before(text: str) -> None:
    for line in wrap(text, 24).split("\n")[1:]:
        assert line[0] not in "，。、；：？！”」』）》…%"


@settings(deadline=None)
@given(texts)
def test_no_line_ends_with_what_belongs_to_the_line_after(text: str) -> None:
    for line in wrap(text, 24).split("\n")[:-1]:
        assert line[-1] not in "“「（《"


def test_lines_are_as_long_as_they_may_be() -> None:
    lines = wrap("装备" * 100).split("\n")
    assert [columns(line) for line in lines] == [72, 72, 72, 72, 72, 40]


def test_an_address_is_never_broken() -> None:
    url = "https://read.example.cn/c/" + "a-b.c?d=%E4" * 10
    assert url in wrap(f"详情见 {url} 。").split("\n")[1]


def test_an_address_keeps_the_brackets_and_the_stop_that_lean_on_it() -> None:
    url = "https://www.example.com/member/register?year=2026&month=11&page=1"
    assert wrap(f"报名在这个网站（{url}）。以上。").split("\n") == [
        "报名在这个网站",
        f"（{url}）。",
        "以上。",
    ]


def test_following_lines_are_indented() -> None:
    assert wrap("装备制造业", 8, indent="  ") == "装备制\n  造业"


def test_nothing_stays_nothing() -> None:
    assert wrap("") == ""

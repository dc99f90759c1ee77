"""The gate judges templates and data, not what an article says: no article can block its mail."""

from digest_samples import PERSONAL, choose, compose, make_article, make_sheet
from gate_samples import IMPRINT
from hypothesis import given, settings
from hypothesis import strategies as st
from test_hostile_text import HOSTILE

from distribution.digests import Interests, join
from distribution.digests.gate import check_mail, check_sheet, check_wire
from distribution.digests.wording import reason_label

MORE = (
    *("https://a.example/x?a=1&b=2", "见", "，", "﹙", "_", "Ⅷ", "e\u0301", "\u200b"),
    *("\u00ad", "\ufe0f"),
    *("1.", "AD", "ไทย", "العربية", "か\u3099", "http://", "a@b.example", "\xa0", "退订", "-->"),
    *("01234567890123456789x01234567890123456789", "url(x)", "javascript:"),
)  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from((*HOSTILE, *MORE)), st.text(max_size=5)), min_size=1, max_size=8
).map("".join)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_no_article_blocks_its_mail(rows: list[tuple[str, str]]) -> None:
    articles = [
        make_article(at, "policy", title=title.strip() or "题", summary=summary)
        for at, (title, summary) in enumerate(rows, start=1)
    ]
    sheet = make_sheet(*articles)
    choices = choose(articles, Interests(("policy",), ("见",)))

    found = check_mail(
        join(sheet, choices, PERSONAL),
        articles=[
            (sheet.by_id[one.article].title, reason_label(one, sheet.topics)) for one in choices
        ],
        imprint=IMPRINT,
        unsubscribe_url=PERSONAL.unsubscribe_url,
        commercial=False,
    )

    assert [one for one in found if one.blocks] == []
    assert check_sheet(sheet) == ()
    assert check_wire(compose(sheet, choices)) == ()

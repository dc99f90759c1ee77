"""What a reader sees of an article before he opens it."""

from hypothesis import given
from hypothesis import strategies as st

from distribution.compiler.article.summaries import LONGEST, summary


def test_the_dateline_is_left_out() -> None:
    assert summary(["三晋装备网：试点启动。"], 6) == "试点启动。"


def test_a_second_sentence_is_added_to_a_short_first() -> None:
    first, second, third = "甲" * 40 + "。", "乙" * 40 + "。", "丙" * 9 + "。"

    assert summary([first + second + third], 0) == first + second


def test_a_long_sentence_ends_at_a_clause_outside_brackets() -> None:
    text = "甲" * 80 + "，" + "乙" * 10 + "（" + "丙" * 10 + "，" + "丙" * 80 + "）。"

    assert summary([text], 0) == "甲" * 80 + "……"


def test_a_sentence_without_a_clause_is_cut() -> None:
    cut = summary(["甲" * 300], 0)

    assert len(cut) == LONGEST
    assert cut.endswith("甲……")


def test_a_lead_in_takes_the_next_paragraph_without_its_number() -> None:
    paragraphs = ["报告提出三点建议：", "1、优化服务。扩大范围。"]

    assert summary(paragraphs, 0) == "报告提出三点建议：优化服务。扩大范围。"


def test_a_question_does_not_follow_a_lead_in() -> None:
    paragraphs = ["现解读如下：", "1、为什么出台？", "因为需要。"]

    assert summary(paragraphs, 0) == "现解读如下：因为需要。"


def test_a_heading_is_no_summary() -> None:
    assert summary(["一、总体要求", "试点先行。"], 0) == "试点先行。"


def test_a_full_stop_inside_quotes_ends_no_sentence() -> None:
    text = "他说：“" + "甲" * 50 + "。" + "乙" * 20 + "。”" + "丙" * 80 + "。"

    assert summary([text], 0) == text[: text.index("丙")]


def test_a_paragraph_that_is_only_a_dateline_still_gives_a_summary() -> None:
    assert summary(["三晋装备网："], 6) == "三晋装备网："
    assert summary(["三晋装备网：", "试点启动。"], 6) == "试点启动。"


@given(st.lists(st.text(alphabet="甲乙，。：（）“”…1、 a", min_size=1), max_size=4))
def test_a_summary_is_short_and_never_empty(paragraphs: list[str]) -> None:
    real = [paragraph.strip() for paragraph in paragraphs if paragraph.strip()]

    found = summary(real, 0)

    assert bool(found) == bool(real)
    assert len(found) <= 145


PIECES = st.sampled_from(
    ["试点企业", "推动发展，", "1,234.5万元", "12.6%", "“试点，先行”", "《方案，办法》",
     "（一，二）",
     "wheel probe，", "Transformer", "https://a.example/x,y", "的，", "；", "2026年10月", "[a, b]"]
)  # fmt: skip


@given(st.lists(PIECES, min_size=12, max_size=50))
def test_no_summary_ends_inside_a_number_a_word_a_quotation_or_a_title(pieces: list[str]) -> None:
    text = "".join(pieces)

    found = summary([text], 0)

    kept = found.removesuffix("……")
    assert text.startswith(kept)
    for opening, closing in ("“”", "《》", "（）", "[]"):
        assert kept.count(opening) == kept.count(closing)
    before, after = kept[-1:], text[len(kept) :][:1]
    assert not (before.isascii() and before.isalnum() and after.isascii() and after.isalnum())


def test_a_quotation_too_long_to_keep_is_left_out() -> None:
    text = "项目负责人在接受本刊采访时说：“" + "甲乙，" * 60 + "”"

    assert summary([text], 0) == "项目负责人在接受本刊采访时说……"


def test_a_long_quotation_that_begins_the_text_is_kept_whole() -> None:
    text = "他说：“" + "甲乙，" * 50 + "丙。”散会。"

    assert summary([text], 0) == text.removesuffix("散会。")


def test_a_quotation_that_has_to_be_cut_is_closed() -> None:
    found = summary(["他说：“" + "甲乙，" * 100 + "丙。”"], 0)

    assert found.endswith("……”")

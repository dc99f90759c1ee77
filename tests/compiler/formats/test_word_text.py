"""What of a Word paragraph is text, and in which order it is read."""

import pytest
from word_files import BREAK, FIRST, NAMES, document, issue, lines, p, part, r, styled, word

from distribution.compiler.lines import Document


def field(instruction: str, result: str) -> str:
    """A field as Word writes it, in five runs."""
    marks = ("begin", "separate", "end")
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{mark}"/></w:r>' for mark in marks)
    return f"{begin}<w:r><w:instrText>{instruction}</w:instrText></w:r>{separate}{result}{end}"


def box(*paragraphs: str, again: bool = True) -> str:
    """A text box as Word writes it: once as a drawing and once more for old programmes."""
    content = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    fallback = f"<w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>"
    if not again:
        return f"<w:r>{fallback}</w:r>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic>'
        f"<a:graphicData><wps:wsp><wps:txbx>{content}</wps:txbx></wps:wsp></a:graphicData>"
        "</a:graphic></wp:anchor></w:drawing></mc:Choice>"
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def test_a_line_break_inside_a_paragraph_ends_a_line() -> None:
    assert lines(p("第一行", more=BREAK + r("第二行"))) == ["第一行", "第二行"]


def test_a_title_broken_by_hand_is_found() -> None:
    read = issue(titles=(p("试点工作", more=BREAK + r("正式启动")), p("新型轴承通过验证")))

    assert [article.title for article in read.articles] == ["试点工作正式启动", "新型轴承通过验证"]
    assert read.articles[0].paragraphs == (FIRST,)


def test_a_page_break_inside_a_sentence_does_not_cut_it() -> None:
    cut = p(FIRST[:30], more='<w:r><w:br w:type="page"/></w:r>' + r(FIRST[30:]))

    assert issue(cut).articles[0].paragraphs == (FIRST,)


def test_rendered_page_breaks_and_soft_hyphens_are_nothing() -> None:
    run = "<w:r><w:lastRenderedPageBreak/><w:softHyphen/></w:r>"

    assert lines(p("智能", more=run + r("装\u00ad备"))) == ["智能装备"]


def test_blank_paragraphs_and_full_width_indents_leave_no_trace() -> None:
    assert lines(p("　　试点启动。"), p(), p("　"), p("\u2003轴承验证。")) == [
        "试点启动。",
        "轴承验证。",
    ]


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (field(' HYPERLINK "http://a.example/" ', r("链接")), "见链接"),
        (field(" PAGE ", r("12")), "见12"),
        (field(" SEQ 图 \\* ARABIC ", r("1")), "见1"),
        (field(" IF " + field("PAGE", r("3")) + ' = 1 "甲" "乙"', r("乙")), "见乙"),
        (field(" TC 标题 ", "").replace("separate", "end"), "见"),
        ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + r("下文"), "见下文"),
        ('<w:fldSimple w:instr=" DATE "><w:r><w:t>今日</w:t></w:r></w:fldSimple>', "见今日"),
    ],
    ids=["link", "page", "sequence", "nested", "no-result", "never-ended", "simple"],
)
def test_of_a_field_only_the_result_is_text(more: str, text: str) -> None:
    assert lines(p("见", more=more)) == [text]


def test_a_field_over_several_paragraphs_keeps_its_text() -> None:
    whole = field(" TOC ", "@")
    begin, end = whole.split("@")

    assert lines(p(more=begin + r("甲项")), p("乙项"), p("丙项", more=end)) == [
        "甲项",
        "乙项",
        "丙项",
    ]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f"<w:ins>{r('新增')}</w:ins>", "甲新增"),
        ("<w:del><w:r><w:delText>删去</w:delText></w:r></w:del>", "甲"),
        (f"<w:moveFrom>{r('移走')}</w:moveFrom><w:moveTo>{r('移来')}</w:moveTo>", "甲移来"),
        (r("隐藏", "<w:vanish/>") + r("可见", '<w:vanish w:val="0"/>'), "甲可见"),
        (f"<w:smartTag><w:smartTagPr/>{r('太原')}</w:smartTag>", "甲太原"),
        (f'<w:hyperlink w:anchor="a">{r("书签")}</w:hyperlink>', "甲书签"),
        (f"<w:customXml>{r('数据')}</w:customXml>", "甲数据"),
        (f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{r('控件')}</w:sdtContent></w:sdt>",
         "甲控件"),
        (f'<w:commentRangeStart w:id="0"/>{r("处")}<w:r><w:commentReference/></w:r>', "甲处"),
        ("<w:r><w:noBreakHyphen/></w:r>" + r("乙"), "甲-乙"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "甲✓"),
        ('<w:r><w:sym w:font="Webdings" w:char="F061"/></w:r>', "甲\ufffd"),
        (f"<w:r><w:ruby><w:rt>{r('tài')}</w:rt><w:rubyBase>{r('太')}</w:rubyBase></w:ruby></w:r>",
         "甲太"),
        (r("2", '<w:vertAlign w:val="superscript"/>'), "甲²"),
        (r("[1]", '<w:vertAlign w:val="superscript"/>'), "甲[1]"),
        (r("2", '<w:vertAlign w:val="subscript"/>'), "甲₂"),
        (field(" EQ \\f(1,2) ", "").replace("separate", "end"), "甲1/2"),
    ],
)  # fmt: skip
def test_a_run_is_read_as_it_is_printed(inside: str, text: str) -> None:
    assert lines(p("甲", more=inside)) == [text]


SUM = '<m:naryPr><m:chr m:val="∑"/></m:naryPr>'


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<m:sSup><m:e>E</m:e><m:sup>2</m:sup></m:sSup>", "E²"),
        ("<m:f><m:num>a+b</m:num><m:den>2</m:den></m:f>", "(a+b)/2"),
        ("<m:rad><m:radPr/><m:deg/><m:e>x+1</m:e></m:rad>", "√(x+1)"),
        (f"<m:nary>{SUM}<m:sub>1</m:sub><m:sup>n</m:sup><m:e>k</m:e></m:nary>", "∑₁ⁿ k"),
        ("<m:d><m:e>x</m:e></m:d>", "(x)"),
        ("<m:sSub><m:e>P</m:e><m:sub>max</m:sub></m:sSub>", "Pmax"),
        ("<m:m><m:mr><m:e>1</m:e><m:e>0</m:e></m:mr><m:mr><m:e>0</m:e><m:e>1</m:e></m:mr></m:m>",
         "1 0; 0 1"),
    ],
)  # fmt: skip
def test_an_equation_is_read_in_one_line(formula: str, text: str) -> None:
    for plain in ("a+b", "x+1", "max", "E", "P", "x", "k", "n", "2", "1", "0"):
        formula = formula.replace(f">{plain}<", f"><m:r><m:t>{plain}</m:t></m:r><")

    assert lines(p("设", more=f"<m:oMath>{formula}</m:oMath>")) == [f"设{text}"]


def test_a_text_box_is_read_once_below_its_paragraph() -> None:
    read = lines(p("正文里说明试点的范围", more=box(p("框内第一段"), p("框内第二段"))), p("下文"))

    assert read == ["正文里说明试点的范围", "框内第一段", "框内第二段", "下文"]


def test_a_text_box_before_a_sentence_is_read_before_it() -> None:
    """Word anchors a title in a box to the beginning of the paragraph below it."""
    title = p(more=box(p("新型轴承通过验证")) + r("试验今日结束。"))

    assert lines(title) == ["新型轴承通过验证", "试验今日结束。"]


def test_a_text_box_only_old_programmes_write_is_read_too() -> None:
    assert lines(p("正文", more=box(p("旧框"), again=False))) == ["正文", "旧框"]


def test_a_box_inside_a_box_is_read_once() -> None:
    assert lines(p("甲", more=box(p("乙", more=box(p("丙")))))) == ["甲", "乙", "丙"]


def test_lettering_is_a_line_of_its_own() -> None:
    art = '<w:r><w:pict><v:shape><v:textpath string="三晋装备"/></v:shape></w:pict></w:r>'

    assert lines(p(more=art)) == ["三晋装备"]


def notes(*texts: str) -> dict[str, str]:
    rows = (f'<w:footnote w:id="{at}">{p(text)}</w:footnote>' for at, text in enumerate(texts, 1))
    return {"footnotes": part("footnotes", "".join(rows))}


def refer(identifier: int) -> str:
    return f'<w:r><w:footnoteReference w:id="{identifier}"/></w:r>'


def test_a_footnote_stands_below_its_paragraph() -> None:
    read = lines(p("试点启动。", more=refer(1)), p("下文。"), parts=notes("据联合会统计。"))

    assert read == ["试点启动。", "据联合会统计。", "下文。"]


def test_a_footnote_of_a_title_does_not_hide_the_dateline() -> None:
    title = p("试点工作正式启动", more=refer(1))
    article = issue(titles=(title, p("新型轴承通过验证")), parts=notes("本文有删节。")).articles[0]

    assert (article.source, article.paragraphs) == ("三晋装备网", (FIRST, "本文有删节。"))


def test_notes_that_refer_to_themselves_are_read_once() -> None:
    rows = f'<w:footnote w:id="1">{p("注。", more=refer(1) * 9)}</w:footnote>'
    parts = {"footnotes": part("footnotes", rows)}

    assert lines(p("文。", more=refer(1) * 9), parts=parts) == ["文。", "注。"]


def test_notes_that_refer_to_one_another_are_read_in_turn() -> None:
    rows = "".join(
        f'<w:footnote w:id="{at}">{p("注。", more=refer(at + 1))}</w:footnote>' for at in range(999)
    )

    assert (
        len(lines(p("文。", more=refer(0)), parts={"footnotes": part("footnotes", rows)})) == 1000
    )


def test_an_equation_between_paragraphs_is_a_line() -> None:
    alone = "<m:oMathPara><m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath></m:oMathPara>"

    assert lines(p("甲"), alone, p("乙")) == ["甲", "a=b", "乙"]


def test_a_large_initial_belongs_to_its_paragraph() -> None:
    frame = '<w:framePr w:dropCap="drop" w:lines="3"/>'
    initial = p("试", look=frame, run='<w:sz w:val="90"/>')

    assert lines(initial, p("点今日启动。")) == ["试点今日启动。"]


def numbered(*levels: tuple[str, str]) -> dict[str, str]:
    rows = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text) in enumerate(levels)
    )
    lists = (
        f'<w:abstractNum w:abstractNumId="0">{rows}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    return {"numbering": part("numbering", lists)}


def item(text: str, depth: int = 0, run: str = "") -> str:
    look = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>'
    return p(text, look=look, run=run)


def test_numbers_that_word_counts_are_text() -> None:
    parts = numbered(("chineseCounting", "%1、"), ("decimal", "%2."), ("bullet", "•"))
    body = item("甲"), item("乙", 1), item("丙", 1), item("丁"), item("戊", 1), item("己", 2)

    assert lines(*body, parts=parts) == ["一、甲", "1. 乙", "2. 丙", "二、丁", "1. 戊", "己"]


def test_a_number_does_not_make_a_bold_line_less_bold() -> None:
    found = document(word(item("甲", run="<w:b/>"), parts=numbered(("decimal", "%1."))))

    assert found.lines[0].look.bold


def test_a_number_goes_to_the_first_line_with_text() -> None:
    late = item("").replace("</w:p>", BREAK + r("甲") + "</w:p>")

    assert lines(late, parts=numbered(("decimal", "%1."))) == ["1. 甲"]


def test_sections_with_columns_are_read_in_their_order() -> None:
    columns = '<w:sectPr><w:cols w:num="2"/></w:sectPr>'

    assert lines(p("甲", look=columns), p("乙")) == ["甲", "乙"]


def test_heads_and_feet_of_pages_are_no_text() -> None:
    head = f"<w:hdr {NAMES}>{p('三晋装备通讯 2026 年第 11 期')}</w:hdr>"

    assert lines(p("正文"), parts={"header": head, "footer": head.replace("hdr", "ftr")}) == [
        "正文"
    ]


def test_both_spellings_of_the_standard_are_read() -> None:
    strict = NAMES.replace(
        "schemas.openxmlformats.org/wordprocessingml/2006/main",
        "purl.oclc.org/ooxml/wordprocessingml/main",
    )
    data = word(p("甲", run='<w:sz w:val="16pt"/>'), names=strict)

    assert [(line.text, line.look.size) for line in document(data).lines] == [("甲", 16)]


def test_another_file_inside_is_named_and_not_dropped_in_silence() -> None:
    found: Document = document(word(p("甲"), '<w:altChunk r:id="rId9"/>'))

    assert [complaint.problem[:8] for complaint in found.complaints] == ["这里嵌入了另一个"]


def test_alternatives_are_read_once_and_the_filled_one_counts() -> None:
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="x">{p("新")}</mc:Choice>'
        f"<mc:Fallback>{p('旧')}</mc:Fallback></mc:AlternateContent>"
    )
    empty = both.replace(p("新"), "")

    assert lines(both, empty) == ["新", "旧"]


def test_the_style_of_a_paragraph_may_hide_it() -> None:
    hidden = '<w:style w:type="paragraph" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'

    assert lines(p("隐", look=styled("H")), p("显"), parts={"styles": part("styles", hidden)}) == [
        "显"
    ]

"""Images of Word: kept by their hash where they stood, named by their captions, or lost aloud."""

from hashlib import sha256

from word_files import (
    BOLD,
    BREAK,
    CENTRED,
    FIRST,
    document,
    external,
    issue,
    p,
    picture,
    png,
    r,
    table,
    word,
)  # fmt: skip

from distribution.compiler import Doubt, Paragraph, Picture, ReadIssue
from distribution.compiler.lines import Document

RED, BLUE = png("red"), png("blue")
MEDIA = {"a": RED, "b": BLUE}
AFTER = "会后，与会企业参观了试验车间。"


def kept(data: bytes, caption: str = "") -> Picture:
    return Picture(sha256(data).hexdigest(), caption)


def read(inside: str) -> ReadIssue:
    return issue(p(FIRST) + inside + p(AFTER), media=MEDIA)


def blocks(inside: str) -> tuple[object, ...]:
    first, *between, last = read(inside).articles[0].blocks
    assert (first, last) == (Paragraph(FIRST), Paragraph(AFTER))
    return tuple(between)


def problems(found: Document) -> list[str]:
    assert {complaint.kind for complaint in found.complaints} <= {Doubt.PICTURE_LOST}
    return [complaint.problem for complaint in found.complaints]


def test_a_picture_stays_byte_for_byte_where_it_stood() -> None:
    found = read(p(more=picture("a")))

    assert blocks(p(more=picture("a"))) == (kept(RED),)
    assert [(asset.content, asset.media_type) for asset in found.assets] == [(RED, "image/png")]


def test_a_picture_that_stands_twice_is_kept_once() -> None:
    found = read(p(more=picture("a")) + p("其间，", more=picture("a")))

    assert len(found.assets) == 1
    assert sum(isinstance(one, Picture) for one in found.articles[0].blocks) == 2


def test_a_picture_in_the_middle_of_a_sentence_does_not_cut_it() -> None:
    cut = p(FIRST[:30], more=picture("a") + r(FIRST[30:]))

    assert issue(cut, media=MEDIA).articles[0].blocks == (Paragraph(FIRST), kept(RED))


def test_a_picture_at_a_title_belongs_to_the_article_below() -> None:
    heads = p("试点工作正式启动", more=picture("a")), p("新型轴承通过验证", more=picture("b"))
    articles = issue(titles=heads, media=MEDIA).articles

    assert [article.blocks[0] for article in articles] == [kept(RED), kept(BLUE)]


def test_numbered_captions_stand_above_or_below() -> None:
    one, two = p(more=picture("a")), p(more=picture("b"))
    first, second = p("图 1 签约现场", look=CENTRED), p("图 2 试验车间", look=CENTRED)
    named = (kept(RED, "图1签约现场"), kept(BLUE, "图2试验车间"))

    assert blocks(one + first + two + second) == named
    assert blocks(first + one + second + two) == named


def test_a_centred_line_below_a_picture_is_its_caption() -> None:
    inside = p(more=picture("a"), look=CENTRED) + p("签约现场", look=CENTRED)

    assert blocks(inside) == (kept(RED, "签约现场"),)


def test_a_caption_may_share_the_paragraph_of_its_picture() -> None:
    inside = p(look=CENTRED, more=picture("a") + BREAK + r("签约现场"))

    assert blocks(inside) == (kept(RED, "签约现场"),)


def test_no_character_of_a_caption_is_lost_to_the_account() -> None:
    plain, named = (
        read(p(more=picture("a"), look=CENTRED) + more).account
        for more in ("", p("签约现场", look=CENTRED))
    )

    assert named.articles - plain.articles == 4


def test_a_title_below_a_picture_is_no_caption() -> None:
    """Neither one that the contents name, nor one that only its look tells."""
    listed = p("新型轴承通过验证", look=CENTRED)
    below = issue(
        p(FIRST) + p(more=picture("a"), look=CENTRED),
        titles=(p("试点工作正式启动", look=CENTRED), listed),
        media=MEDIA,
    )
    bold = document(word(p(more=picture("a")), p("高速齿轮箱试验", look=CENTRED, run=BOLD),
                         media=MEDIA))  # fmt: skip

    assert [one.title for one in below.articles] == ["试点工作正式启动", "新型轴承通过验证"]
    assert [line.text for line in bold.lines] == ["", "高速齿轮箱试验"]


def test_what_a_picture_is_called_in_the_file_is_no_caption() -> None:
    described = picture("a").replace(
        'name="图片 1"', 'name="1" descr="图片包含 室内, 描述已自动生成"'
    )

    assert blocks(p(more=described)) == (kept(RED),)


def test_pictures_that_a_table_places_come_with_their_captions() -> None:
    placed = table(
        (p(more=picture("a")), p(more=picture("b"))),
        (p("签约现场", look=CENTRED), p("试验车间", look=CENTRED)),
    )

    assert blocks(placed) == (kept(RED, "签约现场"), kept(BLUE, "试验车间"))


def test_a_picture_of_old_and_new_programmes_is_shown_once() -> None:
    old = '<w:pict><v:shape><v:imagedata r:id="a"/></v:shape></w:pict>'
    new = picture("a").removeprefix("<w:r>").removesuffix("</w:r>")
    both = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wpg">{new}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
    )

    assert blocks(p(more=both)) == (kept(RED),)
    assert blocks(p(more=f"<w:r>{old}</w:r>")) == (kept(RED),)


def test_a_picture_inside_a_text_box_is_shown_once() -> None:
    content = f"<w:txbxContent>{p(more=picture('a'))}</w:txbxContent>"
    boxed = f"<w:r><w:drawing><wp:anchor>{content}</wp:anchor></w:drawing></w:r>"

    assert blocks(p(more=boxed)) == (kept(RED),)


def test_pictures_of_a_group_are_all_shown() -> None:
    two = '<a:blip r:embed="a"/><wps:wsp><a:blip r:embed="b"/></wps:wsp>'
    group = f"<w:r><w:drawing><wp:anchor>{two}</wp:anchor></w:drawing></w:r>"

    assert blocks(p(more=group)) == (kept(RED), kept(BLUE))


def test_a_linked_picture_is_lost_aloud() -> None:
    linked = picture("x").replace("r:embed", "r:link")
    elsewhere = external("x", "image", "file:///C:/a.png")

    assert problems(document(word(p(more=linked), relations=elsewhere))) == [
        "这里的图片只是一个链接，不在文件里：请在 Word 中把它另存为 PNG 后重新插入"
    ]


def test_drawings_no_browser_shows_are_lost_aloud() -> None:
    metafile, torn = b"\x01\x00\x00\x00" + bytes(80), png(size=99)[:60]
    found = document(word(p(more=picture("a")), p(more=picture("b")), p(more=picture("none")),
                          media={"a": metafile, "b": torn}))  # fmt: skip

    assert [one.partition("：")[0] for one in problems(found)] == [
        "这里的图片的格式无法在网页上显示"
    ] * 3


def test_a_chart_is_lost_aloud() -> None:
    kind = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    chart = (
        f'<w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri="{kind}"/></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )

    assert problems(document(word(p("甲", more=chart)))) == [
        "这里的图表没有读入：请在 Word 中把它另存为 PNG 图片后重新插入"
    ]


def test_a_picture_of_a_note_is_looked_up_in_the_notes() -> None:
    """Every part counts its relations for itself."""
    import io
    import zipfile

    from word_files import part, zipped

    notes = part("footnotes", f'<w:footnote w:id="1">{p("注。", more=picture("a"))}</w:footnote>')
    data = word(p("甲。", more='<w:r><w:footnoteReference w:id="1"/></w:r>'),
                parts={"footnotes": notes}, media={"a": RED})  # fmt: skip
    files = {name: zipfile.ZipFile(io.BytesIO(data)).read(name)
             for name in zipfile.ZipFile(io.BytesIO(data)).namelist()}  # fmt: skip
    files["word/_rels/footnotes.xml.rels"] = (
        files["word/_rels/document.xml.rels"].decode().replace("media/a", "media/b").encode()
    )
    files["word/media/b.bin"] = BLUE

    assert [asset.content for asset in document(zipped(files)).assets] == [BLUE]

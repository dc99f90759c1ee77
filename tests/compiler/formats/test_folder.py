"""A folder with one file per article and a contents file, whatever the files are called."""

from dataclasses import dataclass, field
from itertools import permutations

import pytest
from word_files import BOLD, CENTRED, p, picture, png, word

from distribution.compiler import Doubt, ReadIssue, Source, UnreadableIssue, compile_issue

HEAD = "三晋装备通讯\n2026 年第 11 期\n（总第 447 期）\n主办：甲协会\n2026 年 11 月\n"
TITLES = "试点工作正式启动", "新型轴承通过验证", "高速齿轮箱完成台架试验"
CONTENTS = (
    f"目 录\n政策措施\n{TITLES[0]}……1\n装备制造\n{TITLES[1]}……2\n{TITLES[2]}……3\n"
)  # fmt: skip
TEXTS = (
    "2026年10月9日三晋装备网：试点今日在全省启动，首批有十二户企业参加，为期一年。",
    "2026年10月8日三晋装备网：轴承在试验台上连续运转五千小时，振动与温升均合格。",
    "2026年10月7日三晋装备网：齿轮箱在额定转速下运行平稳，噪声低于设计值三分贝。",
)
COLOPHON = "编辑：编辑部\n电话：0351-0000000\n"
SECTIONS = "政策措施", "装备制造", "装备制造"


def text(name: str, *rows: str) -> Source:
    return Source(name, "\n".join(rows).encode())


def docx(name: str, *rows: str) -> Source:
    """The first row bold and centred."""
    title, *others = rows
    return Source(name, word(p(title, look=CENTRED, run=BOLD), *map(p, others)))


@dataclass
class Folder:
    """A folder without a fault, of which a test changes what it is about."""

    contents: list[Source] = field(default_factory=lambda: [text("00 目录.txt", HEAD + CONTENTS)])
    articles: list[Source] = field(
        default_factory=lambda: [
            text(f"{at:02} {title}.txt", title, TEXTS[at - 1]) for at, title in enumerate(TITLES, 1)
        ]
    )
    colophon: list[Source] = field(default_factory=lambda: [text("版权页.txt", COLOPHON)])

    def read(self) -> ReadIssue:
        return compile_issue([*self.contents, *self.articles, *self.colophon])


def faultless(read: ReadIssue) -> bool:
    """All three articles with their sections, pages and texts, and nothing to look at."""
    assert [(one.section, one.page, one.title, one.paragraphs) for one in read.articles] == [
        (section, at, title, (text,))
        for at, (section, title, text) in enumerate(zip(SECTIONS, TITLES, TEXTS, strict=True), 1)
    ]
    assert [one for one in read.complaints if one.kind.grave] == []
    assert read.account.orphans == 0
    return read.masthead.contact.phone == "0351-0000000"


def test_a_folder_is_one_issue() -> None:
    assert faultless(Folder().read())


@pytest.mark.parametrize(
    "names",
    [
        ("1.txt", "2.txt", "10.txt"),
        ("第1篇 甲.txt", "第2篇 乙.txt", "第10篇 丙.txt"),
        ("第一篇.txt", "第二篇.txt", "第十篇.txt"),
        ("一、试点.txt", "二、轴承.txt", "十一、齿轮箱.txt"),
        ("（1）试点.txt", "（2）轴承.txt", "（3）齿轮箱.txt"),
        tuple(f"{title}.txt" for title in TITLES),
        tuple(f"{title[:5]}.txt" for title in TITLES),
        ("c.txt", "b.txt", "a.txt"),
        ("3.txt", "1.txt", "2.txt"),
    ],
)
def test_articles_stand_as_the_contents_list_them(names: tuple[str, ...]) -> None:
    articles = [
        text(name, title, one) for name, title, one in zip(names, TITLES, TEXTS, strict=True)
    ]

    assert faultless(Folder(articles=sorted(articles, key=lambda one: one.name)).read())


def test_the_order_in_which_files_come_is_nothing() -> None:
    sources = [*Folder().contents, *Folder().articles, *Folder().colophon]

    assert all(faultless(compile_issue(some)) for some in list(permutations(sources))[::17])


@pytest.mark.parametrize(
    "name", ["00 目录.txt", "本期目录.txt", "contents.txt", "2026年第11期.txt"]
)
def test_the_contents_are_known_by_what_they_hold(name: str) -> None:
    assert faultless(Folder(contents=[text(name, HEAD + CONTENTS)]).read())


@pytest.mark.parametrize("name", ["刊头.txt", "封面.txt", "2026年第11期.txt", "a.txt"])
def test_the_title_page_may_be_a_file_of_its_own(name: str) -> None:
    assert faultless(Folder(contents=[text(name, HEAD), text("00 目录.txt", CONTENTS)]).read())


def test_contents_may_be_a_word_or_markdown_file() -> None:
    rows = (HEAD + CONTENTS).splitlines()

    assert faultless(Folder(contents=[docx("目录.docx", *rows)]).read())
    assert faultless(Folder(contents=[text("目录.md", "\n\n".join(rows))]).read())


def test_articles_may_be_of_several_formats() -> None:
    articles = [
        docx("1.docx", TITLES[0], TEXTS[0]),
        text("2.md", f"# {TITLES[1]}\n", TEXTS[1]),
        text("3.txt", TITLES[2], TEXTS[2]),
    ]

    assert faultless(Folder(articles=articles).read())


def test_a_file_without_its_title_is_called_by_its_name() -> None:
    articles = [
        text("01 试点工作正式启动.txt", TEXTS[0]),
        text("02_新型轴承通过验证.txt", TEXTS[1]),
        text("高速齿轮箱完成台架试验.txt", TEXTS[2]),
    ]

    assert faultless(Folder(articles=articles).read())


def test_a_title_below_the_name_of_its_section_is_not_said_twice() -> None:
    articles = Folder().articles
    articles[1] = text("02 新型轴承通过验证.txt", "装备制造", TITLES[1], TEXTS[1])

    assert faultless(Folder(articles=articles).read())


def test_a_title_on_two_lines_is_one_title() -> None:
    articles = Folder().articles
    articles[2] = docx("03.docx", "高速齿轮箱", "完成台架试验", TEXTS[2])

    assert faultless(Folder(articles=articles).read())


def test_the_colophon_may_end_the_contents_or_the_last_article() -> None:
    assert faultless(
        Folder(contents=[text("目录.txt", HEAD + CONTENTS + COLOPHON)], colophon=[]).read()
    )
    articles = Folder().articles
    articles[2] = text("9.txt", TITLES[2], TEXTS[2], COLOPHON)
    assert faultless(Folder(articles=articles, colophon=[]).read())


def test_contact_lines_inside_the_folder_stay_in_their_article() -> None:
    articles = Folder().articles
    articles[0] = text("01.txt", TITLES[0], TEXTS[0], "联系人：丁一", "电话：0351-1111111")
    read = Folder(articles=articles).read()

    assert read.masthead.contact.phone == "0351-0000000"
    assert "丁一" in "".join(read.articles[0].paragraphs)


def test_a_file_the_contents_lack_is_an_article_that_says_so() -> None:
    extra = docx("04 再制造鉴定办法征求意见.docx", "再制造鉴定办法征求意见", "办法明确了四类产品。")
    read = Folder(articles=[*Folder().articles, extra]).read()

    assert [one.title for one in read.articles] == [*TITLES, "再制造鉴定办法征求意见"]
    assert read.articles[3].paragraphs == ("办法明确了四类产品。",)
    assert Doubt.NOT_LISTED in [one.kind for one in read.complaints if one.article == 4]


def test_an_unlisted_file_that_begins_with_text_is_called_by_its_name() -> None:
    extra = text("04 再制造鉴定办法征求意见.txt", "办法明确了四类产品，自下月起征求各方意见。")
    read = Folder(articles=[*Folder().articles, extra]).read()

    assert read.articles[3].title == "再制造鉴定办法征求意见"


def test_an_article_without_its_file_is_missed() -> None:
    read = Folder(articles=Folder().articles[:2]).read()

    assert [one.title for one in read.articles] == list(TITLES)
    assert [one.kind for one in read.complaints if one.article == 3] == [Doubt.TITLE_MISSING]


def test_an_empty_article_is_told_by_its_name() -> None:
    articles = Folder().articles
    articles[1] = Source("02 新型轴承通过验证.docx", word(p()))
    read = Folder(articles=articles).read()

    assert [one.kind for one in read.complaints if one.kind.grave] == [Doubt.NO_TEXT]
    assert read.articles[1].title == TITLES[1]


def test_a_file_without_a_word_is_named() -> None:
    read = Folder(articles=[*Folder().articles, Source("5.docx", word(p()))]).read()

    assert "文件 5.docx 里没有文字" in [one.problem for one in read.complaints]


def test_an_article_about_a_list_is_no_contents() -> None:
    """Two paragraphs that end in dots, and the word 目录 in the name."""
    articles = Folder().articles
    articles[0] = text("01 试点目录.txt", TITLES[0], TEXTS[0], "他说：慢慢来……", "她说：再等等……")
    read = Folder(articles=articles).read()

    assert read.articles[0].paragraphs == (TEXTS[0], "他说：慢慢来……", "她说：再等等……")


def test_without_contents_every_file_is_an_article() -> None:
    articles = [
        docx("1.docx", TITLES[0], TEXTS[0]),
        text("2.txt", TITLES[1], TEXTS[1]),
        text("3.md", f"# {TITLES[2]}", TEXTS[2], "## 试验经过", "试验分三个阶段。"),
    ]
    read = Folder(contents=[text("刊头.txt", HEAD)], articles=articles).read()

    assert [one.title for one in read.articles] == list(TITLES)
    assert read.articles[2].paragraphs == (TEXTS[2], "试验经过", "试验分三个阶段。")
    assert Doubt.NO_CONTENTS in [one.kind for one in read.complaints]


def test_without_title_page_and_contents_a_sentence_says_what_is_missing() -> None:
    with pytest.raises(UnreadableIssue, match="目录"):
        Folder(contents=[]).read()


def test_pictures_come_from_their_files_and_complaints_name_theirs() -> None:
    articles = Folder().articles
    lost = picture("b").replace("r:embed", "r:link")
    inside = [p(TITLES[1]), p(TEXTS[1], more=picture("a") + lost)]
    articles[1] = Source("02.docx", word(*inside, media={"a": png()}))
    read = Folder(articles=articles).read()
    (complaint,) = (one for one in read.complaints if one.kind is Doubt.PICTURE_LOST)

    assert [asset.content for asset in read.assets] == [png()]
    assert (complaint.article, complaint.place) == (2, "02.docx 第 2 段")


def test_one_broken_file_is_named() -> None:
    articles = [*Folder().articles, Source("4.docx", b"PK\x03\x04")]

    with pytest.raises(UnreadableIssue, match=r"4\.docx"):
        Folder(articles=articles).read()

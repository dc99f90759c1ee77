"""Broken and hostile Word files: a sentence or an issue, never a traceback."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping

import pytest
from lxml import etree
from word_files import (
    BOLD,
    CENTRED,
    COLOPHON,
    CONTENTS,
    FIRST,
    HEAD,
    SECOND,
    TYPES,
    document,
    lines,
    p,
    part,
    picture,
    png,
    r,
    styled,
    table,
    word,
    zipped,
)  # fmt: skip

from distribution.compiler import ReadIssue, Source, UnreadableIssue, compile_issue

MAIN = "word/document.xml"


def rich() -> dict[str, bytes]:
    """The parts of a small issue with something of everything in it."""
    numbers = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    style = '<w:style w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="1"/></w:style>'
    note = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    body = [
        *map(p, (*HEAD, *CONTENTS)), p("试点工作正式启动", look=styled("1"), run=BOLD),
        p(FIRST, more=note + "<m:oMath><m:f><m:num/><m:den/></m:f></m:oMath>"),
        p(more=picture("a"), look=CENTRED), table(("企业", "产值"), ("甲厂", "1.5")),
        p("企业自愿报名。", look='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'),
        p("新型轴承通过验证"), p(SECOND), *map(p, COLOPHON),
    ]  # fmt: skip
    parts = {
        "styles": part("styles", style), "numbering": part("numbering", numbers),
        "footnotes": part("footnotes", f'<w:footnote w:id="1">{p("注。")}</w:footnote>'),
    }  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(word(*body, parts=parts, media={"a": png()}))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


FILES = rich()


def outcome(data: bytes) -> ReadIssue | UnreadableIssue:
    try:
        return compile_issue([Source("本期.docx", data)])
    except UnreadableIssue as error:
        return error


def chances(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - damage that can be done again


def with_main(content: str | bytes) -> bytes:
    return zipped({**FILES, MAIN: content})


def refusal(data: bytes) -> str:
    found = outcome(data)
    assert isinstance(found, UnreadableIssue)
    return str(found)


def test_the_whole_file_is_an_issue() -> None:
    """Else the tests below would prove nothing."""
    found = outcome(zipped(FILES))

    assert isinstance(found, ReadIssue)
    assert len(found.articles) == 2


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_torn_file_is_refused_in_a_sentence(share: float) -> None:
    data = zipped(FILES)

    assert refusal(data[: int(share * len(data))]).count("。") == 1


def test_a_file_without_its_main_part_is_refused() -> None:
    bare = {name: data for name, data in FILES.items() if name != MAIN}

    assert "没有 Word 文档的正文" in refusal(zipped(bare))


@pytest.mark.parametrize("content", ["", "<w:document", "no XML at all", "\x00", "<a/>"])
def test_a_main_part_that_is_none_is_refused(content: str) -> None:
    assert refusal(with_main(content)).endswith("。")


def test_parts_that_are_missing_or_never_were_are_done_without() -> None:
    lost = ("word/styles.xml", "word/numbering.xml", "word/footnotes.xml", "word/media/a.bin")
    found = outcome(zipped({name: data for name, data in FILES.items() if name not in lost}))

    assert isinstance(found, ReadIssue)
    assert "picture_lost" in [complaint.kind for complaint in found.complaints]


def test_without_relations_the_usual_main_part_is_read() -> None:
    bare = {name: data for name, data in FILES.items() if not name.endswith(".rels")}

    assert isinstance(outcome(zipped(bare)), ReadIssue)


def test_a_part_is_found_whatever_case_or_slashes_its_name_has() -> None:
    odd = {
        name.replace("word/media/a.bin", "Word\\Media\\A.bin"): data for name, data in FILES.items()
    }
    found = outcome(zipped(odd))

    assert isinstance(found, ReadIssue)
    assert len(found.assets) == 1


def test_a_relation_that_climbs_out_of_the_file_leads_nowhere() -> None:
    relations = FILES["word/_rels/document.xml.rels"].replace(
        b"media/a.bin", b"../../../../../../etc/passwd"
    )
    found = outcome(zipped({**FILES, "word/_rels/document.xml.rels": relations}))

    assert isinstance(found, ReadIssue)
    assert found.assets == ()


ENTITIES = {
    "file": '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "laughs": "<!DOCTYPE d [<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {name} '{f'&{before};' * 20}'>" for before, name in zip("abcdefgh", "bcdefghe",
                                                                        strict=True)
    ) + "]>",
    "net": '<!DOCTYPE d SYSTEM "http://a.example/d.dtd">',
}  # fmt: skip


@pytest.mark.parametrize("kind", ENTITIES)
def test_document_types_and_entities_are_refused(kind: str) -> None:
    main = FILES[MAIN].decode().replace("试点工作今日", "&e;")

    assert refusal(with_main(ENTITIES[kind] + main)).endswith("。")


HOSTILE: dict[str, Callable[[], str]] = {
    "deep": lambda: "<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000,
    "deep within bounds": lambda: "<w:sdt>" * 240 + p("甲") + "</w:sdt>" * 240,
    "deep runs": lambda: f"<w:p>{'<w:ins>' * 240}{r('甲')}{'</w:ins>' * 240}</w:p>",
    "deep tables": lambda: (
        "<w:tbl><w:tr><w:tc>" * 80 + p("甲") + "</w:tc></w:tr></w:tbl>" * 80
    ),
    "deep boxes": lambda: (
        "<w:p><w:r><w:pict><w:txbxContent>" * 60 + p("甲")
        + "</w:txbxContent></w:pict></w:r></w:p>" * 60
    ),
    "deep formula": lambda: (
        f"<w:p><m:oMath>{'<m:f><m:num>' * 115}{'</m:num></m:f>' * 115}</m:oMath></w:p>"
    ),
    "huge attribute": lambda: f'<w:p w:rsidR="{"1" * 11_000_000}"/>',
    "wide rows": lambda: (
        "<w:tbl>" + (
            '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="200"/></w:tcPr></w:tc></w:tr>' * 5000
        ) + "</w:tbl>"
    ),
    "many cells": lambda: f"<w:tbl><w:tr>{'<w:tc/>' * 50_000}</w:tr><w:tr/></w:tbl>",
    "many breaks": lambda: f"<w:p><w:r>{'<w:br/>' * 100_000}</w:r></w:p>",
    "many runs": lambda: f"<w:p>{r('甲') * 30_000}</w:p>",
    "many marks": lambda: (
        "<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 30_000 + r("甲") + "</w:p>"
    ),
    "many switches": lambda: (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>EQ '
        + "\\a\\a" * 100_000
        + '</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    ),
    "odd numbers": lambda: p(
        "甲",
        look='<w:outlineLvl w:val="²"/><w:numPr><w:ilvl w:val="-1"/><w:numId w:val="1"/></w:numPr>',
        run='<w:sz w:val="１２"/>',
    ),
    "processing instructions": lambda: "<?a b?><w:p><?a b?><w:r><?a b?><!-- c --></w:r></w:p>",
}  # fmt: skip


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_body_is_answered(kind: str) -> None:
    main = FILES[MAIN].decode().replace("<w:body>", f"<w:body>{HOSTILE[kind]()}", 1)

    assert isinstance(outcome(with_main(main)), ReadIssue | UnreadableIssue)


def test_what_stands_deep_is_read_and_not_dropped() -> None:
    nested = "<w:sdt><w:sdtContent>" * 50 + p("深处") + "</w:sdtContent></w:sdt>" * 50

    assert lines(nested, table((table((table((p("更深"),)),)),))) == ["深处", "更深"]


def test_too_much_text_is_refused_before_it_is_read() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, data in {**FILES, MAIN: b" " * (33 * 1024 * 1024)}.items():
            archive.writestr(name, data)

    assert "文字部分超过 32 MB" in refusal(stored.getvalue())


def test_many_copies_of_a_picture_are_opened_once() -> None:
    found = document(word(*[p(more=picture("a"))] * 3000, media={"a": png(size=1500)}))

    assert len(found.lines) == 3000
    assert len(found.assets) == 1


@pytest.mark.parametrize("seed", range(3))
def test_any_changed_byte_gives_an_issue_or_a_sentence(seed: int) -> None:
    chance, whole = chances(seed), zipped(FILES)
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)

        assert isinstance(outcome(bytes(data)), ReadIssue | UnreadableIssue)


VALUES = '"-1"', '"99999999999"', '""', '"x"', '"1"', '"²"'


@pytest.mark.parametrize("seed", range(3))
def test_any_changed_tag_gives_an_issue_or_a_sentence(seed: int) -> None:
    chance = chances(seed)
    for _ in range(100):
        name = chance.choice([name for name in FILES if name.endswith((".xml", ".rels"))])
        tags = re.findall(r"<[^>]*>|[^<]+", FILES[name].decode())
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(tags))
            tags[at] = chance.choice(
                [
                    "",
                    tags[chance.randrange(len(tags))],
                    re.sub('"[^"]*"', chance.choice(VALUES), tags[at]),
                ]
            )

        changed: Mapping[str, str | bytes] = {**FILES, name: "".join(tags)}
        assert isinstance(outcome(zipped(changed)), ReadIssue | UnreadableIssue)


@pytest.mark.parametrize("seed", range(3))
def test_any_changed_tree_gives_an_issue_or_a_sentence(seed: int) -> None:
    chance = chances(seed)
    for _ in range(100):
        root = etree.fromstring(FILES[MAIN])
        elements = list(root.iter())
        for _ in range(chance.randint(1, 5)):
            one, other = chance.choice(elements[1:]), chance.choice(elements)
            if chance.random() < 0.5:
                one.tag = other.tag
            elif one not in other.iterancestors() and one is not other:
                other.append(one)

        assert isinstance(outcome(with_main(etree.tostring(root))), ReadIssue | UnreadableIssue)


def test_types_alone_make_no_word_file() -> None:
    assert "zip 压缩包" in refusal(zipped({"[Content_Types].xml": TYPES}))

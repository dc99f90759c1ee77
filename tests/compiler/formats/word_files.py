"""Word files put together from XML, so that a test can hold what no programme here writes."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

from PIL import Image

from distribution.compiler import ReadIssue, Source, compile_issue
from distribution.compiler.formats.word import read_word
from distribution.compiler.lines import Document

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"

HEAD = (
    "三晋装备通讯", "2026 年第 11 期", "（总第 447 期）", "主办：甲协会", "2026 年 11 月",
)  # fmt: skip
CONTENTS = ("目 录", "政策措施", "试点工作正式启动……1", "装备制造", "新型轴承通过验证……2")
COLOPHON = ("编辑：编辑部", "电话：0351-0000000")
FIRST = "2026年10月9日三晋装备网：试点工作今日在全省启动，首批有十二户企业参加，为期一年。"
SECOND = "2026年10月8日三晋装备网：新型轴承在试验台上连续运转五千小时，振动与温升均合格。"


def p(text: str = "", *, look: str = "", run: str = "", more: str = "") -> str:
    """A paragraph: `look` is inside its w:pPr, `run` inside the w:rPr, `more` behind its run."""
    return f"<w:p><w:pPr>{look}</w:pPr>{r(text, run)}{more}</w:p>"


def r(text: str, run: str = "") -> str:
    return f'<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def styled(style: str) -> str:
    return f'<w:pStyle w:val="{style}"/>'


CENTRED = '<w:jc w:val="center"/>'
BOLD = "<w:b/>"
BREAK = "<w:r><w:br/></w:r>"


def table(*rows: tuple[str, ...]) -> str:
    """Rows of cells; a cell is text, or XML where it begins with a bracket."""
    cells = (
        "".join(f"<w:tc>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in row)
        for row in rows
    )
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def picture(identifier: str) -> str:
    """An inline picture, as a run."""
    return (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="图片 1"/><a:graphic><a:graphicData>'
        f'<a:blip r:embed="{identifier}"/></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r>"
    )


def png(colour: str = "red", size: int = 4) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(stream, "PNG")
    return stream.getvalue()


def word(
    *body: str,
    parts: Mapping[str, str | bytes] | None = None,
    media: Mapping[str, bytes] | None = None,
    relations: str = "",
    names: str = NAMES,
) -> bytes:
    """A Word file: `parts` by kind (styles, numbering, footnotes), `media` by relation."""
    kinds = dict(parts or {})
    rows = [_relation(kind, kind, f"{kind}.xml") for kind in kinds]
    rows += [_relation(one, "image", f"media/{one}.bin") for one in media or {}]
    main = f"<w:document {names}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>"
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _related(_relation("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": main,
        "word/_rels/document.xml.rels": _related("".join(rows) + relations),
        **{f"word/{kind}.xml": content for kind, content in kinds.items()},
        **{f"word/media/{one}.bin": data for one, data in (media or {}).items()},
    }
    return zipped(files)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def part(kind: str, content: str) -> str:
    """A part such as styles or numbering."""
    return f"<w:{kind} {NAMES}>{content}</w:{kind}>"


def external(identifier: str, kind: str, target: str) -> str:
    return _relation(identifier, kind, target).replace("/>", ' TargetMode="External"/>')


def _relation(identifier: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{identifier}" Type="{_KIND}{kind}" Target="{target}"/>'


def _related(rows: str) -> str:
    return f'<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'


def lines(*body: str, parts: Mapping[str, str | bytes] | None = None) -> list[str]:
    """The text of the lines that these paragraphs and tables give."""
    return [line.text for line in document(word(*body, parts=parts)).lines]


def document(data: bytes) -> Document:
    return read_word(Source("本期.docx", data))


def issue(
    first: str = p(FIRST),
    second: str = p(SECOND),
    *,
    contents: str = "",
    titles: tuple[str, str] | None = None,
    parts: Mapping[str, str | bytes] | None = None,
    media: Mapping[str, bytes] | None = None,
) -> ReadIssue:
    """An issue of two articles; what is left out has no fault."""
    heads = titles or (p("试点工作正式启动"), p("新型轴承通过验证"))
    body = [
        *map(p, HEAD), contents or "".join(map(p, CONTENTS)),
        heads[0], first, heads[1], second, *map(p, COLOPHON),
    ]  # fmt: skip
    return compile_issue([Source("本期.docx", word(*body, parts=parts, media=media))])

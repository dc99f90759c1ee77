"""The parts of a Word file and how they refer to each other (ECMA-376 part 2)."""

import posixpath
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from distribution.compiler.formats import archive
from distribution.compiler.lines import Source
from distribution.compiler.unreadable import UnreadableIssue

Element = Any

MOST_XML = 32 * 1024 * 1024
"""Bytes of one part; the text of thirty articles has some two million, and a tree takes more."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"

_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/main", A[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing", WP[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", M[1:-1].encode()),
)
"""Names of the strict form of the standard, and those that everybody else writes."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a relationship leads to."""

    kind: str
    """The last word of its type: officeDocument, image, styles."""
    part: str
    """The name of the part; the address for an external one."""
    external: bool


class Package:
    """An opened Word file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._archive = archive.opened(source)
        self._names = {_part_name(name): name for name in self._archive.namelist()}
        self._relations: dict[str, dict[str, Target]] = {}
        roots = [one for one in self.relations("").values() if one.kind == "officeDocument"]
        self.main = roots[0].part if roots else "word/document.xml"

    def bytes_of(self, part: str) -> bytes | None:
        """The content of a part; None where there is none of that name."""
        name = self._names.get(_part_name(part))
        return archive.read(self._source, self._archive, name) if name is not None else None

    def xml(self, part: str) -> Element | None:
        """The root of a part, read without entities, document types or network."""
        data = self.bytes_of(part)
        if data is None:
            return None
        if len(data) > MOST_XML:
            reason = f"文字部分超过 {MOST_XML // 1024 // 1024} MB，不像一期刊物"
            raise UnreadableIssue(self._source.name, reason, archive.SAVE_AGAIN)
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            reason = "文件不完整或已损坏"
            raise UnreadableIssue(self._source.name, reason, archive.SAVE_AGAIN) from error
        if root.getroottree().docinfo.doctype:
            reason = "文件内部带有文档类型声明，正常的 Word 文件没有"
            raise UnreadableIssue(self._source.name, reason, archive.SAVE_AGAIN)
        return root

    def relations(self, part: str) -> dict[str, Target]:
        """What a part refers to, by the identifier it uses."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> dict[str, Target]:
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for one in root if root is not None else ():
            external = one.get("TargetMode") == "External"
            target = one.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id", "")] = Target(kind, target, external)
        return found

    def part_of(self, kind: str) -> str:
        """The name of the main part's styles, numbering or footnotes; nothing for none."""
        for one in self.relations(self.main).values():
            if one.kind == kind and not one.external:
                return one.part
        return ""

    def related(self, kind: str) -> Element | None:
        """The root of that part."""
        part = self.part_of(kind)
        return self.xml(part) if part else None


def _part_name(name: str) -> str:
    """Parts are called without regard to case; some programmes write other slashes or %20."""
    return unquote(name).replace("\\", "/").lstrip("/").casefold()

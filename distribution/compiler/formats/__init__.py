"""Formats of files, one module each: bytes in, the lines of a document out."""

from collections.abc import Sequence

from distribution.compiler.formats.text import decode
from distribution.compiler.lines import Document, Source, lines_of


def read_document(sources: Sequence[Source]) -> Document:
    """The lines of one file, or of a folder's files in their order."""
    source = sources[0]
    return Document(tuple(lines_of(decode(source.data, source.name))))

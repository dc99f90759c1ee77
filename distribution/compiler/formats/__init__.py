"""Formats of files, one module each: bytes in, the lines of a document out."""

from distribution.compiler.formats.recognising import read_document

__all__ = ["read_document"]

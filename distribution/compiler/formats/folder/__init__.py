"""Folders with one file per article."""

from distribution.compiler.formats.folder.reading import one_document

__all__ = ["one_document"]

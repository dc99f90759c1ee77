"""Word files (.docx, ECMA-376): their paragraphs, tables and pictures in the order of reading."""

from distribution.compiler.formats.word.reading import read_word

__all__ = ["read_word"]

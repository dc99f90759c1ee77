"""Markdown."""

from distribution.compiler.formats.markdown.reading import read_markdown

__all__ = ["read_markdown"]

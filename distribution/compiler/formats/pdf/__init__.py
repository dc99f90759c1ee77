"""PDF files: the lines a person would type, out of characters strewn over pages."""

from distribution.compiler.formats.pdf.reading import read_pdf

__all__ = ["read_pdf"]

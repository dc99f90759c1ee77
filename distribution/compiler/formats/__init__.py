"""Formats of files, one module each: bytes in, the lines of a document out."""

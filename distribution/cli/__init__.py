"""The command line: nouns, then verbs. One file per noun."""

from distribution.cli.entry import main

__all__ = ["main"]

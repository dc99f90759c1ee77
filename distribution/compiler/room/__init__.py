"""The locked room: a process of its own in which files are read, with little it may touch."""

from distribution.compiler.room.outside import LIMITS, compile_apart
from distribution.room import Limits

__all__ = ["LIMITS", "Limits", "compile_apart"]

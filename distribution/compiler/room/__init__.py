"""The locked room: a process of its own in which files are read, with little it may touch."""

from distribution.compiler.room.limits import LIMITS, Limits
from distribution.compiler.room.outside import compile_apart

__all__ = ["LIMITS", "Limits", "compile_apart"]

"""Kinds of single values that settings have: numbers within bounds, files."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

MINIMUM_KEY_LENGTH = 16
"""Characters of what must not be guessed."""


def _no_truth(value: object) -> object:
    """TOML's `true` is no number, though Python takes it for 1."""
    if isinstance(value, bool):
        message = "应为整数"
        raise ValueError(message)  # noqa: TRY004 - pydantic collects ValueError only
    return value


def _blank_is_none(value: object) -> object:
    """An empty path is no path; Python would take it for the current folder."""
    return None if isinstance(value, str) and not value.strip() else value


Whole = Annotated[int, BeforeValidator(_no_truth)]
File = Annotated[Path | None, BeforeValidator(_blank_is_none)]
Port = Annotated[Whole, Field(ge=1, le=65535)]
Count = Annotated[Whole, Field(ge=1, le=10_000)]
Days = Annotated[Whole, Field(ge=0, le=36_500)]
Seconds = Annotated[Whole, Field(ge=1, le=86_400)]

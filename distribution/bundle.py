"""Finds the folders that stand beside the package in the repository, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """The path of `email_templates`, `migrations` or `alembic.ini`, installed or not."""
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def sample(name: str) -> Path:
    """The path of a file of the sample installation."""
    return _PACKAGE / "sample" / name

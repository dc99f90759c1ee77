"""`distribution import`, `subscriber import` and `enterprise import`: lists people keep."""

from distribution.cli.imports.books import group
from distribution.cli.imports.files import enterprises, subscribers

__all__ = ["enterprises", "group", "subscribers"]

"""Mail templates: the installation's own before the bundled ones, strict, and boxed in."""

from distribution.templates.broken import BrokenTemplate
from distribution.templates.cutting import CutFailed, Marks, Piece, Pieces
from distribution.templates.files import fingerprint_of, unused_overrides
from distribution.templates.order import RenderedMail
from distribution.templates.rendering import Templates
from distribution.templates.wrapping import COLUMNS, columns, wrap

__all__ = [
    "COLUMNS",
    "BrokenTemplate",
    "CutFailed",
    "Marks",
    "Piece",
    "Pieces",
    "RenderedMail",
    "Templates",
    "columns",
    "fingerprint_of",
    "unused_overrides",
    "wrap",
]

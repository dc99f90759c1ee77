"""Mail templates: the installation's own before the bundled ones, strict, and boxed in."""

from distribution.digests.templates.broken import BrokenTemplate
from distribution.digests.templates.files import fingerprint_of, unused_overrides
from distribution.digests.templates.order import RenderedMail
from distribution.digests.templates.rendering import Templates

__all__ = ["BrokenTemplate", "RenderedMail", "Templates", "fingerprint_of", "unused_overrides"]

"""The web: what the links in a mail lead to, from the pixel to the reader's own settings."""

from distribution.web.application import make_app
from distribution.web.serving import CannotListen, ServerDied, listen, netloc, served

__all__ = ["CannotListen", "ServerDied", "listen", "make_app", "netloc", "served"]

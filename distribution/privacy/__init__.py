"""Privacy: what is held about a person is shown, erased and forgotten in time, as the law asks."""

from distribution.privacy.dossier import dossier
from distribution.privacy.erasing import ASKED, TIMED_OUT, Erasure, erase
from distribution.privacy.page import page
from distribution.privacy.purging import Kept, Purge, Purged, purge
from distribution.privacy.requests import (
    AlreadyAnswered,
    Asked,
    add_request,
    close_request,
    requests,
    settle,
)
from distribution.privacy.wiping import wipe

__all__ = [
    "ASKED",
    "TIMED_OUT",
    "AlreadyAnswered",
    "Asked",
    "Erasure",
    "Kept",
    "Purge",
    "Purged",
    "add_request",
    "close_request",
    "dossier",
    "erase",
    "page",
    "purge",
    "requests",
    "settle",
    "wipe",
]

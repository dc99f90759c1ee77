"""Digests: which articles a reader gets and why, and the mail made of them."""

from distribution.digests.fingerprint import fingerprint
from distribution.digests.joining import Digest, Personal, join, too_large
from distribution.digests.letters import RenderedLetter, build_letter, render_letter
from distribution.digests.message import Headers, MalformedHeader, build_message
from distribution.digests.rendering import render_sheet
from distribution.digests.selecting import Choice, Interests, select
from distribution.digests.sheet import Publication, Sheet
from distribution.digests.templates import BrokenTemplate
from distribution.digests.wording import issue_name

__all__ = [
    "BrokenTemplate",
    "Choice",
    "Digest",
    "Headers",
    "Interests",
    "MalformedHeader",
    "Personal",
    "Publication",
    "RenderedLetter",
    "Sheet",
    "build_letter",
    "build_message",
    "fingerprint",
    "issue_name",
    "join",
    "render_letter",
    "render_sheet",
    "select",
    "too_large",
]

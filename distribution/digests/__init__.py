"""Digests: which articles a reader gets and why, and the mail made of them."""

from distribution.digests import gate, prose
from distribution.digests.coverage import (
    FEW,
    HTML_LIMIT,
    ArticleCoverage,
    Coverage,
    TopicCoverage,
    fewer,
)
from distribution.digests.explaining import Explained, explain, interests_of
from distribution.digests.gallery import Exhibit, Hung, exhibits, hang, in_scheme
from distribution.digests.joining import Digest, join
from distribution.digests.layout import Personal
from distribution.digests.letters import Attachment, RenderedLetter, build_letter, render_letter
from distribution.digests.message import Composer, Headers, MalformedHeader, TooLarge
from distribution.digests.opening import preheader
from distribution.digests.proofs import render_proof
from distribution.digests.rendering import render_sheet
from distribution.digests.selecting import Choice, Interests, Omitted, Selected, Selector
from distribution.digests.sheet import Publication, Sheet
from distribution.digests.tallying import Tally
from distribution.digests.wording import clean, issue_name, reason_label, shortened
from distribution.fingerprint import fingerprint
from distribution.templates import fingerprint_of as templates_fingerprint

__all__ = [
    "FEW",
    "HTML_LIMIT",
    "ArticleCoverage",
    "Attachment",
    "Choice",
    "Composer",
    "Coverage",
    "Digest",
    "Exhibit",
    "Explained",
    "Headers",
    "Hung",
    "Interests",
    "MalformedHeader",
    "Omitted",
    "Personal",
    "Publication",
    "RenderedLetter",
    "Selected",
    "Selector",
    "Sheet",
    "Tally",
    "TooLarge",
    "TopicCoverage",
    "build_letter",
    "clean",
    "exhibits",
    "explain",
    "fewer",
    "fingerprint",
    "gate",
    "hang",
    "in_scheme",
    "interests_of",
    "issue_name",
    "join",
    "preheader",
    "prose",
    "reason_label",
    "render_letter",
    "render_proof",
    "render_sheet",
    "shortened",
    "templates_fingerprint",
]

"""The one place that knows premailer: CSS rules become style attributes, as webmail drops rules."""

import logging
import re
from functools import lru_cache
from typing import NoReturn

from cssutils import CSSParser  # type: ignore[import-untyped] # premailer's parser, no types
from lxml.cssselect import SelectorError
from premailer import Premailer

_STYLE = re.compile('style="[^"]*"')
_AIRY = re.compile("([:;,]) +")
"""Blanks after what separates: premailer puts them in, once per declaration of every element."""


class InliningFailed(Exception):
    """Raised when a style sheet cannot be applied; the message is in Chinese."""


@lru_cache(maxsize=4)  # the same sheet is made for a check, a plan and a proof
def inline(html: str) -> str:
    """Copy every rule into the elements it matches; dear, so once per sheet, not per reader."""
    if not re.search("<[A-Za-z]", html):
        problem = "里面没有任何 HTML 元素"
        raise InliningFailed(problem)  # premailer takes it for a document and stumbles
    try:
        inlined = str(
            _Offline(
                html,
                keep_style_tags=True,  # dark mode and phones need the media rules
                strip_important=False,  # the default deletes it inside @media too
                allow_network=False,  # the default fetches style sheets
                allow_loading_external_files=False,
                disable_validation=True,
                cssutils_logging_level=logging.CRITICAL,
            ).transform(pretty_print=False)
        )
        return _STYLE.sub(lambda style: _AIRY.sub(r"\1", style[0]), inlined)
    except (SelectorError, RecursionError) as error:
        problem = f"样式无法写入各元素（{error}）"
        raise InliningFailed(problem) from error


class _Offline(Premailer):  # type: ignore[misc] # premailer has no types
    """Premailer that also leaves `@import` alone: its own switches for the network forget that."""

    def _parse_css_string(self, css_body: str, *, validate: bool = True) -> object:
        return _parsed(css_body, validate)


@lru_cache(maxsize=4)  # premailer only reads it, and the style is the same in every issue's sheet
def _parsed(css_body: str, validate: bool) -> object:  # noqa: FBT001 - as premailer has it
    return CSSParser(fetcher=_refuse, validate=validate).parseString(css_body)


def _refuse(url: str) -> NoReturn:
    problem = f"样式里不能用 @import（{url}）"
    raise InliningFailed(problem)

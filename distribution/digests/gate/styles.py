"""CSS as far as mails use it: rules with their media, declarations with their importance."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

STYLES = 2_000
"""How many styles are remembered: a mail has hundreds of elements, and few that differ."""


class StyleRule(NamedTuple):
    """One rule of a style sheet."""

    media: str
    """The condition after @media; empty: always. Of other at-rules their whole head."""
    selector: str
    body: str


@lru_cache(STYLES)
def declarations(body: str) -> tuple[tuple[str, str], ...]:
    """Names in lower case and values, in their order.

    >>> declarations("color:#fff!important; MARGIN : 0")
    (('color', '#fff!important'), ('margin', '0'))
    """
    pairs = (entry.partition(":") for entry in re.sub(r"/\*.*?\*/", "", body).split(";"))
    return tuple((name.strip().lower(), value.strip()) for name, colon, value in pairs if colon)


def rules(css: str) -> Iterator[StyleRule]:
    """Every rule, also those inside @media; of other at-rules with a block the selector is empty.

    >>> [tuple(rule) for rule in rules(".a,.b{x:y}@media (max-width:9px){.a{x:z}}")]
    [('', '.a', 'x:y'), ('', '.b', 'x:y'), ('(max-width:9px)', '.a', 'x:z')]
    """
    for head, body in _blocks(re.sub(r"/\*.*?\*/|<!--|-->", "", css, flags=re.DOTALL)):
        if head.startswith("@media"):
            for selector, inner in _blocks(body):
                yield from _listed(head.removeprefix("@media").strip(), selector, inner)
        elif head.startswith("@"):
            yield StyleRule(head, "", body)
        else:
            yield from _listed("", head, body)


def _listed(media: str, selectors: str, body: str) -> Iterator[StyleRule]:
    for selector in selectors.split(","):
        yield StyleRule(media, selector.strip(), body)


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Heads with what is between their braces."""
    depth, start, head = 0, 0, ""
    for match in re.finditer(r"[{}]", css):
        if match[0] == "{":
            if depth == 0:
                # Statements such as @import end before the head of a block.
                head, start = css[start : match.start()].rpartition(";")[2].strip(), match.end()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield head, css[start : match.start()]
                start = match.end()

"""How large the HTML part is: mailbox providers cut what is larger."""

from collections.abc import Iterator

from distribution.digests.encoding import LINE
from distribution.digests.gate.findings import HTML, Finding, Rule, error
from distribution.digests.message import HTML_LINES, TooLarge


def check_size(html: str) -> Iterator[Finding]:
    """Judge the HTML part as it was read back."""
    size = len(html.replace("\n", "\r\n").encode())
    if size > HTML_LINES * LINE:
        yield _finding(size)


def refused(error: TooLarge) -> Finding:
    """What a mail that was not even written says."""
    return _finding(error.html_bytes)


def _finding(size: int) -> Finding:
    sentence = f"{size / 1024:.1f} KiB，超过 69 KiB（编码后 95 KiB）；请缩短摘要或减少必选文章"
    return error(Rule.SIZE, HTML, sentence)

"""The digest as a browser lays it out on a phone."""

import json
import re
import subprocess
from dataclasses import replace
from html import escape, unescape
from pathlib import Path

import pytest
from digest_samples import (
    PERSONAL,
    PUBLICATION,
    TEMPLATES,
    TOPICS,
    choose,
    make_article,
    make_issue,
)
from forms import CHROMIUM

from distribution.digests import Choice, Interests, join, render_sheet
from distribution.issues import Contract
from distribution.words import Reason

PHONE = 390
MEASURE = """
<script>
addEventListener("load", () => {
  const page = document.getElementById("mail").contentDocument
  const texts = [...page.querySelectorAll("body *")].filter(one =>
    one.getClientRects().length && [...one.childNodes].some(node =>
      node.nodeType === 3 && node.textContent.trim()))
  const style = one => page.defaultView.getComputedStyle(one)
  document.body.dataset.found = JSON.stringify({
    width: page.documentElement.scrollWidth,
    smallest: Math.min(...texts.map(one => parseFloat(style(one).fontSize))),
    widest: Math.max(...texts.map(one => one.getBoundingClientRect().right)),
    links: Math.min(...[...page.querySelectorAll("a.l,a.fl")].map(one =>
      one.getBoundingClientRect().height)),
  })
})
</script>
"""


def measured(html: str, folder: Path) -> dict[str, float]:
    """What a phone's browser makes of a mail."""
    frame = f'<iframe id="mail" width="{PHONE}" height="800" srcdoc="{escape(html)}"></iframe>'
    page = folder / "page.html"
    page.write_text(f"<!DOCTYPE html><body>{frame}{MEASURE}</body>", encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", f"--user-data-dir={folder / 'profile'}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    [found] = re.findall('data-found="([^"]*)"', done.stdout)
    return dict(json.loads(unescape(found)))


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
@pytest.mark.parametrize("styled", [True, False], ids=["whole", "without the style block"])
def test_a_phone_shows_the_mail_without_zoom_or_sideways_scrolling(
    tmp_path: Path,
    styled: bool,  # noqa: FBT001
) -> None:
    words = (
        "各位读者：\n\n- [通知](https://a.example/"
        + "x" * 80
        + ")\n\nhttps://a.example/"
        + "y" * 90
    )
    articles = [
        make_article(1, "policy", lead=True, title="W" * 120),
        make_article(2, "quality", must_carry=True, title="长" * 200, summary="https://a.cn/" * 30),
        *(make_article(at, "quality") for at in range(3, 9)),
    ]
    issue = make_issue(*articles, contract=Contract(note=words, notice=words))
    sheet = render_sheet(issue, TOPICS, TEMPLATES, PUBLICATION)
    choices = (
        *choose(articles, Interests(("quality",))),
        Choice(101, Reason.WATCH_WORD, "煤" * 40),
    )
    html = join(sheet, choices, replace(PERSONAL, open_url=None)).html
    if not styled:  # as some webmail does
        html = re.sub("<style>.*?</style>", "", html, flags=re.DOTALL)
    found = measured(html, tmp_path)
    assert found["width"] <= PHONE
    assert found["widest"] <= PHONE
    assert found["smallest"] >= 14
    assert found["links"] >= 44

"""Every page, on a phone and a wide screen, light and dark: nothing serious that axe-core finds."""

from itertools import product
from pathlib import Path

import pytest
from browsing import PHONE, WIDE, Visit
from walks import WALKS

LOOKS = ((PHONE, "light"), (WIDE, "dark"))
"""Each size and each scheme once: neither changes what the other does."""
SERIOUS = ("serious", "critical")
FIND = """axe.run({resultTypes: ["violations"]}).then((found) =>
  found.violations.map((one) => [one.impact, one.id, one.nodes.map((node) => node.html)]))"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """[...document.querySelectorAll("button, select, label:has(input), .list a")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen"))
  .filter((one) => one.getBoundingClientRect().height < 43.5)
  .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("scripted", [True], indirect=True, ids=[""])
@pytest.mark.parametrize("name", WALKS)
def test_nothing_serious_is_wrong_with_a_page(
    visit: Visit, axe: str, name: str, request: pytest.FixtureRequest
) -> None:
    WALKS[name](visit)
    page, pictures = visit.page, request.config.getoption("pictures")
    page.evaluate(axe)
    for size, scheme in product((PHONE, WIDE), ("light", "dark")) if pictures else LOOKS:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if pictures:
            file = Path(pictures) / f"{name}-{size['width']}-{scheme}.png"
            page.screenshot(path=file, full_page=True)
        found = [one for one in page.evaluate(FIND) if one[0] in SERIOUS]
        assert found == [], (size, scheme)
        assert page.evaluate(TOO_WIDE) <= 0, size
        assert page.evaluate(SMALL) == [], size

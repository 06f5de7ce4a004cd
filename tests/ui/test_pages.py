"""Every page of the styleguide: accessible, within its policy, and whole on a phone of 360 px."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import Opens

pytestmark = pytest.mark.browser

AXE = Path(__file__).with_name("axe") / "axe.min.js"
PAGES = ["", "list", "parts", "ledger", "wizard", "plain"]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# Everything that a finger presses, but links that stand in a sentence (WCAG 2.5.8 lets them be small).
SMALL = """() => [...document.querySelectorAll('button, select, input:not([type=hidden]), a.btn, a.to, .tb > *')]
  .filter(e => e.checkVisibility({opacityProperty: true}))
  .filter(e => !e.matches('.unseen, .pick, .ev *, [type=checkbox], [type=radio]'))
  .filter(e => { const {width, height} = e.getBoundingClientRect(); return height && (height < 43.5 || width < 28) })
  .map(e => e.outerHTML.slice(0, 120))"""


SIZES = [(1440, "light"), (1440, "dark"), (360, "dark")]


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [*((n, *size) for n in PAGES for size in SIZES), ("", 1100, "light")]
)
def test_axe_finds_nothing(opens: Opens, name: str, width: int, scheme: str) -> None:
    page = opens(name, width=width, scheme=scheme)
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_browser_has_nothing_to_complain_about(opens: Opens, name: str) -> None:
    assert opens(name).complaints == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_phone_of_360_px(opens: Opens, name: str) -> None:
    page = opens(name, width=360, height=640)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    wide = "() => [...document.querySelectorAll('#page, main, main > *')].filter(e => e.scrollWidth > e.clientWidth + 1"
    assert page.evaluate(wide + " && getComputedStyle(e).overflowX == 'visible').map(e => e.className)") == []


@pytest.mark.parametrize("name", PAGES)
def test_what_a_finger_presses_is_44_px_high(opens: Opens, name: str) -> None:
    assert opens(name, width=390, height=844).evaluate(SMALL) == []


@pytest.mark.parametrize("name", ["", "plain", "wizard"])
def test_pages_are_readable_without_script(opens: Opens, name: str) -> None:
    page = opens(name, script=False)
    assert page.locator("main h1").is_visible()
    if not name:
        assert page.locator("textarea[name=text]").is_visible()
        assert page.locator("button[name=then]").first.is_visible()

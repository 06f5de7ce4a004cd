"""The desk by the keyboard alone, and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Signs, World, a_mail, pen, sends
from tests.config.house import until

pytestmark = [pytest.mark.browser, pytest.mark.server]
RING = """() => [document.activeElement, document.activeElement.closest('.row')]
  .some(e => e && e !== document.body && getComputedStyle(e).outlineStyle !== 'none')"""


def test_a_ticket_is_worked_on_without_a_mouse(world: World, signed_in: Signs) -> None:
    for which in ("pierwsza", "druga"):
        world.arrives(a_mail("Halo?", subject=f"Klawisze: {which}").as_bytes())
        world.ticket(f"Klawisze: {which}")
    page = signed_in("ola")
    press = page.keyboard.press
    page.goto("/tickets?view=open")
    press("?")
    expect(page.locator("#keymap-list dt").first).to_be_visible()
    press("Escape")
    press("j")
    assert page.evaluate(RING), "the focus is visible"
    press("j")
    press("k")
    press("Enter")
    page.wait_for_url(re.compile(r"/tickets/\d+"))
    expect(page.locator("#head h1")).to_contain_text("Klawisze: druga")
    chooses(page, "a", "#assignment", "Ola")
    expect(page.locator("#head .ctl")).to_contain_text("Ola Wiśniewska")
    chooses(page, "s", "#status", None)
    press("#")
    expect(page.locator("#tags [name=add]")).to_be_focused()
    page.keyboard.type("pilne")
    press("Enter")
    expect(page.locator("#head .ctl")).to_contain_text("pilne")
    press("Escape")
    press("n")
    expect(pen(page, "note").locator(".ProseMirror")).to_be_focused()
    page.keyboard.type("notatka bez myszy")
    press("Control+Enter")
    expect(page.locator(".flow .msg.note")).to_contain_text("notatka bez myszy")
    press("Escape")
    page.locator("#main").focus()
    press("r")
    expect(pen(page).locator(".ProseMirror")).to_be_focused()
    page.locator("#main").focus()
    press("e")
    number = int(re.findall(r"/tickets/(\d+)", page.url)[0])
    until(lambda: world.show(number)["state"] == "solved", "e solves")
    page.locator("#main").focus()
    press("c")
    page.wait_for_url("**/tickets/new")
    page.locator("#main").focus()
    press("/")
    page.wait_for_url("**/find**")


def chooses(page: Page, key: str, menu: str, name: str | None) -> None:
    """Opens a menu by its key, and chooses by arrows, or leaves it."""
    page.keyboard.press(key)
    expect(page.locator(menu)).to_be_visible()
    if name is None:
        page.keyboard.press("Escape")
        expect(page.locator(menu)).to_be_hidden()
        return
    for _ in range(12):
        focused = page.evaluate("document.activeElement.textContent")
        if name in focused:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_a_phone_is_enough(world: World, signed_in: Signs) -> None:
    world.arrives(a_mail("Piszę z tramwaju.", subject="Z telefonu").as_bytes())
    world.ticket("Z telefonu")
    page = signed_in("ola", width=390, height=844)
    page.goto("/tickets?view=open")
    page.locator("#rows .sub", has_text="Z telefonu").tap()
    expect(page.locator(".flow .msg .body")).to_contain_text("Piszę z tramwaju.")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".pen1 .f").tap()
    pen(page).locator(".ProseMirror").press_sequentially("Odpisuję z telefonu.")
    sends(page)
    expect(page.locator("#leaving button")).to_be_visible()
    box = page.locator("#leaving form").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    [(recipients, _)] = world.taken("Z telefonu")
    assert recipients == ["celina@kwiaciarnia.example"]
    page.locator("#head a.only-phone").first.tap()
    expect(page.locator("#rows")).to_be_visible()

"""Every page: accessible in light and dark, no wider than its window, nothing for the console to complain about."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Signs, World, a_mail, pen
from tests.ui.test_pages import AXE, RULES

pytestmark = [pytest.mark.browser, pytest.mark.server]

PAGES = [
    "/tickets?view=open",
    "/tickets/new",
    "/customers",
    "/customers/1",
    "/find?q=celina",
    "/bin",
    "/me",
    "/setup/",
    "/setup/mailboxes",
    "/setup/mailboxes/1",
    "/setup/mailboxes/new",
    "/setup/mailboxes/1/signature",
    "/setup/ledger",
    "/setup/outbox",
    "/setup/agents",
    "/setup/agents/1",
    "/setup/agents/new",
    "/setup/teams",
    "/setup/teams/1",
    "/setup/roles",
    "/setup/statuses",
    "/setup/statuses/1",
    "/setup/categories",
    "/setup/categories/1",
    "/setup/priorities",
    "/setup/priorities/1",
    "/setup/company",
    "/setup/system",
    "/setup/first/account",
    "/setup/first/company",
    "/setup/first/team",
    "/setup/first/mailbox",
    "/setup/first/finish",
    "/404",
]


def is_well(page: Page) -> list[object]:
    """What is wrong with the page as it stands: axe's findings, its width, the console's complaints."""
    page.evaluate(Path(AXE).read_text())
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    wrong: list[object] = [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than its window")
    complaints = [text for text in page.complaints if "404" not in text]  # type: ignore[attr-defined]
    page.complaints.clear()  # type: ignore[attr-defined]
    return [*wrong, *complaints]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_pages(world: World, signed_in: Signs, scheme: str, width: int) -> None:
    world.arrives(
        a_mail("Dzień dobry!", subject="Na każdej stronie", html="<p>Dzień <b>dobry</b>!</p>").as_bytes()
    )
    number = world.ticket("Na każdej stronie")["number"]
    page = signed_in("hania", width=width, scheme=scheme)
    wrong = {}
    for path in [*PAGES, f"/tickets/{number}"]:
        response = page.goto(path)
        assert response
        assert response.status == (404 if path == "/404" else 200), path
        if found := is_well(page):
            wrong[path] = found
    if width < 720:
        page.locator(".pen1 .f").tap()
    page.keyboard.press("r")
    pen(page).locator(".ProseMirror").wait_for()
    if found := is_well(page):
        wrong["composer"] = found
    assert wrong == {}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_signing_in(world: World, browser: Signs, scheme: str, width: int) -> None:
    page = browser(world.address, scheme=scheme, width=width)
    page.goto("/sign-in")
    assert is_well(page) == []

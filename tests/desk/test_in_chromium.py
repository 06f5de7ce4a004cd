"""The desk in a real browser: accessible everywhere, and a list that stays where it is while tickets open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.builders import a_mail
from tests.config.house import House, a_house, set_up
from tests.ui.conftest import FLAGS
from tests.ui.test_pages import AXE, RULES, SMALL

pytestmark = pytest.mark.browser

PAGES = [
    "/tickets?view=open",
    "/tickets?view=solved",
    "/tickets/new",
    "/customers",
    "/customers/1",
    "/find?q=celina",
    "/find",
    "/bin",
    "/me",
    "/sign-out",
]
SIZES = [(1440, "light"), (360, "dark")]
SEED = """
from tests.builders import SETUP, a_mail, a_ticket
from okienko.mailroom.models import Channel
from okienko.tickets.lifecycle import put_in_bin
channel = Channel.objects.get()
for n in range(24):
    ticket = a_ticket(channel, subject=f"Sprawa {n}", from_=f"Klient {n} <k{n}@poczta.example>")
put_in_bin(ticket, by=SETUP, why="Reklama")
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("desk")) as house:
        set_up(house)
        house.python(SEED)
        yield house


@pytest.fixture(scope="module")
def desk(house: House) -> str:
    return house.run()[1]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    where = shutil.which("chromium")
    if not where:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=where, args=FLAGS) as browser,
    ):
        yield browser


@pytest.fixture(scope="module")
def cookies(desk: str, chromium: Browser) -> list[dict[str, object]]:
    context = chromium.new_context(base_url=desk)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=login]", "hania@bez.example")
    page.fill("input[name=password]", "rower-na-balkonie")
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/tickets**")
    found = context.cookies()
    context.close()
    return found  # type: ignore[return-value]


def opened(
    chromium: Browser,
    desk: str,
    cookies: list[dict[str, object]],
    path: str,
    width: int = 1440,
    scheme: str = "light",
) -> Page:
    context = chromium.new_context(
        base_url=desk,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=width < 720,
    )
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: said.type in ("error", "warning") and page.complaints.append(said.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.goto(path)
    return page


@pytest.mark.parametrize("path", [*PAGES, "/sign-in"])
def test_every_page_is_accessible_whole_and_quiet(
    chromium: Browser, desk: str, cookies: list[dict[str, object]], path: str
) -> None:
    for width, scheme in SIZES:
        page = opened(chromium, desk, [] if path == "/sign-in" else cookies, path, width, scheme)
        page.evaluate(Path(AXE).read_text())
        found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], (
            width,
            scheme,
        )
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.complaints == []  # type: ignore[attr-defined]
        if width < 720:
            assert page.evaluate(SMALL) == []
        page.context.close()


def test_the_list_stays_where_it_is_while_tickets_open(
    chromium: Browser, desk: str, cookies: list[dict[str, object]]
) -> None:
    page = opened(chromium, desk, cookies, "/tickets?view=open&order=oldest")
    page.evaluate(
        "document.getElementById('list').mine = true; document.getElementById('rows').scrollTop = 300"
    )
    place = "() => [document.getElementById('list').mine, document.getElementById('rows').scrollTop]"
    for number in (10009, 10008):
        page.click(f"#row-{number} a")
        expect(page.locator("main h1")).to_contain_text(f"#{number}")
        expect(page.locator("#list [aria-current=true]")).to_have_count(
            1 + 1
        )  # the row, and the order in its menu
        expect(page.locator(f"#row-{number}")).to_have_attribute("aria-current", "true")
        assert page.evaluate(place) == [True, 300]
    page.go_back()
    expect(page.locator("#row-10009")).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page.locator("#rows [aria-current]")).to_have_count(0)
    page.context.close()


def test_a_ticket_opened_by_its_address_gets_its_list(
    chromium: Browser, desk: str, cookies: list[dict[str, object]]
) -> None:
    page = opened(chromium, desk, cookies, "/tickets/10003?view=open")
    expect(page.locator("#row-10003")).to_have_attribute("aria-current", "true")
    expect(page.locator("#list-title")).to_be_visible()
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def test_on_a_phone_the_list_beside_a_ticket_is_not_even_read(
    chromium: Browser, desk: str, cookies: list[dict[str, object]]
) -> None:
    page = opened(chromium, desk, cookies, "/tickets/10003?view=open", 390)
    page.wait_for_load_state("networkidle")
    assert page.locator("#list .row").count() == 0
    page.context.close()


def test_new_mail_shows_up_by_itself_and_the_place_is_kept(
    chromium: Browser, desk: str, house: House, cookies: list[dict[str, object]]
) -> None:
    page = opened(chromium, desk, cookies, "/tickets/10005?view=open")
    page.locator("#row-10005").wait_for()
    page.evaluate("document.getElementById('rows').scrollTop = 200")
    raw = a_mail(subject="Świeża sprawa", from_="Nowa Osoba <nowa@poczta.example>")
    assert house.okienko("mail", "deliver", "--mailbox", "pomoc@bez.example", stdin=raw).returncode == 0
    row = page.locator(".row", has_text="Świeża sprawa")
    expect(row).to_be_attached(timeout=15_000)
    expect(row).to_have_class("row new came")
    expect(page.locator(".row.came")).to_have_count(1)
    expect(page.locator("#row-10005")).to_have_attribute("aria-current", "true")
    assert page.evaluate("document.getElementById('rows').scrollTop") >= 200
    expect(page.locator(".rail .to[href='/tickets?view=open'] .cnt")).to_have_text("24")
    page.context.close()

"""The ticket's page in a real browser, with two agents at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.builders import a_mail
from tests.config.house import House, a_house, set_up
from tests.ui.conftest import FLAGS
from tests.ui.test_pages import AXE, RULES, SMALL

pytestmark = pytest.mark.browser
PASSWORD = "rower-na-balkonie"
SEED = """
from tests.builders import SETUP, a_mail, a_ticket, arrives
from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Role, Team
from okienko.tickets import assignment, conversation
from okienko.tickets.drafts import content_of
channel = Channel.objects.get()
marek = directory.add_agent(email="marek@bez.example", name="Marek Kos", role=Role.objects.get(code="supervisor"),
    by=SETUP, password="rower-na-balkonie", teams=Team.objects.all(), language="en")
rich = '<table style="background:#eef"><tr><td><h1>Oferta</h1><p>Tekst</p><img src="https://x.example/p.gif"></td></tr></table>'
for n in range(8):
    ticket = a_ticket(channel, subject=f"Sprawa {n}", from_=f"Klient {n} <k{n}@poczta.example>")
klient = "Klient 0 <k0@poczta.example>"
pdf = ("umowa.pdf", b"%PDF")
arrives(a_mail("Oferta", subject="[#10001]", from_=klient, html=rich, files=(pdf,)), channel)
for n in range(9):
    arrives(a_mail(f"Dopisek {n}\\n\\n> cytat", subject="[#10001]", from_=klient), channel)
from okienko.tickets.models import Ticket
first = Ticket.objects.get(number=10001)
conversation.note(first, content=content_of("<p>Notatka</p>"), by=marek.actor)
assignment.assign(first, to=marek, by=marek.actor)
to = [{"name": "", "address": "k0@poczta.example"}]
conversation.reply(first, content=content_of("<p>Tak</p>", to=to), by=marek.actor, seen=conversation.newest_seen(first))
Ticket.objects.filter(number=10001).update(failure_of=marek)
"""
Looks = Callable[..., Page]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("ticket")) as house:
        set_up(house)
        house.python(SEED)
        yield house


@pytest.fixture(scope="module")
def desk(house: House) -> str:
    return house.run(OKIENKO_OUTBOUND="log")[1]


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
def signed_in(desk: str, chromium: Browser) -> dict[str, list[dict[str, object]]]:
    """The cookies of each agent."""
    found = {}
    for name in ("hania", "marek"):
        context = chromium.new_context(base_url=desk)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("input[name=login]", f"{name}@bez.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/tickets**")
        found[name] = context.cookies()
        context.close()
    return found  # type: ignore[return-value]


@pytest.fixture
def looks(chromium: Browser, desk: str, signed_in: dict[str, list[dict[str, object]]]) -> Iterator[Looks]:
    """looks("hania", "/tickets/10001", width=390): that page as she sees it."""
    contexts = []

    def opened(
        who: str,
        path: str,
        *,
        width: int = 1440,
        height: int = 900,
        scheme: str = "light",
        script: bool = True,
    ) -> Page:
        context = chromium.new_context(
            base_url=desk,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            has_touch=width < 720,
            java_script_enabled=script,
        )
        contexts.append(context)
        context.add_cookies(signed_in[who])  # type: ignore[arg-type]
        page = context.new_page()
        page.complaints = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
        page.goto(path)
        if script:
            page.locator(".pen:not([hidden]) .ProseMirror").wait_for(state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()


def writes(page: Page, text: str, key: str = "r") -> None:
    """Opens a composer by its key and writes; pressed before the page's script runs, the key follows its plain link."""
    pen = page.locator(".pen:not([hidden]) .ProseMirror")
    page.keyboard.press(key)
    try:
        expect(pen).to_be_focused()
    except AssertionError:
        pen.wait_for(state="attached")
        page.keyboard.press(key)
        expect(pen).to_be_focused()
    page.keyboard.type(text)


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")]
)
def test_the_page_is_accessible_whole_and_quiet(width: int, scheme: str, looks: Looks) -> None:
    page = looks("hania", "/tickets/10001?view=open", width=width, scheme=scheme)
    page.wait_for_load_state("networkidle")
    page.evaluate(Path(AXE).read_text())
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.complaints == []  # type: ignore[attr-defined]
    if width < 720:
        assert page.evaluate(SMALL) == []


def test_a_click_is_seen_here_and_by_a_colleague(looks: Looks) -> None:
    hania, marek = looks("hania", "/tickets/10002?view=open"), looks("marek", "/tickets/10002?view=open")
    hania.keyboard.press("a")
    expect(hania.locator("#assignment [aria-pressed]")).to_be_focused()
    hania.keyboard.press("m")
    hania.keyboard.press("Enter")
    for page in (hania, marek):
        expect(page.locator("[popovertarget=assignment]")).to_contain_text("Marek Kos")
        expect(page.locator(".ev").last).to_contain_text("Marek Kos")
    marek.keyboard.press("e")
    expect(hania.locator("[popovertarget=status]")).to_contain_text("Rozwiązane")
    marek.keyboard.press("#")
    expect(marek.locator("#tags [name=add]").first).to_be_focused()
    marek.keyboard.type("pilne")
    marek.keyboard.press("Enter")
    expect(hania.locator("[popovertarget=tags]")).to_contain_text("pilne")


def test_a_draft_survives_and_two_windows_dont_overwrite_each_other(looks: Looks) -> None:
    first, second = looks("hania", "/tickets/10003?view=open"), looks("hania", "/tickets/10003?view=open")
    writes(first, "Okno pierwsze")
    expect(first.locator(".pen:not([hidden]) .saved")).to_have_text("Szkic zapisany")
    first.reload()
    expect(first.locator(".pen:not([hidden]) .ProseMirror")).to_have_text("Okno pierwsze")
    writes(second, "Okno drugie")
    expect(second.locator(".conflict:visible blockquote")).to_have_text("Okno pierwsze")
    second.locator(".conflict:visible button").first.click()
    expect(second.locator(".pen:not([hidden]) .ProseMirror")).to_have_text("Okno pierwsze")
    second.locator(".pen:not([hidden]) .ProseMirror").press("End")
    second.keyboard.type(" i dalej")
    expect(second.locator(".pen:not([hidden]) .saved")).to_have_text("Szkic zapisany")
    second.reload()
    expect(second.locator(".pen:not([hidden]) .ProseMirror")).to_have_text("Okno pierwsze i dalej")


def test_nothing_is_answered_against_an_older_state(house: House, looks: Looks) -> None:
    page = looks("hania", "/tickets/10004?view=open")
    writes(page, "Paczka jest w drodze")
    raw = a_mail("Znalazła się!", subject="[#10004]", from_="Klient 3 <k3@poczta.example>")
    assert house.okienko("mail", "deliver", "--mailbox", "pomoc@bez.example", stdin=raw).returncode == 0
    expect(page.locator(".msg").last).to_contain_text("Znalazła się!", timeout=15_000)
    expect(page.locator(".pen:not([hidden]) .ProseMirror")).to_have_text("Paczka jest w drodze")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".says")).to_contain_text("Znalazła się!")
    expect(page.locator(".pen:not([hidden]) .ProseMirror")).to_have_text("Paczka jest w drodze")
    page.locator(".says button").click()
    expect(page.locator(".msg").last).to_contain_text("Paczka jest w drodze")
    expect(page.locator(".says")).to_be_empty()
    expect(page.locator(".pen:not([hidden]) .ProseMirror")).to_have_text("")


def test_what_came_before_one_begins_to_write_is_known(house: House, looks: Looks) -> None:
    page = looks("hania", "/tickets/10005?view=open")
    raw = a_mail("Dopisek", subject="[#10005]", from_="Klient 4 <k4@poczta.example>")
    assert house.okienko("mail", "deliver", "--mailbox", "pomoc@bez.example", stdin=raw).returncode == 0
    expect(page.locator(".msg").last).to_contain_text("Dopisek", timeout=15_000)
    writes(page, "Dziękujemy za dopisek")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg").last).to_contain_text("Dziękujemy za dopisek")


def test_ten_seconds_to_take_it_back(looks: Looks) -> None:
    page = looks("hania", "/tickets/10006?view=open")
    writes(page, "Za szybko")
    page.locator(".pen:not([hidden]) input[type=file]").set_input_files(
        {"name": "cennik.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    expect(page.locator(".pen:not([hidden]) .files li")).to_contain_text("cennik.pdf")
    page.locator(".pen:not([hidden]) .ProseMirror").press("Control+Enter")
    expect(page.locator("[popovertarget=status]")).to_contain_text("Czeka na klienta")
    page.locator("#leaving button").click()
    expect(page.locator(".pen:not([hidden]) .ProseMirror")).to_have_text("Za szybko")
    expect(page.locator(".pen:not([hidden]) .files li")).to_contain_text("cennik.pdf")
    expect(page.locator("[popovertarget=status]")).to_contain_text("Nowe")
    expect(page.locator(".msg")).to_have_count(1)
    expect(page.locator("#leaving")).to_be_empty()


def test_a_note_looks_different_and_stays_here(looks: Looks) -> None:
    page = looks("hania", "/tickets/10006?view=open")
    reply = page.locator(".pen:not([hidden])").evaluate("e => getComputedStyle(e).backgroundColor")
    writes(page, "Tylko dla nas", "n")
    note = page.locator(".pen:not([hidden])")
    assert note.evaluate("e => getComputedStyle(e).backgroundColor") != reply
    assert note.locator("[name=to]").count() == 0
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.note")).to_contain_text("Tylko dla nas")


def test_whoever_is_new_to_the_ticket_is_pointed_out(looks: Looks) -> None:
    page = looks("hania", "/tickets/10007?view=open")
    pen = page.locator(".pen:not([hidden])")
    expect(pen.locator(".whom")).to_contain_text("Klient 6 <k6@poczta.example>")
    pen.locator(".whom").click()
    expect(pen.locator(".new")).to_be_hidden()
    pen.locator("[name=cc]").fill("Obcy <Obcy@gdzie.example>")
    expect(pen.locator(".new")).to_contain_text("Obcy@gdzie.example")
    expect(pen.locator(".whom")).to_contain_text("Obcy@gdzie.example")
    pen.locator("[name=cc]").press("Enter")
    expect(page.locator(".msg")).to_have_count(1)


def test_a_message_is_handed_on_from_its_menu(looks: Looks) -> None:
    page = looks("hania", "/tickets/10008?view=open")
    page.locator(".msg .more").first.click()
    page.locator(".menu:popover-open button[name=message]").click()
    pen = page.locator(".pen:not([hidden])")
    expect(pen).to_have_count(1)
    expect(pen.locator(".ProseMirror")).to_contain_text("gdzie jest moja paczka")
    pen.locator("[name=to]").fill("kurier@firma.example")
    pen.locator(".ProseMirror").press("Control+Enter")
    expect(page.locator(".msg").last).to_contain_text("kurier@firma.example")


def test_remote_pictures_wait_in_a_frame_as_tall_as_the_mail(looks: Looks) -> None:
    page = looks("hania", "/tickets/10001?view=open")
    frame = page.frame_locator("iframe[name^=mail-]")
    expect(frame.locator("h1")).to_have_text("Oferta")
    assert frame.locator("img").get_attribute("src") is None
    assert page.locator("iframe").evaluate("e => e.clientHeight") < 240
    page.locator(".shut a").click()
    expect(frame.locator("img")).to_have_attribute("src", "https://x.example/p.gif")


def test_on_a_phone_the_composer_is_one_line_until_it_is_pressed(looks: Looks) -> None:
    page = looks("hania", "/tickets/10005?view=open", width=390, height=844)
    expect(page.locator(".pen:visible")).to_have_count(0)
    expect(page.locator(".pen1 .f")).to_contain_text("Klient 4")
    page.locator(".pen1 .nt").tap()
    expect(page.locator(".pen:visible")).to_have_attribute("data-kind", "note")
    page.locator(".pen:visible .to > .ib").tap()
    expect(page.locator(".pen:visible")).to_have_count(0)
    page.locator("[popovertarget=side]").tap()
    expect(page.locator("#side")).to_contain_text("k4@poczta.example")


def test_it_all_works_without_script(looks: Looks) -> None:
    page = looks("marek", "/tickets/10007?view=open", script=False)
    page.locator("[popovertarget=priority]").click()
    page.locator("#priority button", has_text="High").click()
    expect(page.locator("[popovertarget=priority]")).to_contain_text("High")
    assert page.url.endswith("view=open")
    pen = page.locator(".pen:not([hidden])")
    pen.locator("textarea").fill("Bez skryptu\n\n<b>drugi</b>")
    pen.locator("[name=files]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"})
    pen.locator(".split > button").first.click()
    sent = page.locator(".msg").last
    expect(sent).to_contain_text("<b>drugi</b>")
    expect(sent).to_contain_text("a.txt")
    page.locator("#leaving button").click()
    expect(page.locator(".pen:not([hidden]) textarea")).to_have_value("Bez skryptu\n\n<b>drugi</b>")
    page.locator(".tabs:visible a", has_text="Note").click()
    page.locator(".pen:not([hidden]) textarea").fill("notatka")
    page.locator(".pen:not([hidden]) button.note").click()
    expect(page.locator(".msg.note")).to_contain_text("notatka")

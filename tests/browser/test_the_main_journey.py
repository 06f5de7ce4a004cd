"""From an empty directory to a solved ticket: a company's first hour with Okienko."""

from __future__ import annotations

import re
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import POMOC, Signs, World, a_mail, a_world
from tests.config.house import until
from tests.servers import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.server]
SUBJECT = "Gdzie jest paczka z tulipanami?"


def test_a_mailbox_becomes_a_helpdesk(tmp_path: Path, browser: Signs) -> None:
    with a_world(tmp_path) as world:
        _, world.address = world.house.run()
        page = browser(world.address)
        walks_through_the_wizard(page, world)
        a_mail_shows_up(page, world)
        number = opens_and_takes(page)
        ours = answers(page, world, tmp_path)
        the_customer_answers_back(page, world, number, ours)
        solves_and_is_reopened(page, world, number)
        assert page.complaints == []  # type: ignore[attr-defined]


def walks_through_the_wizard(page: Page, world: World) -> None:
    """By the printed address; the mailbox sends itself two mails and gets both back."""
    printed = re.search(r"/setup/first\?token=\S+", world.house.said())
    assert printed
    page.goto(printed[0])
    assert page.locator("html").get_attribute("lang") == "pl"
    assert "token" not in page.url
    page.locator("[name=name]").fill("Hania Zięba")
    page.locator("[name=email]").fill("hania@bez.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator(".foot .pri").click()
    page.locator("[name=company]").fill("Bez – kwiaty i ogród")
    expect(page.locator("[name=language]")).to_have_value("pl")
    expect(page.locator("[name=time_zone]")).to_have_value("Europe/Warsaw")
    page.locator(".foot .pri").click()
    page.locator("[name=name]").fill("Obsługa")
    page.locator(".foot .pri").click()
    connects(page, world)
    page.locator(".foot .pri").click()
    page.wait_for_url("**/finish")
    page.locator(".foot .pri").click()
    page.locator("#rail").wait_for()


def connects(page: Page, world: World) -> None:
    page.locator("[name=address]").fill(POMOC)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("details.box summary").click()
    for kind, port in (("imap", world.imap.port), ("smtp", world.smtp.port)):
        page.locator(f"[name={kind}_host]").fill("127.0.0.1")
        page.locator(f"[name={kind}_port]").fill(str(port))
        page.locator(f"[name={kind}_security]").select_option("none")
    page.locator("[name=imap_user]").fill(POMOC)
    page.locator(".foot button.pri").click()
    expect(page.locator("#test .chk .b.y")).to_have_count(4, timeout=60_000)


def a_mail_shows_up(page: Page, world: World) -> None:
    page.goto("/tickets?view=open")
    expect(page.locator("#rows .row")).to_have_count(0)
    page.evaluate("window.wasNotReloaded = true")
    began = time.monotonic()
    world.arrives(
        a_mail(
            "Dzień dobry,\nzamówiłam tulipany i nic nie przyszło.\nCelina",
            subject=SUBJECT,
            Message_ID="<pierwsza@poczta.example>",
        ).as_bytes()
    )
    expect(page.locator("#rows .row .sub")).to_have_text(SUBJECT)
    seconds = time.monotonic() - began
    print(f"a mail was on the desk after {seconds:.1f} s")
    assert page.evaluate("window.wasNotReloaded")


def opens_and_takes(page: Page) -> int:
    """By keys alone."""
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tickets/\d+"))
    found = re.search(r"/tickets/(\d+)", page.url)
    assert found
    expect(page.locator(".flow .msg .body")).to_contain_text("zamówiłam tulipany")
    page.keyboard.press("a")
    page.locator("#assignment [role=menuitem], #assignment button").filter(has_text="Hania").first.click()
    expect(page.locator("#head .ctl")).to_contain_text("Hania")
    return int(found[1])


def answers(page: Page, world: World, folder: Path) -> EmailMessage:
    """Writes, attaches, sends, takes back, sends again; returns what the customer got."""
    page.keyboard.press("r")
    editor = page.locator(".pen[data-kind=reply] .ProseMirror")
    editor.press_sequentially("Dzień dobry, ")
    page.keyboard.press("Control+b")
    editor.press_sequentially("już sprawdzam")
    page.keyboard.press("Control+b")
    editor.press_sequentially(" i oddzwonię.")
    (folder / "list przewozowy.pdf").write_bytes(b"%PDF-1.4 okienko")
    # The file is still on its way when she presses Send: the message waits for it.
    page.route("**/drafts/reply/files", lambda route: (time.sleep(0.5), route.continue_()))
    page.locator(".pen[data-kind=reply] [name=files]").set_input_files(folder / "list przewozowy.pdf")
    page.locator(".pen[data-kind=reply] .split button.pri").first.click()
    page.locator("#leaving button").click()
    expect(editor).to_contain_text("Dzień dobry, już sprawdzam i oddzwonię.")
    expect(editor.locator("strong")).to_have_text("już sprawdzam")
    expect(page.locator(".pen[data-kind=reply] .files li")).to_contain_text("list przewozowy.pdf")
    expect(page.locator(".pen[data-kind=reply] .whom")).to_contain_text("celina@kwiaciarnia.example")
    assert world.taken(count=0) == []
    page.locator(".pen[data-kind=reply] .split button.pri").first.click()
    [(recipients, mail)] = world.taken()
    assert recipients == ["celina@kwiaciarnia.example"]
    is_as_clients_need_it(mail)
    return mail


def is_as_clients_need_it(mail: EmailMessage) -> None:
    assert mail["In-Reply-To"] == "<pierwsza@poczta.example>"
    assert mail["References"] == "<pierwsza@poczta.example>"
    assert re.fullmatch(r"<t\d+\.[0-9a-f]{12}\.[0-9a-z]+@bez\.example>", mail["Message-ID"])
    assert re.search(r"pomoc\+t\d+\.[0-9a-z]+@bez\.example", mail["Reply-To"])
    assert mail["To"].addresses[0].addr_spec == "celina@kwiaciarnia.example"
    assert (mail["From"].addresses[0].addr_spec, mail["Cc"], mail["Bcc"]) == (POMOC, None, None)
    assert mail["Subject"].startswith(f"Re: {SUBJECT}")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    assert "Dzień dobry, już sprawdzam i oddzwonię." in text.get_content().replace("*", "").replace("\n", " ")
    assert re.search(r"<(strong|b)\b[^>]*>już sprawdzam</", html.get_content())
    for part in (text, html):
        assert "zamówiłam tulipany" in part.get_content(), "the history is quoted"
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == (
        "list przewozowy.pdf",
        b"%PDF-1.4 okienko",
    )


def the_customer_answers_back(page: Page, world: World, number: int, ours: EmailMessage) -> None:
    """By headers alone, by the reply address alone; both on the open page without a reload."""
    page.evaluate("window.wasNotReloaded = true")
    ours_id = str(ours["Message-ID"])
    for mail in (
        a_mail("Tylko nagłówki.", subject="Coś całkiem innego", In_Reply_To=ours_id, References=ours_id),
        a_mail("Tylko adres.", subject="(bez tematu)", to=str(ours["Reply-To"]), from_="c.bez@dom.example"),
    ):
        began = time.monotonic()
        world.arrives(mail.as_bytes())
        expect(page.locator(".flow .msg").last).to_contain_text(mail.get_content().strip())
        print(f"{mail.get_content().strip()} joined on the open page after {time.monotonic() - began:.1f} s")
    assert page.evaluate("window.wasNotReloaded")
    assert [t["number"] for t in world.all()] == [number]


def solves_and_is_reopened(page: Page, world: World, number: int) -> None:
    page.keyboard.press("r")
    page.locator(".pen[data-kind=reply] .ProseMirror").press_sequentially("Paczka doręczona. Dziękuję!")
    page.locator(
        ".pen[data-kind=reply] .split [popovertarget], .pen[data-kind=reply] .split .btn"
    ).last.click()
    page.locator("#send-reply button").nth(2).click()
    page.locator("#leaving button").wait_for()
    until(lambda: world.show(number)["state"] == "solved", "the ticket is solved")
    last = world.taken(count=2)[1][1]
    world.arrives(
        a_mail(
            "A jednak nie ma.", subject=str(last["Subject"]), In_Reply_To=str(last["Message-ID"])
        ).as_bytes()
    )
    expect(page.locator(".flow .msg").last).to_contain_text("A jednak nie ma.")
    assert world.show(number)["state"] == "open"

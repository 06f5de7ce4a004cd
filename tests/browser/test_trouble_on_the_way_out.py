"""A reply that is refused, comes back, or of which nobody knows: its author sees it and can act."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import Envelope
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Signs, World, a_mail, sends, writes
from tests.config.house import until

pytestmark = [pytest.mark.browser, pytest.mark.server]
CAUSES = ("odmowa", "zwrot", "zerwanie")
REPORT = """\
From: MAILER-DAEMON@mx.poczta.example (Mail Delivery System)
To: pomoc@bez.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <raport@mx.poczta.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=us-ascii

<{address}>: 550 5.1.1 User unknown

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.poczta.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B1
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: {subject}

--B1--
"""


@pytest.fixture
def troubled(world: World) -> World:
    """Refuses odmowa@, breaks the connection after zerwanie@'s mail."""
    world.smtp.on_rcpt = lambda to: "550 5.1.1 User unknown" if to.startswith("odmowa@") else None

    def breaks(envelope: Envelope) -> None:
        world.smtp.drop_after_data = any(to.startswith("zerwanie@") for to in envelope.rcpt_tos)

    world.smtp.on_data = breaks
    yield world  # type: ignore[misc]
    world.smtp.on_rcpt = world.smtp.on_data = lambda _: None
    world.smtp.drop_after_data = False


def fate(page: Page) -> Locator:
    return page.locator(".flow .fate").last


def test_every_failure_is_on_the_message_and_in_its_authors_list(troubled: World, signed_in: Signs) -> None:
    world, page = troubled, signed_in("ola")
    numbers = {}
    for cause in CAUSES:
        world.arrives(a_mail("Halo?", subject=f"Kłopot: {cause}", from_=f"{cause}@klient.example").as_bytes())
    for cause in CAUSES:
        numbers[cause] = world.ticket(f"Kłopot: {cause}")["number"]
        page.goto(f"/tickets/{numbers[cause]}")
        writes(page, f"Odpowiedź: {cause}.")
        sends(page)
        page.locator("#leaving button").wait_for()
    [(_, sent)] = world.taken("Kłopot: zwrot")
    returns(world, sent)

    refused(page, world, numbers["odmowa"])
    page.goto(f"/tickets/{numbers['zwrot']}")
    expect(fate(page).locator(".chip.fail")).to_contain_text("zwrot@klient.example")
    fate(page).locator("form[action$='/failure'] button").click()
    expect(page.locator("#failure")).to_have_count(0)
    unsure(page, world, numbers["zerwanie"])


def returns(world: World, sent: EmailMessage) -> None:
    report = REPORT.format(address="zwrot@klient.example", message_id=sent["Message-ID"], subject="Kłopot")
    world.arrives(report.replace("\n", "\r\n").encode())


def refused(page: Page, world: World, number: int) -> None:
    """Shown with what the other server said; sent again by hand, once."""
    page.goto(f"/tickets/{number}")
    expect(fate(page).locator(".chip.fail")).to_be_visible()
    expect(fate(page)).to_contain_text("User unknown")
    page.goto("/tickets?view=mine")
    expect(page.locator(f"#row-{number} .chip.fail")).to_be_visible()
    page.goto(f"/tickets/{number}")
    world.smtp.on_rcpt = lambda _: None
    fate(page).locator("form[action$='/again'] button").click()
    world.taken("Kłopot: odmowa")
    expect(page.locator("#head .chip.fail")).to_have_count(0)
    expect(fate(page).locator(".chip.fail")).to_have_count(0)


def unsure(page: Page, world: World, number: int) -> None:
    """Never sent again by itself; by hand it goes with the same Message-ID."""
    page.goto(f"/tickets/{number}")
    expect(fate(page).locator(".chip.fail")).to_be_visible()
    assert world.show(number)["messages"][-1]["delivery"]["state"] == "unsure"
    assert len(world.taken("Kłopot: zerwanie")) == 1
    world.smtp.on_data = lambda _: None
    world.smtp.drop_after_data = False
    fate(page).locator("form[action$='/again'] button").click()
    both = world.taken("Kłopot: zerwanie", 2)
    assert len({mail["Message-ID"] for _, mail in both}) == 1
    until(lambda: world.show(number)["messages"][-1]["delivery"]["state"] == "sent", "it is sent")

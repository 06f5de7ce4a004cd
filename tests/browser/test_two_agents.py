"""Nothing is answered twice, nothing written is lost, and a note stays in the house."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Signs, World, a_mail, pen, sends, writes

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_a_stale_reply_waits_for_what_its_author_has_not_read(world: World, signed_in: Signs) -> None:
    world.arrives(a_mail("Czy są peonie?", subject="Peonie").as_bytes())
    number = world.ticket("Peonie")["number"]
    ola, marek = signed_in("ola"), signed_in("marek")
    for page in (ola, marek):
        page.goto(f"/tickets/{number}")

    writes(ola, "Niestety nie ma.")
    expect(pen(ola).locator(".saved")).not_to_be_empty()
    ola.reload()
    expect(pen(ola).locator(".ProseMirror")).to_have_text("Niestety nie ma.")
    writes(marek, "Tylko dla zespołu: peonie w piątek.", "note")
    sends(marek, "note")
    for page in (ola, marek):
        expect(page.locator(".flow .msg.note")).to_contain_text("peonie w piątek")
    expect(pen(marek, "note").locator(".ProseMirror")).to_have_text("")
    writes(marek, "Peonie będą w piątek.")
    sends(marek)
    expect(ola.locator(".flow .msg").last).to_contain_text("Peonie będą w piątek.")

    sends(ola)
    says = ola.locator(f"#says-{number} [role=alert]")
    expect(says).to_contain_text("Peonie będą w piątek.")
    expect(pen(ola).locator(".ProseMirror")).to_have_text("Niestety nie ma.")
    pen(ola).locator(".ProseMirror").press("Control+End")
    ola.keyboard.type(" Przepraszam.")
    says.locator("[name=read]").click()

    bodies = [mail.get_body(("plain",)).get_content() for _, mail in world.taken("Peonie", 2)]  # type: ignore[union-attr]
    assert [body.split("\n")[0].strip() for body in bodies] == [
        "Peonie będą w piątek.",
        "Niestety nie ma. Przepraszam.",
    ]
    parts = [
        part.get_content()
        for _, mail in world.taken()
        for part in mail.walk()
        if part.get_content_type()[:4] == "text"
    ]
    assert not any("Tylko dla zespołu" in part for part in parts)

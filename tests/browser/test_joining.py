"""Which ticket a mail joins, and what its history says about it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ZWROTY, Signs, World, a_mail
from tests.config.house import until

pytestmark = [pytest.mark.browser, pytest.mark.server]
DRUGI = "Drugi <drugi@obcy.example>"


def texts(shown: dict) -> list[str]:  # type: ignore[type-arg]
    return [message["text"].strip() for message in shown["messages"]]


def test_the_customers_mails_join_and_a_strangers_does_not(world: World, signed_in: Signs) -> None:
    first = a_mail("Zwracam sukienkę.", subject="Zwrot sukienki", Message_ID="<sukienka@poczta.example>")
    world.arrives(first.as_bytes())
    number = world.ticket("Zwrot sukienki")["number"]
    for mail in (
        a_mail("Bez numeru.", subject="Odp: Zwrot", In_Reply_To="<sukienka@poczta.example>"),
        a_mail("Inny temat.", subject="Pytanie", References="<x@y.example> <sukienka@poczta.example>"),
        a_mail("Tylko numer.", subject=f"AW: co tam? [#{number}]"),
        a_mail("Cudzy numer.", subject=f"Re: Zwrot sukienki [#{number}]", from_=DRUGI),
    ):
        world.arrives(mail.as_bytes())
    stranger = world.ticket(f"Re: Zwrot sukienki [#{number}]")
    until(lambda: len(world.show(number)["messages"]) == 4, "three more messages joined")
    assert sorted(texts(world.show(number))) == [
        "Bez numeru.",
        "Inny temat.",
        "Tylko numer.",
        "Zwracam sukienkę.",
    ]
    assert texts(stranger) == ["Cudzy numer."]

    page = signed_in("ola")
    page.goto(f"/tickets/{stranger['number']}")
    opened = page.locator(".flow .ev").first
    opened.locator("summary").click()
    expect(opened).to_contain_text(f"#{number}")
    expect(opened).to_contain_text("drugi@obcy.example")


def test_the_same_subject_of_two_customers_makes_two_tickets(world: World) -> None:
    for sender in ("Jedna <jedna@poczta.example>", DRUGI):
        world.arrives(a_mail("Kiedy otwieracie?", subject="Godziny otwarcia", from_=sender).as_bytes())
    until(lambda: sum(t["subject"] == "Godziny otwarcia" for t in world.all()) == 2, "two tickets")


def test_the_same_mail_twice_and_at_two_addresses_is_one_conversation(world: World) -> None:
    raw = a_mail("Do obu skrzynek.", subject="Jeden list", to=f"pomoc@bez.example, {ZWROTY}").as_bytes()
    before = {box["mailbox"]: box for box in world.ledger()}
    world.arrives(raw)
    world.ticket("Jeden list")
    world.arrives(raw)
    world.arrives(raw, ZWROTY)

    def duplicates() -> list[int]:
        return [box["duplicates"] - before[box["mailbox"]]["duplicates"] for box in world.ledger()]

    until(lambda: duplicates() == [1, 1], "each mailbox counts a duplicate")
    assert all(box["balanced"] for box in world.ledger())
    shown = world.ticket("Jeden list")
    assert texts(shown) == ["Do obu skrzynek."]
    assert "MessageAlsoReceived" in [event["kind"] for event in shown["events"]]

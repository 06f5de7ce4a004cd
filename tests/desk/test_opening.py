"""A ticket opened by hand."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from okienko.desk import opening
from okienko.files import store
from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Agent, Customer, Team
from okienko.tickets.models import Attachment, Ticket
from tests.builders import SETUP, a_ticket

CALL = {
    "name": "Anna Kowalska",
    "phone": "600 100 200",
    "way": "phone",
    "subject": "Dzwoni w sprawie paczki",
    "text": "Paczka nie dotarła.",
}


@pytest.fixture
def desk(ola: Agent, client: Client) -> Client:
    client.force_login(ola.user)
    return client


def test_a_call_becomes_a_ticket(desk: Client, ola: Agent, pomoc: Channel, support: Team) -> None:
    files = [SimpleUploadedFile("notatka.txt", b"600 zl"), SimpleUploadedFile("b.txt", b"drugi")]
    said = {**CALL, "team": support.pk, "channel": pomoc.pk, "attachments": files}
    answer = desk.post("/tickets/new", said)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/tickets/{ticket.number}"
    assert (ticket.subject, ticket.team, ticket.channel) == (CALL["subject"], support, pomoc)
    assert ticket.customer
    assert ticket.customer.name == "Anna Kowalska"
    message = ticket.messages.get()
    assert message.is_by_hand
    assert message.visible_text == CALL["text"]
    assert message.verdict
    assert message.verdict["code"] == "by_phone"
    assert [(a.filename, store.read(a.blob)) for a in Attachment.objects.order_by("pk")] == [
        ("notatka.txt", b"600 zl"),
        ("b.txt", b"drugi"),
    ]


def test_a_known_address_is_the_known_customer(desk: Client, pomoc: Channel) -> None:
    known = a_ticket(pomoc).customer
    desk.post("/tickets/new", {**CALL, "phone": "", "email": "Celina@kwiaciarnia.example"})
    assert Ticket.objects.order_by("-pk")[0].customer == known
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": "", "phone": ""}, "Say who it is"),
        ({"email": "anna"}, "email"),
        ({"subject": " "}, "required"),
        ({"text": ""}, "required"),
        ({"way": "pigeon"}, "valid choice"),
        ({"team": "999"}, "valid choice"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_opened(
    desk: Client, wrong: dict[str, str], why: str
) -> None:
    answer = desk.post("/tickets/new", {**CALL, **wrong})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Ticket.objects.exists()


def test_a_file_that_is_too_large_is_refused_by_name(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST_FILE", 0)
    answer = desk.post("/tickets/new", {**CALL, "attachments": SimpleUploadedFile("film.mp4", b"x")})
    assert answer.status_code == 422
    assert "film.mp4 is larger" in answer.content.decode()


def test_the_card_leads_to_a_form_that_knows_the_customer(desk: Client) -> None:
    person = directory.add_customer(by=SETUP, name="Anna Kowalska", email="anna@poczta.example")
    card = desk.get(f"/customers/{person.pk}").content.decode()
    assert f'href="/tickets/new?customer={person.pk}"' in card
    form = desk.get(f"/tickets/new?customer={person.pk}").content.decode()
    assert 'value="Anna Kowalska"' in form
    assert 'value="anna@poczta.example"' in form
    assert desk.get("/tickets/new?customer=x").status_code == 200


def test_a_ticket_opened_for_another_team_is_told_by_number(
    iga: Agent, support: Team, client: Client
) -> None:
    client.force_login(iga.user)
    answer = client.post("/tickets/new", {**CALL, "team": support.pk}, follow=True)
    assert answer.redirect_chain == [("/tickets", 302)]
    assert f"#{Ticket.objects.get().number} is opened for Support." in answer.content.decode()


def test_who_may_not_open_tickets_is_refused_and_sees_no_button(desk: Client, ola: Agent) -> None:
    ola.role.capabilities = ["tickets.all"]
    ola.role.save()
    assert desk.get("/tickets/new").status_code == 403
    assert desk.post("/tickets/new", CALL).status_code == 403
    assert "/tickets/new" not in desk.get("/tickets").content.decode()
    assert not Ticket.objects.exists()

"""Customers: finding them, their card, correcting them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okienko.events.actor import Actor
from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Agent, Customer, Identity, Organization
from okienko.tickets.assignment import assign
from tests.builders import SETUP, a_ticket


@pytest.fixture
def desk(ola: Agent, client: Client) -> Client:
    client.force_login(ola.user)
    return client


def found(client: Client, asked: str, at: str = "/customers") -> str:
    return client.get(at, {"q": asked}).content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        "Łucja",
        "łucja",
        "ŁUCJA",
        "Żó",
        "zielnik",
        "lucja@ziel",
        "600 100 200",
        "+48600",
        "LUCJA@zielnik.example",
    ],
)
@pytest.mark.parametrize("at", ["/customers", "/find"])
def test_a_customer_is_found_by_name_organization_address_and_number(
    desk: Client, asked: str, at: str
) -> None:
    person = directory.add_customer(by=SETUP, name="Łucja Żółć", email="lucja@zielnik.example")
    directory.change_customer(
        person, by=SETUP, name=person.name, organization="Zielnik", phone="+48 600 100 200"
    )
    directory.add_customer(by=SETUP, name="Ktoś Inny", email="inny@poczta.example")
    page = found(desk, asked, at)
    assert "Łucja Żółć" in page
    assert "Ktoś Inny" not in page


def test_a_number_opens_its_ticket(desk: Client, pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    for asked in (f"{ticket.number}", f"#{ticket.number}", f" {ticket.number} "):
        assert desk.get("/find", {"q": asked})["Location"] == f"/tickets/{ticket.number}"
    assert "Nothing found" in found(desk, "9" * 40, "/find")
    assert "Nothing found" in found(desk, "²", "/find")


def test_what_is_asked_for_stays_text_in_the_page_and_in_its_links(desk: Client) -> None:
    asked = '"><script>alert(1)</script>&after=1'
    Customer.objects.bulk_create([Customer(name=f"{asked} {n}") for n in range(60)])
    page = found(desk, asked)
    assert "<script>alert" not in page
    assert "q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%26after%3D1&amp;after=" in page
    assert found(desk, "\0x")


def test_pages_of_customers_cover_all(desk: Client) -> None:
    Customer.objects.bulk_create([Customer(name=f"Osoba {n:03}") for n in range(120)])
    seen: list[str] = []
    after = ""
    for _ in range(3):
        page = desk.get("/customers", {"q": "osoba", "after": after})
        seen += [customer.name for customer in page.context["customers"]]
        after = page.context["further"].rpartition("=")[2]
    assert len(seen) == len(set(seen)) == 120
    assert not after


def test_an_agent_of_own_teams_sees_customers_of_their_tickets_and_of_none(
    pomoc: Channel, ola: Agent, iga: Agent, client: Client
) -> None:
    hidden = a_ticket(pomoc, from_="Hela Ukryta <hela@poczta.example>")
    shown = a_ticket(pomoc, from_="Jawna Jola <jola@poczta.example>", subject="Inna sprawa")
    assign(shown, to=iga, by=ola.actor)
    directory.add_customer(by=SETUP, name="Nowa Nina")
    client.force_login(iga.user)
    page = found(client, "")
    assert "Jawna Jola" in page
    assert "Nowa Nina" in page
    assert "Hela Ukryta" not in page
    assert client.get(f"/customers/{hidden.customer_id}").status_code == 404
    assert client.get(f"/customers/{shown.customer_id}").status_code == 200


def test_the_card_shows_the_tickets_that_the_agent_may_see(
    pomoc: Channel, ola: Agent, iga: Agent, client: Client
) -> None:
    a_ticket(pomoc, subject="Sprawa Supportu")
    mine = a_ticket(pomoc, subject="Sprawa Igi")
    assign(mine, to=iga, by=ola.actor)
    card = f"/customers/{mine.customer_id}"
    client.force_login(iga.user)
    page = client.get(card).content.decode()
    assert "Sprawa Igi" in page
    assert "Sprawa Supportu" not in page
    assert "1 ticket" in page
    client.force_login(ola.user)
    assert "2 tickets" in client.get(card).content.decode()


def test_a_customer_is_corrected(desk: Client) -> None:
    person = directory.add_customer(by=SETUP, name="A. Kowalska", email="anna@poczta.example")
    said = {"name": "Anna Kowalska", "organization": "Bez", "email": "ak@bez.example", "phone": "600 100 200"}
    assert desk.post(f"/customers/{person.pk}", said)["Location"] == f"/customers/{person.pk}"
    person.refresh_from_db()
    assert person.name == "Anna Kowalska"
    assert person.organization == Organization.objects.get(name="Bez")
    values = set(Identity.objects.filter(customer=person).values_list("value", flat=True))
    assert values == {"anna@poczta.example", "ak@bez.example", "600100200"}
    desk.post(f"/customers/{person.pk}", said)
    assert person.identities.count() == 3


def test_an_address_of_another_customer_is_refused(desk: Client) -> None:
    directory.add_customer(by=SETUP, name="Pierwsza", email="anna@poczta.example")
    person = directory.add_customer(by=SETUP, name="Druga")
    answer = desk.post(f"/customers/{person.pk}", {"name": "Druga", "email": "anna@poczta.example"})
    assert answer.status_code == 422
    assert "already belongs to another customer" in answer.content.decode()
    bad = desk.post(f"/customers/{person.pk}", {"name": "Druga", "email": "anna"})
    assert bad.status_code == 422


def test_who_may_not_correct_customers_has_no_form_and_is_refused(ola: Agent, desk: Client) -> None:
    ola.role.capabilities = ["tickets.all"]
    ola.role.save()
    person = directory.add_customer(by=SETUP, name="Anna")
    assert "<details" not in desk.get(f"/customers/{person.pk}").content.decode()
    assert desk.post(f"/customers/{person.pk}", {"name": "Inna"}).status_code == 403
    person.refresh_from_db()
    assert person.name == "Anna"


def test_a_phone_number_is_one_however_it_is_written(house: None) -> None:
    by = Actor("system", None, "tests")
    first = directory.add_customer(by=by, name="Anna", phone="+48 600-100-200")
    assert directory.add_customer(by=by, phone="+48600100200") == first
    assert directory.change_customer(first, by=by, name="Anna", phone="+48 600 100 200") == first
    assert first.identities.count() == 1


def test_fifty_customers_cost_as_many_queries_as_one(desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/customers").status_code == 200
        return len(asked)

    directory.add_customer(by=SETUP, name="Anna", email="anna@poczta.example")
    desk.get("/customers")
    one = queries()
    for n in range(20):
        directory.add_customer(by=SETUP, name=f"Osoba {n}", email=f"o{n}@poczta.example")
    assert queries() == one


@pytest.mark.parametrize(
    "address", ["/customers/99999999999999999999999", "/customers?after=99999999999999999999"]
)
def test_a_number_beyond_all_keys_is_no_error(desk: Client, address: str) -> None:
    assert desk.get(address).status_code in (200, 404)

"""Every page of the desk around the ticket: who gets it, and who does not."""

from __future__ import annotations

import pytest
from django.test import Client

from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Customer
from tests.builders import a_ticket

FOR_ALL = [
    "/tickets",
    "/tickets?view=all",
    "/tickets/column?view=open",
    "/tickets/new",
    "/rail",
    "/find",
    "/customers",
    "/me",
]
CAST = ["ola", "marek", "iga", "hania"]
MAY_BIN = {"marek": 200, "hania": 200, "ola": 403, "iga": 403}


@pytest.fixture
def cast(ola: Agent, marek: Agent, iga: Agent, hania: Agent) -> dict[str, Agent]:
    return dict(zip(CAST, (ola, marek, iga, hania), strict=True))


@pytest.mark.parametrize("address", [*FOR_ALL, "/", "/bin", "/customers/1"])
def test_a_stranger_is_asked_to_sign_in(house: None, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=/")


@pytest.mark.parametrize("who", CAST)
def test_every_agent_has_the_desk(cast: dict[str, Agent], pomoc: Channel, client: Client, who: str) -> None:
    a_ticket(pomoc)
    client.force_login(cast[who].user)
    for address in FOR_ALL:
        assert client.get(address).status_code == 200, address
        assert client.head(address).status_code == 200, address
    assert client.get("/bin").status_code == MAY_BIN[who]


@pytest.mark.parametrize("who", CAST)
def test_the_rail_shows_the_places_that_one_may_enter(
    cast: dict[str, Agent], client: Client, who: str
) -> None:
    client.force_login(cast[who].user)
    rail = client.get("/rail").content.decode()
    assert ('href="/bin"' in rail) == (who in ("marek", "hania"))
    assert ('href="/setup/ledger"' in rail) == (who in ("marek", "hania"))
    assert ('href="/setup/"' in rail) == (who == "hania")


@pytest.mark.parametrize("address", ["/tickets", "/customers", "/bin", "/find", "/rail"])
def test_what_only_shows_cannot_be_posted_to(marek: Agent, client: Client, address: str) -> None:
    client.force_login(marek.user)
    assert client.post(address).status_code == 405


def test_someone_who_left_gets_nothing(ola: Agent, client: Client) -> None:
    client.force_login(ola.user)
    Agent.objects.filter(pk=ola.pk).update(is_active=False)
    assert client.get("/tickets").status_code in (302, 403)


def test_nothing_of_another_teams_ticket_reaches_an_agent_of_their_own_team(
    pomoc: Channel, iga: Agent, client: Client
) -> None:
    ticket = a_ticket(pomoc, subject="Tajny remanent", text="Sekret w treści")
    person = Customer.objects.get()
    client.force_login(iga.user)
    pages = [
        *FOR_ALL,
        "/tickets?view=unassigned",
        "/customers?q=celina",
        f"/find?q={ticket.number}",
        "/find?q=Celina",
    ]
    for address in pages:
        page = client.get(address).content.decode()
        for secret in ("Tajny remanent", "Sekret", "celina@", "Celina Bez"):
            assert secret not in page, address
    assert client.get(f"/customers/{person.pk}").status_code == 404
    assert client.post(f"/customers/{person.pk}", {"name": "Inna"}).status_code == 404
    assert "Celina" not in client.get(f"/tickets/new?customer={person.pk}").content.decode()


@pytest.mark.django_db
def test_an_okienko_that_is_not_set_up_says_where_to_begin(client: Client) -> None:
    assert "printed when it started" in client.get("/sign-in").content.decode()


def test_one_that_is_set_up_does_not(client: Client, hania: Agent) -> None:
    assert "printed when it started" not in client.get("/sign-in").content.decode()

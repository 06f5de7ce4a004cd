"""The bin: who put what there, when and why, and giving it back."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets.lifecycle import put_in_bin
from okienko.tickets.models import Ticket
from tests.builders import a_ticket
from tests.tickets.test_standing import many


def test_the_bin_says_who_and_why_and_gives_back(pomoc: Channel, marek: Agent, client: Client) -> None:
    ticket = a_ticket(pomoc, subject="Oferta <b>")
    put_in_bin(ticket, by=marek.actor, why="Reklama & nic więcej")
    client.force_login(marek.user)
    page = client.get("/bin").content.decode()
    for said in ("Oferta &lt;b&gt;", "Marek Kos", "Reklama &amp; nic więcej"):
        assert said in page
    assert "Oferta" not in client.get("/tickets?view=all").content.decode()
    assert client.post(f"/tickets/{ticket.number}/bin", {"restore": "1"}).status_code == 302
    assert "The bin is empty" in client.get("/bin").content.decode()
    assert "Oferta" in client.get("/tickets?view=all").content.decode()


def test_what_was_put_there_last_comes_first_page_by_page(marek: Agent, client: Client) -> None:
    now = timezone.now()
    tickets = many([0] * 60)
    for n, ticket in enumerate(tickets):
        Ticket.objects.filter(pk=ticket.pk).update(binned_at=now + timedelta(seconds=n * 7 % 60))
    client.force_login(marek.user)
    first = client.get("/bin")
    second = client.get(first.context["after"])
    shown = [t.binned_at for t in (*first.context["tickets"], *second.context["tickets"])]
    assert len(shown) == 60
    assert shown == sorted(shown, reverse=True)
    assert client.get("/bin?cursor=none").status_code == 404


def test_a_supervisor_of_one_team_sees_only_its_bin(
    pomoc: Channel, marek: Agent, iga: Agent, client: Client
) -> None:
    put_in_bin(a_ticket(pomoc, subject="Nie dla Igi"), by=marek.actor)
    iga.role.capabilities = [*iga.role.capabilities, "tickets.bin"]
    iga.role.save()
    client.force_login(iga.user)
    assert "Nie dla Igi" not in client.get("/bin").content.decode()

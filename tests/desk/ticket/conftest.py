"""Browsers of the cast, and a ticket to look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Agent, Team
from okienko.tickets.models import Ticket
from tests.builders import SETUP, a_ticket

Browses = Callable[[Agent], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browses() -> Browses:
    """browses(ola): a browser in which that agent is signed in."""

    def signed_in(agent: Agent) -> Client:
        client = Client()
        client.force_login(agent.user)
        return client

    return signed_in


@pytest.fixture
def ticket(pomoc: Channel) -> Ticket:
    return a_ticket(pomoc)


@pytest.fixture
def celinas(ticket: Ticket) -> str:
    """The address of Celina's ticket."""
    return f"/tickets/{ticket.number}"


@pytest.fixture
def reader(support: Team) -> Agent:
    """Sees every ticket and may do nothing with them."""
    role = directory.save_role(None, by=SETUP, name="Reader", capabilities=["tickets.all"])
    return directory.add_agent(
        email="reader@bez.example", name="Rafał Cichy", role=role, by=SETUP, password="rower-na-balkonie"
    )

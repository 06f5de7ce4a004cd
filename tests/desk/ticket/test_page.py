"""The ticket's page: who sees it, and what it shows."""

from __future__ import annotations

import pytest
from django.test import Client

from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from tests.builders import a_ticket


def test_smoke(pomoc: Channel, ola: Agent, client: Client) -> None:
    ticket = a_ticket(pomoc)
    client.force_login(ola.user)
    page = client.get(f"/tickets/{ticket.number}")
    assert page.status_code == 200
    open("/tmp/page.html", "wb").write(page.content)

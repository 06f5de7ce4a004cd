"""A reply that did not arrive brings its ticket back, and the history says to whom."""

from __future__ import annotations

import pytest

from okienko.config.worker import drain
from okienko.events.catalog import DeliveryFailed, DeliveryFailureShown
from okienko.events.models import Event
from okienko.events.record import record
from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.people.models import Agent
from okienko.tickets import conversation
from okienko.tickets.drafts import content_of
from okienko.tickets.naming import names_of
from okienko.tickets.sentences import sentence
from tests.builders import SETUP, a_ticket


@pytest.mark.parametrize("works_here", [True, False])
def test_a_failure_gives_the_ticket_to_its_author_who_still_works_here(
    pomoc: Channel, ola: Agent, works_here: bool
) -> None:
    ticket = a_ticket(pomoc)
    content = content_of("<p>Już.</p>", to=[{"name": "", "address": "celina@kwiaciarnia.example"}])
    message = conversation.reply(ticket, content=content, by=ola.actor, seen=conversation.newest_seen(ticket))
    Delivery.objects.update(state="failed", due_at=None)
    Agent.objects.filter(pk=ola.pk).update(is_active=works_here)
    assert message.delivery_id
    about = f"message:{message.pk}"
    record(
        DeliveryFailed(message.delivery_id, about, "550 unknown", ["celina@kwiaciarnia.example"]), by=SETUP
    )
    drain()
    ticket.refresh_from_db()
    author = ola.pk if works_here else None
    assert (ticket.failure_of_id, ticket.assignee_id) == (ola.pk, author), "else it waits where nobody looks"
    event = Event.objects.get(kind=DeliveryFailureShown.kind())
    assert (event.data["was_agent_id"], event.data["agent_id"]) == (None, author)
    assert ("Assigned to <b>Ola" in sentence(event, names_of([event]))) == works_here

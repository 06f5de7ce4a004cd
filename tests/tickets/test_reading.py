"""What an agent has had on their screen only ever grows."""

from __future__ import annotations

import pytest

from okienko.events.models import Event
from okienko.lib.refusal import NotAllowed
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets.models import Seen
from okienko.tickets.reading import mark_seen, seen_by
from tests.builders import a_ticket


def test_newer_is_noted_older_changes_nothing(pomoc: Channel, ola: Agent, marek: Agent) -> None:
    ticket = a_ticket(pomoc)
    events = Event.objects.count()
    assert seen_by(ticket, who=ola.actor) == 0
    assert mark_seen(ticket, message=5, by=ola.actor)
    assert not mark_seen(ticket, message=5, by=ola.actor)
    assert not mark_seen(ticket, message=3, by=ola.actor)
    assert mark_seen(ticket, message=8, by=ola.actor)
    assert seen_by(ticket, who=ola.actor) == 8
    assert seen_by(ticket, who=marek.actor) == 0
    assert Event.objects.count() == events


def test_who_does_not_see_the_ticket_has_not_read_it(pomoc: Channel, iga: Agent) -> None:
    ticket = a_ticket(pomoc)
    with pytest.raises(NotAllowed):
        mark_seen(ticket, message=1, by=iga.actor)
    assert not Seen.objects.exists()

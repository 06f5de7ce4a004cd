"""Categories, priorities and statuses are an administrator's to define, and always leave one to work with."""

from __future__ import annotations

import pytest

from okienko.lib.refusal import Conflict, Invalid, NotAllowed
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets import lifecycle, tagging
from okienko.tickets.models import Category, Priority, State, Status
from tests.builders import a_ticket


def test_a_category_is_made_renamed_and_named_once(hania: Agent) -> None:
    made = tagging.save_category(None, by=hania.actor, name=" Zwroty ", hue=14)
    assert (made.name, made.hue) == ("Zwroty", 2)
    tagging.save_category(made, by=hania.actor, name="Reklamacje", hue=3, is_active=False)
    assert Category.objects.get().name == str(Category.objects.get()) == "Reklamacje"
    with pytest.raises(Conflict):
        tagging.save_category(None, by=hania.actor, name="Reklamacje", hue=1)
    with pytest.raises(Invalid):
        tagging.save_category(None, by=hania.actor, name=" ", hue=1)


def test_tickets_follow_a_priority_that_moves(hania: Agent, pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    normal = Priority.objects.get(code="normal")
    tagging.save_priority(normal, by=hania.actor, name="", rank=25)
    ticket.refresh_from_db()
    assert ticket.priority_rank == 25
    made = tagging.save_priority(None, by=hania.actor, name="Pożar", rank=99)
    assert str(made) == "Pożar"
    with pytest.raises(Conflict):
        tagging.save_priority(None, by=hania.actor, name="Też", rank=99)
    with pytest.raises(Conflict):
        tagging.save_priority(normal, by=hania.actor, name="", rank=25, is_active=False)
    with pytest.raises(Invalid):
        tagging.save_priority(None, by=hania.actor, name="", rank=7)


def test_each_state_keeps_a_status_and_one_in_use_keeps_its_state(hania: Agent, pomoc: Channel) -> None:
    a_ticket(pomoc)
    new = Status.objects.get(code="new")
    with pytest.raises(Conflict):
        tagging.save_status(new, by=hania.actor, name="", state=State.OPEN)
    closed = Status.objects.get(code="closed")
    with pytest.raises(Conflict):
        tagging.save_status(closed, by=hania.actor, name="", state=State.CLOSED, is_active=False)
    assert Status.objects.get(code="closed").is_active
    made = tagging.save_status(None, by=hania.actor, name="U kuriera", state=State.PENDING_THIRD_PARTY)
    assert str(made) == "U kuriera"
    for name, state in (("", State.OPEN), ("x", "nowhere")):
        with pytest.raises(Invalid):
            tagging.save_status(None, by=hania.actor, name=name, state=state)


def test_shipping_again_adds_nothing(house: None) -> None:
    before = (Status.objects.count(), Priority.objects.count())
    lifecycle.ship_vocabulary()
    assert (Status.objects.count(), Priority.objects.count()) == before


def test_only_an_administrator_defines(marek: Agent) -> None:
    for refused in (
        lambda: tagging.save_category(None, by=marek.actor, name="x", hue=1),
        lambda: tagging.save_priority(None, by=marek.actor, name="x", rank=1),
        lambda: tagging.save_status(None, by=marek.actor, name="x", state=State.OPEN),
    ):
        with pytest.raises(NotAllowed):
            refused()

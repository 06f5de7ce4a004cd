"""Every verb on a ticket: works, is refused for the stranger, twice is harmless, records exactly one event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from okienko.events.actor import Actor
from okienko.events.models import Event
from okienko.lib.refusal import Conflict, Invalid, NotAllowed
from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Agent, Customer, Team
from okienko.tickets import assignment, lifecycle, tagging
from okienko.tickets.change import status_for
from okienko.tickets.content import plain
from okienko.tickets.models import Category, Priority, State, Status, Ticket
from tests.builders import SETUP, a_ticket


@dataclass(frozen=True)
class Verb:
    """A verb with what it is asked, the kind of its event, and whether what it promised is so."""

    name: str
    kind: str
    do: Callable[[Ticket, Actor], object]
    is_so: Callable[[Ticket], bool]
    before: Callable[[Ticket], object] = lambda ticket: None


def _marek() -> Agent:
    return Agent.objects.get(name="Marek Kos")


def _other_customer() -> Customer:
    return directory.customer_at("drugi@obcy.example", name="Drugi")


def _category() -> Category:
    return Category.objects.get_or_create(name="Zwroty")[0]


def _urgent() -> Priority:
    return Priority.objects.get(code="urgent")


def _broken_off(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(failure_of=_marek())


VERBS = (
    Verb(
        "assign",
        "TicketAssigned",
        lambda t, by: assignment.assign(t, to=_marek(), by=by),
        lambda t: t.assignee == _marek() and t.state == State.OPEN,
    ),
    Verb(
        "assign to nobody",
        "TicketAssigned",
        lambda t, by: assignment.assign(t, to=None, by=by),
        lambda t: t.assignee is None,
        lambda t: assignment.assign(t, to=_marek(), by=SETUP),
    ),
    Verb(
        "move to team",
        "TeamChanged",
        lambda t, by: assignment.move_to_team(t, to=Team.objects.get(name="Sales"), by=by),
        lambda t: t.team is not None and t.team.name == "Sales" and t.assignee is None,
        lambda t: assignment.assign(t, to=_marek(), by=SETUP),
    ),
    Verb(
        "set status",
        "StatusChanged",
        lambda t, by: lifecycle.set_status(t, to=status_for(State.SOLVED), by=by),
        lambda t: t.state == State.SOLVED and not t.is_open and t.waiting_since is None and bool(t.solved_at),
    ),
    Verb(
        "set priority",
        "PriorityChanged",
        lambda t, by: tagging.set_priority(t, to=_urgent(), by=by),
        lambda t: t.priority == _urgent() and t.priority_rank == 40,
    ),
    Verb(
        "set category",
        "CategoryChanged",
        lambda t, by: tagging.set_category(t, to=_category(), by=by),
        lambda t: t.category == _category(),
    ),
    Verb(
        "set tags",
        "TagsChanged",
        lambda t, by: tagging.set_tags(t, to=["pilne", " paczka "], by=by),
        lambda t: {tag.name for tag in t.tags.all()} == {"pilne", "paczka"},
    ),
    Verb(
        "correct subject",
        "SubjectChanged",
        lambda t, by: lifecycle.correct_subject(t, to="  Zwrot   paczki ", by=by),
        lambda t: t.subject == t.normal_subject == "Zwrot paczki",
    ),
    Verb(
        "correct customer",
        "CustomerChanged",
        lambda t, by: lifecycle.correct_customer(t, to=_other_customer(), by=by),
        lambda t: t.customer == _other_customer(),
    ),
    Verb(
        "put in bin",
        "TicketBinned",
        lambda t, by: lifecycle.put_in_bin(t, by=by, why="spam"),
        lambda t: bool(t.binned_at) and t.bin_reason == "spam",
    ),
    Verb(
        "take from bin",
        "TicketRestored",
        lambda t, by: lifecycle.take_from_bin(t, by=by),
        lambda t: t.binned_at is None and t.bin_reason == "",
        lambda t: lifecycle.put_in_bin(t, by=SETUP),
    ),
    Verb(
        "settle failure",
        "DeliveryFailureSettled",
        lambda t, by: lifecycle.settle_failure(t, by=by),
        lambda t: t.failure_of is None,
        _broken_off,
    ),
)


@pytest.fixture
def ticket(pomoc: Channel, marek: Agent, sales: Team) -> Ticket:
    return a_ticket(pomoc)


def since(ticket: Ticket, version: int) -> list[str]:
    return list(
        Event.objects.filter(ticket=ticket.pk, number__gt=version)
        .order_by("number")
        .values_list("kind", flat=True)
    )


@pytest.fixture(params=VERBS, ids=lambda v: v.name)
def verb(request: pytest.FixtureRequest, ticket: Ticket) -> Verb:
    request.param.before(ticket)
    ticket.refresh_from_db()
    return request.param  # type: ignore[no-any-return]


def test_it_works_and_records_exactly_one_event(verb: Verb, ticket: Ticket, marek: Agent) -> None:
    version = ticket.version
    verb.do(ticket, marek.actor)
    ticket.refresh_from_db()
    assert verb.is_so(ticket)
    assert since(ticket, version) == [verb.kind]
    event = Event.objects.get(ticket=ticket.pk, number=ticket.version)
    assert (event.actor_kind, event.actor_id) == ("agent", marek.pk)


def test_twice_is_harmless(verb: Verb, ticket: Ticket, marek: Agent) -> None:
    version = ticket.version
    verb.do(ticket, marek.actor)
    verb.do(ticket, marek.actor)
    assert since(ticket, version) == [verb.kind]


def test_the_stranger_is_refused_and_nothing_changes(verb: Verb, ticket: Ticket, iga: Agent) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    version = ticket.version
    with pytest.raises(NotAllowed):
        verb.do(ticket, iga.actor)
    assert since(ticket, version) == []


def test_taking_is_compare_and_set(ticket: Ticket, ola: Agent, marek: Agent) -> None:
    assignment.assign(ticket, to=marek, by=marek.actor, was=None)
    with pytest.raises(Conflict) as refused:
        assignment.assign(ticket, to=ola, by=ola.actor, was=None)
    assert refused.value.details == {"agent_id": marek.pk}


def test_an_agent_who_has_left_gets_nothing(ticket: Ticket, ola: Agent) -> None:
    ola.is_active = False
    with pytest.raises(Invalid):
        assignment.assign(ticket, to=ola, by=SETUP)


def test_what_lies_in_the_bin_is_not_worked_on(ticket: Ticket, marek: Agent) -> None:
    lifecycle.put_in_bin(ticket, by=marek.actor)
    with pytest.raises(Invalid):
        tagging.set_priority(ticket, to=_urgent(), by=marek.actor)


def test_a_ticket_reopened_is_not_solved_any_more(ticket: Ticket, marek: Agent) -> None:
    lifecycle.set_status(ticket, to=status_for(State.CLOSED), by=marek.actor)
    event = Event.objects.filter(ticket=ticket.pk).order_by("pk").last()
    assert event
    assert event.data["unanswered"], "closed although the customer waited"
    lifecycle.set_status(ticket, to=status_for(State.OPEN), by=marek.actor)
    ticket.refresh_from_db()
    assert (ticket.is_open, ticket.solved_at) == (True, None)


def test_tags_are_taken_off_as_well(ticket: Ticket, marek: Agent) -> None:
    tagging.set_tags(ticket, to=["a", "b"], by=marek.actor)
    tagging.set_tags(ticket, to=["b", "c"], by=marek.actor)
    event = Event.objects.filter(ticket=ticket.pk).order_by("pk").last()
    assert event
    assert event.data["added"] == ["c"]
    assert event.data["removed"] == ["a"]


def test_no_subject_is_no_correction(ticket: Ticket, marek: Agent) -> None:
    with pytest.raises(Invalid):
        lifecycle.correct_subject(ticket, to="  ", by=marek.actor)


def test_a_ticket_opened_by_hand_has_a_number_and_one_event(support: Team, ola: Agent) -> None:
    content = plain("Dzwoniła w sprawie zwrotu", is_by_hand=True)
    opened = lifecycle.open_ticket(
        subject="Telefon", customer=None, content=content, by=ola.actor, labels=lifecycle.Labels(team=support)
    )
    assert since(opened, 0) == ["TicketOpened"]
    assert (opened.number, opened.team, opened.preview) == (10001, support, "Dzwoniła w sprawie zwrotu")
    nobody = Actor("agent", 1, "Nikt")
    with pytest.raises(NotAllowed):
        lifecycle.open_ticket(subject="", customer=None, content=content, by=nobody)


def test_without_a_status_or_priority_no_ticket_can_be_opened(support: Team) -> None:
    Priority.objects.all().delete()
    with pytest.raises(Invalid):
        lifecycle.open_ticket(subject="x", customer=None, content=plain("x"), by=SETUP)
    Status.objects.all().delete()
    with pytest.raises(Invalid):
        lifecycle.open_ticket(subject="x", customer=None, content=plain("x"), by=SETUP)

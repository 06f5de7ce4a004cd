"""What one click changes, each through its address."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from okienko.events.models import Event
from okienko.people.models import Agent, Team
from okienko.tickets import assignment, conversation, lifecycle, tagging
from okienko.tickets.content import plain
from okienko.tickets.models import Category, Priority, Status, Tag, Ticket
from tests.builders import SETUP
from tests.desk.ticket.conftest import HTMX, Browses


@pytest.fixture
def browser(ola: Agent, browses: Browses) -> Client:
    return browses(ola)


def _kinds(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket.pk).order_by("pk").values_list("kind", flat=True))[1:]


def test_assigning_and_taking_away(ticket: Ticket, celinas: str, browser: Client, marek: Agent) -> None:
    answer = browser.post(f"{celinas}/assignment", {"agent": marek.pk})
    assert (answer.status_code, answer.headers["Location"]) == (302, celinas)
    ticket.refresh_from_db()
    assert ticket.assignee == marek
    browser.post(f"{celinas}/assignment", {"agent": ""})
    ticket.refresh_from_db()
    assert ticket.assignee is None
    assert _kinds(ticket) == ["TicketAssigned", "TicketAssigned"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_whoever_hands_a_ticket_out_of_their_sight_comes_back_to_the_list(
    ticket: Ticket,
    celinas: str,
    iga: Agent,
    ola: Agent,
    support: Team,
    browses: Browses,
    headers: dict[str, str],
) -> None:
    assignment.assign(ticket, to=iga, by=SETUP)
    browser = browses(iga)
    answer = browser.post(f"{celinas}/assignment", {"agent": ola.pk}, headers=headers)
    assert answer.headers["HX-Redirect" if headers else "Location"] == "/tickets"
    assert f"#{ticket.number} is handed over" in browser.get("/tickets").content.decode()
    ticket.refresh_from_db()
    assert ticket.assignee == ola


@pytest.mark.parametrize("key", ["²", "9" * 5000])
def test_what_is_no_key_is_refused(celinas: str, browser: Client, key: str) -> None:
    assert browser.post(f"{celinas}/status", {"status": key}).status_code == 422
    assert browser.post(f"{celinas}/replies", {"then": key, "seen": key, "file": key}).status_code == 422
    assert browser.post(f"{celinas}/seen", {"message": key}).status_code == 204


def test_what_the_pages_script_gets_is_the_parts(celinas: str, browser: Client, marek: Agent) -> None:
    answer = browser.post(f"{celinas}/assignment", {"agent": marek.pk}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Reswap"] == "none"
    assert "Assigned to <b>Marek Kos</b>" in answer.content.decode()


def test_a_boosted_form_gets_the_page(celinas: str, browser: Client, marek: Agent) -> None:
    answer = browser.post(
        f"{celinas}/assignment", {"agent": marek.pk}, headers={**HTMX, "HX-Boosted": "true"}
    )
    assert answer.status_code == 302


def test_status_priority_team_and_category(
    ticket: Ticket, celinas: str, browser: Client, support: Team, sales: Team
) -> None:
    category = tagging.save_category(None, by=SETUP, name="Zwrot", hue=3)
    chosen = {
        "status": Status.objects.get(code="solved"),
        "priority": Priority.objects.get(code="urgent"),
        "team": sales,
        "category": category,
    }
    for field, row in chosen.items():
        assert browser.post(f"{celinas}/{field}", {field: row.pk}).status_code == 302
    ticket.refresh_from_db()
    assert {field: getattr(ticket, field) for field in chosen} == chosen
    for field in ("team", "category"):
        browser.post(f"{celinas}/{field}", {field: ""})
    ticket.refresh_from_db()
    assert (ticket.team, ticket.category) == (None, None)
    assert len(_kinds(ticket)) == 6


def test_tags_are_added_and_removed_one_by_one(ticket: Ticket, celinas: str, browser: Client) -> None:
    browser.post(f"{celinas}/tags", {"add": "InPost, etykieta"})
    browser.post(f"{celinas}/tags", {"add": "", "remove": "InPost"})
    assert [tag.name for tag in ticket.tags.all()] == ["etykieta"]
    Tag.objects.create(name="zwrot")
    offered = browser.get(f"{celinas}/tags", headers=HTMX).content.decode()
    assert 'name="remove" value="etykieta"' in offered
    assert 'name="add" value="zwrot"' in offered


def test_subject_and_customer_are_corrected(ticket: Ticket, celinas: str, browser: Client) -> None:
    browser.post(f"{celinas}/subject", {"subject": "Paczka\r\nBcc: x"})
    browser.post(f"{celinas}/customer", {"email": "drugi@obcy.example", "name": "Drugi"})
    ticket.refresh_from_db()
    assert ticket.subject == "Paczka Bcc: x"
    assert ticket.customer is not None
    assert ticket.customer.name == "Drugi"
    assert _kinds(ticket) == ["SubjectChanged", "CustomerChanged"]


def test_the_bin_takes_and_gives_back(
    ticket: Ticket, celinas: str, browser: Client, marek: Agent, browses: Browses
) -> None:
    assert browser.post(f"{celinas}/bin", {"why": "spam"}).status_code == 403
    lead = browses(marek)
    lead.post(f"{celinas}/bin", {"why": "spam"})
    ticket.refresh_from_db()
    assert (ticket.binned_by, ticket.bin_reason) == (marek, "spam")
    answer = browser.post(
        f"{celinas}/priority", {"priority": Priority.objects.get(code="low").pk}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "bin" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    lead.post(f"{celinas}/bin", {"restore": "1"})
    ticket.refresh_from_db()
    assert ticket.binned_at is None


def test_a_failure_is_settled(ticket: Ticket, celinas: str, browser: Client, ola: Agent) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(failure_of=ola)
    assert "Reply not delivered" in browser.get(celinas).content.decode()
    browser.post(f"{celinas}/failure")
    ticket.refresh_from_db()
    assert ticket.failure_of is None
    assert _kinds(ticket) == ["DeliveryFailureSettled"]


@pytest.mark.parametrize(
    ("place", "posted"),
    [
        ("assignment", {}),
        ("assignment", {"agent": "x"}),
        ("assignment", {"agent": "9" * 40}),
        ("team", {}),
        ("status", {"status": ""}),
        ("status", {"status": "4711"}),
        ("priority", {}),
        ("category", {"category": "-1"}),
        ("subject", {"subject": "  "}),
        ("customer", {}),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    place: str, posted: dict[str, str], ticket: Ticket, celinas: str, browser: Client
) -> None:
    answer = browser.post(f"{celinas}/{place}", posted)
    assert answer.status_code == 422
    assert "That was not done" in answer.content.decode()
    assert _kinds(ticket) == []


def test_what_is_out_of_use_cannot_be_chosen(ticket: Ticket, celinas: str, browser: Client) -> None:
    category = tagging.save_category(None, by=SETUP, name="Dawna", hue=3, is_active=False)
    assert browser.post(f"{celinas}/category", {"category": category.pk}).status_code == 422
    assert "Dawna" not in browser.get(celinas).content.decode()
    Ticket.objects.filter(pk=ticket.pk).update(category=category)
    assert "Dawna" in browser.get(celinas).content.decode()
    assert Category.objects.get() == category


@pytest.mark.parametrize(
    "place", ["assignment", "status", "tags", "subject", "customer", "failure", "replies", "notes"]
)
def test_who_may_nothing_does_nothing(
    place: str, ticket: Ticket, celinas: str, reader: Agent, browses: Browses
) -> None:
    posted = {
        "agent": "",
        "status": Status.objects.get(code="solved").pk,
        "add": "x",
        "subject": "x",
        "name": "x",
    }
    Ticket.objects.filter(pk=ticket.pk).update(failure_of=reader, assignee=reader)
    assert browses(reader).post(f"{celinas}/{place}", posted).status_code == 403
    assert _kinds(ticket) == []


@pytest.mark.parametrize(
    "place", ["assignment", "replies", "notes", "seen", "bin", "messages/1/undo", "drafts/reply"]
)
def test_nothing_happens_by_looking(place: str, celinas: str, browser: Client) -> None:
    assert browser.get(f"{celinas}/{place}").status_code == 405


def test_each_kind_of_event_is_told_on_the_page(
    ticket: Ticket, celinas: str, browser: Client, ola: Agent, marek: Agent, sales: Team
) -> None:
    conversation.also_received(ticket, message_id=1, address="zwroty@bez.example", by=SETUP)
    lifecycle.put_in_bin(ticket, by=marek.actor, why="pomyłka")
    lifecycle.take_from_bin(ticket, by=marek.actor)
    lifecycle.set_status(ticket, to=Status.objects.get(code="solved"), by=ola.actor)
    conversation.note(ticket, content=plain("x"), by=ola.actor)
    page = browser.get(celinas).content.decode()
    for told in (
        "The same message also came to <b>zwroty@bez.example</b>",
        "Put into the bin · Marek Kos",
        "pomyłka",
        "Taken back from the bin",
        "without an answer",
    ):
        assert told in page

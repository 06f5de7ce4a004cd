"""Every event is a sentence, every reason has words, and nothing in them runs."""

from __future__ import annotations

from dataclasses import MISSING, fields

import pytest
from django.utils import translation

from okienko.events.catalog import KINDS, Happened, Reason
from okienko.events.models import Event
from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Team
from okienko.tickets import assignment
from okienko.tickets.naming import Names, names_of
from okienko.tickets.sentences import REASONS, SENTENCES, sentence, why
from tests.builders import a_ticket

EVIL = "<script>alert(1)</script> %(x)s %"


def _sample(kind: type[Happened], text: str) -> Event:
    values = {
        "int": 1,
        "int | None": 1,
        "str": text,
        "str | None": text,
        "bool": True,
        "list[str]": [text],
    }
    given = {
        f.name: values[str(f.type)] for f in fields(kind) if f.default is MISSING or f.name.endswith("id")
    }
    given |= {name: 2 for name in given if name.startswith("was_") and name.endswith("_id")}
    return Event(kind=kind.kind(), data=kind(**given).data())


def test_every_kind_has_its_sentence() -> None:
    assert set(SENTENCES) == set(KINDS.values())


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_sentence_says_something_and_escapes_the_rest(kind: type[Happened], language: str) -> None:
    with translation.override(language):
        names = Names(**{table: {1: EVIL, 2: "Ola"} for table in Names.__slots__})
        said = sentence(_sample(kind, EVIL), names)
        assert said.strip()
        assert "<script" not in said
        assert "%(" not in said.replace("%(x)s", "")


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("code", REASONS)
def test_a_reason_has_words_even_without_its_parameters(code: str, language: str) -> None:
    with translation.override(language):
        assert "%(" not in why(Reason(code))
        assert why(Reason(code, {"text": "100 %", "recipients": ["a@b.example"], "number": 7}))


def test_an_unknown_reason_is_told_by_its_code() -> None:
    assert why(Reason("from_the_future")) == "from_the_future"


def test_names_that_are_gone_are_unknown_and_none_is_none() -> None:
    event = Event(kind="TicketAssigned", data={"ticket_id": 1, "agent_id": 5, "was_agent_id": None})
    assert sentence(event, Names()) == "Assigned to <b>unknown</b>"
    event = Event(kind="TeamChanged", data={"ticket_id": 1, "team_id": None, "was_team_id": 2})
    assert sentence(event, Names(teams={2: "Zwroty"})) == "Team: <b>Zwroty</b> → <b>none</b>"


def test_names_are_read_at_once_for_all_events(
    pomoc: Channel, ola: Agent, marek: Agent, sales: Team, django_assert_num_queries: object
) -> None:
    ticket = a_ticket(pomoc)
    for agent in (ola, marek, ola, marek):
        assignment.assign(ticket, to=agent, by=marek.actor)
    assignment.move_to_team(ticket, to=sales, by=marek.actor)
    events = list(Event.objects.filter(ticket=ticket.pk).order_by("pk"))
    with django_assert_num_queries(4):  # type: ignore[operator]
        names = names_of(events)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert names_of(events, agents={}, teams={}, statuses={}).of("agents", ola.pk) == "unknown"
    said = [sentence(event, names) for event in events]
    assert said[0] == "Ticket opened by a message to <b>pomoc@bez.example</b>"
    assert said[2] == "Assigned to <b>Marek Kos</b>, until now to <b>Ola Wiśniewska</b>"
    assert said[-1] == "Team: <b>Support</b> → <b>Sales</b> · No longer assigned to <b>Marek Kos</b>"

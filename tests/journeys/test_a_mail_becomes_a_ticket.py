"""The thin thread: a mail in, a ticket, a reply out, the customer's answer back on the same ticket."""

from __future__ import annotations

import pytest

from okienko.inbound import ledger
from okienko.inbound.models import Received
from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.people.models import Agent
from okienko.tickets import conversation, lifecycle
from okienko.tickets.drafts import content_of
from okienko.tickets.models import State, Ticket
from tests.builders import a_mail, a_ticket, arrives

CELINA = [{"name": "Celina Bez", "address": "celina@kwiaciarnia.example"}]


def answer(ticket: Ticket, by: Agent, text: str = "<p>Już sprawdzam.</p>") -> object:
    content = content_of(text, to=CELINA, subject="Re: Gdzie jest paczka")
    return conversation.reply(ticket, content=content, by=by.actor, seen=conversation.newest_seen(ticket))


def test_the_first_mail_opens_a_ticket_of_the_mailboxs_team(pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    assert (ticket.number, ticket.subject, ticket.state) == (10001, "Gdzie jest paczka", State.NEW)
    assert ticket.team == pomoc.team
    assert ticket.waiting_since is not None
    assert ticket.customer is not None
    assert ticket.customer.name == "Celina Bez"
    assert all(s.balanced for s in ledger.sums())


def test_the_customers_answer_to_our_reply_joins_the_ticket(pomoc: Channel, ola: Agent) -> None:
    ticket = a_ticket(pomoc)
    message = answer(ticket, ola)
    ticket.refresh_from_db()
    assert ticket.waiting_since is None
    assert Delivery.objects.get().recipients == ["celina@kwiaciarnia.example"]
    row = arrives(
        a_mail("Dziękuję!", subject="całkiem inny temat", In_Reply_To=f"<{message.message_id}>"), pomoc
    )
    assert row.ticket_id == ticket.pk
    assert row.verdict["code"] == "header"
    ticket.refresh_from_db()
    assert ticket.waiting_since is not None


def test_a_stranger_with_the_number_gets_a_ticket_of_their_own(pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    row = arrives(
        a_mail(from_="Drugi <drugi@obcy.example>", subject=f"Re: Gdzie jest paczka [#{ticket.number}]"), pomoc
    )
    assert row.ticket_id != ticket.pk
    event_reasons = [e["reason"]["code"] for e in _events(row.ticket_id) if e["reason"]]
    assert event_reasons == ["stranger_number"]


def _events(ticket_id: int) -> list[dict]:
    from okienko.events.models import Event

    return list(Event.objects.filter(ticket=ticket_id).values("kind", "reason"))


def test_the_same_mail_at_two_of_our_addresses_is_one_conversation(pomoc: Channel) -> None:
    from tests.builders import a_mailbox

    other = a_mailbox("zwroty@bez.example")
    raw = a_mail(message_id="same@poczta.example")
    first, second = arrives(raw, pomoc), arrives(raw, other)
    assert (first.state, second.state) == (Received.State.FILED, Received.State.DUPLICATE)
    assert second.ticket_id == first.ticket_id
    assert "MessageAlsoReceived" in [e["kind"] for e in _events(first.ticket_id)]


def test_a_reply_against_an_older_state_is_refused_with_the_newer_message(pomoc: Channel, ola: Agent) -> None:
    from okienko.lib.refusal import Conflict

    ticket = a_ticket(pomoc)
    seen = conversation.newest_seen(ticket)
    row = arrives(a_mail("Jeszcze jedno", subject=f"[#{ticket.number}]"), pomoc)
    with pytest.raises(Conflict) as refused:
        conversation.reply(ticket, content=content_of("<p>x</p>", to=CELINA), by=ola.actor, seen=seen)
    assert refused.value.details["newer"] == [row.filed_as_id]


def test_undo_puts_the_ticket_back_as_it_was(pomoc: Channel, ola: Agent) -> None:
    ticket = a_ticket(pomoc)
    since = ticket.waiting_since
    message = answer(ticket, ola)
    conversation.withdraw_reply(message, by=ola.actor)
    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.state, ticket.message_count) == (since, State.NEW, 1)
    assert Delivery.objects.get().state == Delivery.State.WITHDRAWN


def test_a_binned_ticket_comes_back_when_its_customer_writes(pomoc: Channel, marek: Agent) -> None:
    ticket = a_ticket(pomoc)
    lifecycle.put_in_bin(ticket, by=marek.actor, why="spam")
    arrives(a_mail("Halo?", subject=f"[#{ticket.number}]"), pomoc)
    ticket.refresh_from_db()
    assert ticket.binned_at is None

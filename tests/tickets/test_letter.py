"""What a reply quotes and continues: only what its recipients know."""

from __future__ import annotations

from typing import Any

import pytest

from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.people.models import Agent
from okienko.tickets import conversation
from okienko.tickets.drafts import content_of
from okienko.tickets.models import Message, Ticket
from tests.builders import SETUP, a_mail, a_ticket, arrives

CELINA = {"name": "Celina Bez", "address": "celina@kwiaciarnia.example"}
KURIER = {"name": "Kurier", "address": "biuro@kurier.example"}


@pytest.fixture(params=["last", "all"])
def ticket(pomoc: Channel, ola: Agent, request: Any) -> Ticket:
    """Celina asked, Ola forwarded it to the courier with a remark, and the courier answered."""
    channels.change_channel(pomoc, by=SETUP, quote=request.param)
    ticket = a_ticket(pomoc)
    asked = send(ticket, ola, "<p>Ta klientka znowu marudzi.</p>", KURIER, is_forward=True)
    answer = a_mail(
        "Paczka spadła z wózka.", from_="biuro@kurier.example", In_Reply_To=f"<{asked.message_id}>"
    )
    assert arrives(answer, pomoc).ticket_id == ticket.pk
    return ticket


def send(ticket: Ticket, by: Agent, text: str, *to: dict[str, str], **more: Any) -> Message:
    ticket.refresh_from_db()
    content = content_of(text, to=list(to), subject="Re: paczka")
    seen = conversation.newest_seen(ticket)
    return conversation.reply(ticket, content=content, by=by.actor, seen=seen, **more)


def letter_of(message: Message) -> str:
    return str(Delivery.objects.get(pk=message.delivery_id).payload)


def test_a_customer_never_reads_what_was_written_to_and_by_somebody_else(ticket: Ticket, ola: Agent) -> None:
    first = Message.objects.filter(ticket=ticket).order_by("pk")[0]
    reply = send(ticket, ola, "<p>Wyślemy nową.</p>", CELINA)
    assert (reply.in_reply_to, reply.references) == (first.message_id, [first.message_id])
    assert "gdzie jest moja paczka" in letter_of(reply)
    assert "marudzi" not in letter_of(reply)
    assert "spadła" not in letter_of(reply)


def test_somebody_else_is_answered_in_their_own_thread(ticket: Ticket, ola: Agent) -> None:
    answer = Message.objects.filter(ticket=ticket).order_by("pk")[2]
    reply = send(ticket, ola, "<p>Dziękuję.</p>", KURIER)
    assert reply.in_reply_to == answer.message_id
    assert "spadła" in letter_of(reply)
    assert "gdzie jest moja paczka" not in letter_of(reply)


def test_for_several_it_goes_by_the_first_where_nothing_is_known_to_all(ticket: Ticket, ola: Agent) -> None:
    reply = send(ticket, ola, "<p>Wyślemy nową.</p>", CELINA, KURIER)
    assert "gdzie jest moja paczka" in letter_of(reply)
    assert "spadła" not in letter_of(reply)
    assert send(ticket, ola, "<p>Już.</p>", KURIER, CELINA).in_reply_to == reply.message_id

"""What became of the tickets' deliveries: shown on the message; a failure brings the ticket back to its author."""

from __future__ import annotations

from collections.abc import Callable

from okienko.events.actor import system
from okienko.events.catalog import (
    DeliveryBounced,
    DeliveryFailed,
    DeliveryFailureShown,
    DeliveryHeld,
    DeliverySent,
    DeliveryUnsure,
    Happened,
    OfDelivery,
)
from okienko.events.models import Event
from okienko.events.record import changed as tell
from okienko.tickets.change import STATUS_FIELDS, changed, changing, put_status, status_for
from okienko.tickets.models import Message, State

WATCHING = system("outbound")


def _message(event: Event) -> Message | None:
    fact = event.fact
    assert isinstance(fact, OfDelivery)
    kind, _, key = fact.about.partition(":")
    if kind != "message":
        return None
    return Message.objects.select_related("ticket", "agent").filter(pk=int(key)).first()


def _show(event: Event) -> None:
    message = _message(event)
    if message:
        tell(message.ticket.topic)


def _bring_back(event: Event) -> None:
    message = _message(event)
    if message is None:
        return
    fact = event.fact
    assert isinstance(fact, OfDelivery)
    with changing(message.ticket, by=WATCHING, may="tickets.change", in_bin=True) as ticket:
        was, was_agent = ticket.status_id, ticket.assignee_id
        if ticket.state != State.OPEN:
            put_status(ticket, status_for(State.OPEN))
        ticket.waiting_since = ticket.waiting_since or message.answers_since
        ticket.failure_of_id = message.agent_id
        if was_agent is None and message.agent and message.agent.is_active:
            ticket.assignee_id = message.agent_id
        changed(
            ticket,
            DeliveryFailureShown(
                ticket_id=ticket.pk,
                message_id=message.pk,
                outcome=event.kind,
                detail=str(getattr(fact, "detail", "")),
                recipients=list(getattr(fact, "recipients", [])),
                status_id=ticket.status_id,
                was_status_id=was,
                agent_id=ticket.assignee_id,
                was_agent_id=was_agent,
            ),
            "failure_of",
            "assignee",
            *STATUS_FIELDS,
            by=WATCHING,
            cause=event,
        )


REACTIONS: dict[type[Happened], Callable[[Event], None]] = {
    DeliverySent: _show,
    DeliveryHeld: _show,
    DeliveryFailed: _bring_back,
    DeliveryUnsure: _bring_back,
    DeliveryBounced: _bring_back,
}

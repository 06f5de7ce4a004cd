"""Moving a ticket into the past: how a loader dates history that the verbs have just written.

The verbs stamp with the present, and a clock that could be set would be a way to lie in every one of them. So a loader
lets them write now, notes when it began each step, and moves the times of the finished ticket once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from okienko.events.catalog import ReplySent
from okienko.events.models import Event
from okienko.outbound.logged import keep_as_logged
from okienko.tickets.models import Message, Ticket

OF_TICKET = ("created_at", "updated_at", "waiting_since", "last_message_at", "first_answered_at", "solved_at")


@dataclass(frozen=True, slots=True)
class Step:
    """What was written from ``began_at`` on happened at ``at``."""

    began_at: datetime
    at: datetime


def move_back(ticket: Ticket, steps: Sequence[Step]) -> None:
    """Dates everything of a ticket by the step in which it was written; its replies end as logged, never sent.

    ``steps`` are in order, and the first began before the ticket was opened. Must run in the transaction that made
    the ticket.
    """
    begins = [step.began_at for step in steps]

    def moved(time: datetime | None) -> datetime | None:
        if time is None:
            return None
        step = steps[max(bisect_right(begins, time) - 1, 0)]
        return step.at + (time - step.began_at)

    ticket = Ticket.objects.get(pk=ticket.pk)
    for name in OF_TICKET:
        setattr(ticket, name, moved(getattr(ticket, name)))
    ticket.save(update_fields=OF_TICKET)
    messages = list(Message.objects.filter(ticket=ticket).select_related("delivery"))
    for message in messages:
        message.at = moved(message.at) or message.at
        message.answers_since = moved(message.answers_since)
        if message.delivery:
            keep_as_logged(message.delivery, at=message.at)
    Message.objects.bulk_update(messages, ["at", "answers_since"])
    events = list(Event.objects.filter(ticket=ticket.pk))
    replies = []
    for event in events:
        event.at = moved(event.at) or event.at
        if event.kind == ReplySent.kind() and event.data.get("waiting_since"):
            since = moved(datetime.fromisoformat(event.data["waiting_since"]))
            event.data["waiting_since"] = since.isoformat() if since else None
            replies.append(event)
    Event.objects.bulk_update(events, ["at"])
    Event.objects.bulk_update(replies, ["data"])

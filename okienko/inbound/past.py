"""Entering history into the journal: messages that a loader has put on tickets itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from okienko.inbound.models import Received
from okienko.inbound.receive import tally
from okienko.tickets.models import Message


def enter_as_filed(messages: Iterable[Message]) -> int:
    """Journals messages that are on tickets, with their raw mail, as if each had come in and been filed at its time.

    ``messages`` are in the order in which they came in, with ``ticket``, ``channel`` and ``raw`` read; those without
    a raw mail are left out. Returns how many were entered.
    """
    rows = [
        Received(
            channel=message.channel,
            source_id=f"past:{message.pk}",
            raw=raw,
            state=Received.State.FILED,
            verdict={
                "code": "new_ticket" if message.at == message.ticket.created_at else "joined",
                "params": {"number": message.ticket.number},
            },
            message_id=message.message_id,
            sender=message.from_address,
            subject=message.subject,
            ticket=message.ticket,
            filed_as=message,
            received_at=message.at,
            ended_at=message.at,
            due_at=None,
        )
        for message in messages
        if (raw := message.raw) is not None
    ]
    with transaction.atomic():
        Received.objects.bulk_create(rows, batch_size=50)
        for channel, count in Counter(row.channel for row in rows).items():
            tally(channel, count)
    return len(rows)

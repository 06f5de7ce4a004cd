"""What an agent has had on their screen."""

from __future__ import annotations

from django.db import transaction

from okienko.events.actor import Actor
from okienko.lib.refusal import NotAllowed
from okienko.tickets.access import sees
from okienko.tickets.models import Seen, Ticket


def seen_by(ticket: Ticket, *, who: Actor) -> int:
    """The key of the newest message that ``who`` has seen, 0 for none."""
    rows = Seen.objects.filter(ticket=ticket, agent_id=who.key)
    return rows.values_list("message", flat=True).first() or 0


def mark_seen(ticket: Ticket, *, message: int, by: Actor) -> bool:
    """Notes that ``by`` has seen everything up to ``message``; an older one changes nothing. Raises NotAllowed.

    No event: what a person has read is nobody else's history. Returns whether it was news.
    """
    if not sees(by, ticket):
        raise NotAllowed("ticket")
    if seen_by(ticket, who=by) >= message:
        return False
    with transaction.atomic():
        row, is_new = Seen.objects.select_for_update().get_or_create(
            ticket=ticket, agent_id=by.key, defaults={"message": message}
        )
        if not is_new and row.message < message:
            row.message = message
            row.save(update_fields=["message"])
    return True

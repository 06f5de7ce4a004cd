"""What stands beside a ticket: its customer, their other tickets, and who else takes part."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Window

from okienko.people.models import Agent, Identity
from okienko.tickets.models import Participant, Ticket

MOST_TICKETS = 6
MOST_PARTICIPANTS = 30


@dataclass(frozen=True, slots=True)
class Card:
    """``count`` are all tickets of the customer that the reader may see, this one too; ``others`` the newest others."""

    identities: list[Identity]
    count: int
    others: list[Ticket]
    participants: list[Participant]


def card_of(ticket: Ticket, reader: Agent) -> Card:
    """Three queries, two of them only where there is a customer."""
    identities: list[Identity] = []
    others: list[Ticket] = []
    count = 0
    if ticket.customer_id:
        identities = list(Identity.objects.filter(customer=ticket.customer_id).order_by("kind", "pk"))
        theirs = Ticket.objects.visible_to(reader.actor).on_desk().filter(customer=ticket.customer_id)
        newest = theirs.only("number", "subject", "updated_at", "is_open", "status").order_by(
            "-updated_at", "-pk"
        )
        found = list(newest.annotate(count=Window(Count("pk")))[: MOST_TICKETS + 1])
        count = found[0].count if found else 0  # type: ignore[attr-defined]
        others = [other for other in found if other.pk != ticket.pk][:MOST_TICKETS]
    known = {identity.value for identity in identities}
    participants = Participant.objects.filter(ticket=ticket).order_by("pk")[:MOST_PARTICIPANTS]
    return Card(identities, count, others, [p for p in participants if p.address not in known])

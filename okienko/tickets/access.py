"""Who may see which ticket, and who may do what with it. Every read goes through ``visible_to``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from okienko.events.actor import Actor
from okienko.lib.refusal import NotAllowed

if TYPE_CHECKING:
    from okienko.tickets.models import Ticket


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Reads that read as adjectives."""

    def visible_to(self, who: Actor) -> Self:
        """Tickets that ``who`` may see: all, or those of their teams, of no team, and their own."""
        if who.may("tickets.all"):
            return self
        if who.kind != "agent":
            return self.none()
        return self.filter(
            Q(team__in=who.team_ids) | Q(team=None) | Q(assignee=who.id) | Q(failure_of=who.id)
        )

    def on_desk(self) -> Self:
        """Not in the bin."""
        return self.filter(binned_at=None)

    def in_bin(self) -> Self:
        return self.filter(binned_at__isnull=False)

    def open(self) -> Self:
        return self.filter(is_open=True)

    def of(self, agent_id: int | None) -> Self:
        """Assigned to the agent, or with a reply of theirs that did not arrive."""
        return self.filter(Q(assignee=agent_id) | Q(failure_of=agent_id))

    def unassigned(self) -> Self:
        return self.filter(assignee=None)

    def without_answer(self) -> Self:
        return self.filter(waiting_since__isnull=False)


def sees(who: Actor, ticket: Ticket) -> bool:
    """Whether ``who`` may see this one ticket; says the same as ``visible_to``."""
    if who.may("tickets.all"):
        return True
    return who.kind == "agent" and (
        ticket.team_id is None
        or ticket.team_id in who.team_ids
        or ticket.assignee_id == who.id
        or ticket.failure_of_id == who.id
    )


def permit(who: Actor, capability: str, ticket: Ticket) -> None:
    """Raises NotAllowed unless ``who`` sees the ticket and may do this with it."""
    who.must(capability)
    if not sees(who, ticket):
        raise NotAllowed("ticket")

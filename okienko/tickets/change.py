"""What every verb on a ticket shares: the lock, the permission, the version, the one event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from okienko.events.actor import Actor
from okienko.events.catalog import OfTicket, Reason
from okienko.events.models import Event
from okienko.events.record import record
from okienko.lib.refusal import Invalid
from okienko.tickets.access import permit
from okienko.tickets.models import OVER, Status, Ticket


@contextmanager
def changing(ticket: Ticket, *, by: Actor, may: str, in_bin: bool = False) -> Iterator[Ticket]:
    """Opens a transaction, locks the ticket's row and yields it fresh, after the permission check.

    Raises NotAllowed, or Invalid for a ticket in the bin (unless ``in_bin``).
    """
    with transaction.atomic():
        fresh = Ticket.objects.select_for_update(of=("self",)).select_related("status").get(pk=ticket.pk)
        permit(by, may, fresh)
        if fresh.binned_at and not in_bin:
            raise Invalid("in_bin")
        yield fresh


def changed(
    ticket: Ticket,
    happened: OfTicket,
    *fields: str,
    by: Actor,
    reason: Reason | None = None,
    cause: Event | None = None,
    touches: bool = True,
) -> Event:
    """Saves ``fields`` of the locked ticket, counts its version and records the one event."""
    ticket.version += 1
    if touches:
        ticket.updated_at = timezone.now()
    ticket.save(update_fields=[*fields, "version", "updated_at"])
    return record(
        happened, by=by, number=ticket.version, reason=reason, cause=cause, topics=(ticket.topic, "list")
    )


STATUS_FIELDS = ("status", "state", "is_open", "solved_at", "waiting_since")


def put_status(ticket: Ticket, status: Status) -> None:
    """Sets the columns that follow from a status (STATUS_FIELDS); saves nothing.

    A ticket that is over waits for nobody.
    """
    was_over = not ticket.is_open
    ticket.status = status
    ticket.state = status.state
    ticket.is_open = status.state not in OVER
    if not ticket.is_open:
        ticket.waiting_since = None
        if not was_over:
            ticket.solved_at = timezone.now()
    else:
        ticket.solved_at = None


def status_for(state: str) -> Status:
    """The first active status of a state. Raises Invalid when there is none."""
    status = Status.objects.filter(state=state, is_active=True).order_by("position", "pk").first()
    if status is None:
        raise Invalid("status", state=state)
    return status

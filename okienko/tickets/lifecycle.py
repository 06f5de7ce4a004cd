"""Opening, moving through statuses, correcting, binning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from okienko.events.actor import Actor
from okienko.events.catalog import (
    CustomerChanged,
    DeliveryFailureSettled,
    Reason,
    StatusChanged,
    SubjectChanged,
    TicketBinned,
    TicketOpened,
    TicketRestored,
)
from okienko.events.models import Event
from okienko.events.record import record
from okienko.lib.refusal import Invalid
from okienko.lib.text import squash
from okienko.mailroom.models import Channel
from okienko.people.models import Customer, Team
from okienko.tickets.change import STATUS_FIELDS, changed, changing, put_status, status_for
from okienko.tickets.content import Content, add_message, carry
from okienko.tickets.models import Category, Message, Numbers, Priority, State, Status, Ticket
from okienko.tickets.shipped import PRIORITIES, STATUSES
from okienko.tickets.threading import normal_subject


@dataclass(frozen=True, slots=True)
class Labels:
    """What a new ticket is given besides its subject; what is left out takes its default."""

    team: Team | None = None
    category: Category | None = None
    priority: Priority | None = None
    language: str = ""


def open_ticket(
    *,
    subject: str,
    customer: Customer | None,
    content: Content,
    by: Actor,
    channel: Channel | None = None,
    labels: Labels | None = None,
    at: datetime | None = None,
    reason: Reason | None = None,
    cause: Event | None = None,
) -> Ticket:
    """A new ticket with its first message, from a channel or by an agent's hand (caller, visitor, letter).

    Raises NotAllowed.
    """
    if by.kind == "agent":
        by.must("tickets.open")
    labels = labels or Labels()
    at = at or timezone.now()
    with transaction.atomic():
        status = status_for(State.NEW)
        priority = (
            labels.priority or Priority.objects.filter(is_default=True).first() or Priority.objects.first()
        )
        if priority is None:
            raise Invalid("priority")
        ticket = Ticket(
            number=_next_number(),
            subject=squash(subject)[:500],
            customer=customer,
            channel=channel,
            team=labels.team,
            category=labels.category,
            priority=priority,
            priority_rank=priority.rank,
            language=labels.language,
            status=status,
            state=status.state,
            created_at=at,
            updated_at=at,
            waiting_since=None if content.is_automatic else at,
            version=1,
        )
        ticket.normal_subject = normal_subject(ticket.subject)[:500]
        carry(ticket, content, at)
        ticket.save(force_insert=True)
        message = add_message(ticket, Message.Kind.RECEIVED, content, at=at, customer=customer, by=by)
        record(
            TicketOpened(
                ticket_id=ticket.pk,
                message_id=message.pk,
                channel_id=channel.pk if channel else None,
                customer_id=customer.pk if customer else None,
                team_id=ticket.team_id,
                status_id=status.pk,
                by_hand=content.is_by_hand,
                is_automatic=content.is_automatic,
            ),
            by=by,
            number=1,
            reason=reason,
            cause=cause,
            topics=(ticket.topic, "list", f"customer-{customer.pk}" if customer else "list"),
        )
    return ticket


def set_status(
    ticket: Ticket, *, to: Status, by: Actor, reason: Reason | None = None, cause: Event | None = None
) -> Ticket:
    """Moves a ticket to another status; the same one again is harmless. Raises NotAllowed or Invalid."""
    with changing(ticket, by=by, may="tickets.change") as ticket:
        if ticket.status_id == to.pk:
            return ticket
        was = ticket.status
        unanswered = ticket.waiting_since is not None and to.state in (State.SOLVED, State.CLOSED)
        put_status(ticket, to)
        changed(
            ticket,
            StatusChanged(ticket.pk, to.pk, was.pk, to.state, was.state, unanswered),
            *STATUS_FIELDS,
            by=by,
            reason=reason,
            cause=cause,
        )
    return ticket


def correct_subject(ticket: Ticket, *, to: str, by: Actor) -> Ticket:
    """Gives a ticket a better subject. Raises NotAllowed or Invalid (empty)."""
    subject = squash(to)[:500]
    if not subject:
        raise Invalid("subject")
    with changing(ticket, by=by, may="tickets.change") as ticket:
        if ticket.subject == subject:
            return ticket
        was, ticket.subject = ticket.subject, subject
        ticket.normal_subject = normal_subject(subject)[:500]
        changed(ticket, SubjectChanged(ticket.pk, subject, was), "subject", "normal_subject", by=by)
    return ticket


def correct_customer(ticket: Ticket, *, to: Customer, by: Actor) -> Ticket:
    """Makes the ticket another customer's. Raises NotAllowed."""
    with changing(ticket, by=by, may="tickets.change") as ticket:
        if ticket.customer_id == to.pk:
            return ticket
        was, ticket.customer = ticket.customer_id, to
        changed(ticket, CustomerChanged(ticket.pk, to.pk, was), "customer", by=by)
    return ticket


def put_in_bin(ticket: Ticket, *, by: Actor, why: str = "") -> Ticket:
    """Takes a ticket off the desk; who, when and why are kept, and ``take_from_bin`` gives it back."""
    with changing(ticket, by=by, may="tickets.bin", in_bin=True) as ticket:
        if ticket.binned_at:
            return ticket
        ticket.binned_at = timezone.now()
        ticket.binned_by_id = by.id if by.kind == "agent" else None
        ticket.bin_reason = why.strip()[:300]
        reason = Reason("words", {"text": ticket.bin_reason}) if ticket.bin_reason else None
        changed(
            ticket,
            TicketBinned(ticket.pk),
            "binned_at",
            "binned_by",
            "bin_reason",
            by=by,
            reason=reason,
            touches=False,
        )
    return ticket


def take_from_bin(ticket: Ticket, *, by: Actor) -> Ticket:
    """Puts a binned ticket back as it was."""
    with changing(ticket, by=by, may="tickets.bin", in_bin=True) as ticket:
        if not ticket.binned_at:
            return ticket
        ticket.binned_at = ticket.binned_by = None
        ticket.bin_reason = ""
        changed(
            ticket, TicketRestored(ticket.pk), "binned_at", "binned_by", "bin_reason", by=by, touches=False
        )
    return ticket


def settle_failure(ticket: Ticket, *, by: Actor) -> Ticket:
    """Says that the reply which did not arrive has been dealt with."""
    with changing(ticket, by=by, may="tickets.reply") as ticket:
        if ticket.failure_of_id is None:
            return ticket
        ticket.failure_of = None
        changed(ticket, DeliveryFailureSettled(ticket.pk, None), "failure_of", by=by)
    return ticket


def ship_vocabulary() -> None:
    """Makes the shipped statuses and priorities that are missing."""
    for position, (code, (_, state)) in enumerate(STATUSES.items()):
        Status.objects.get_or_create(code=code, defaults={"state": state, "position": position * 10})
    for code, (_, rank) in PRIORITIES.items():
        Priority.objects.get_or_create(code=code, defaults={"rank": rank, "is_default": code == "normal"})


def _next_number() -> int:
    row = Numbers.objects.select_for_update().get_or_create(pk=1)[0]
    Numbers.objects.filter(pk=1).update(last=F("last") + 1)
    return row.last + 1

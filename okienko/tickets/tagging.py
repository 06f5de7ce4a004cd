"""Priority, category, tags; and the verbs that define them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from okienko.events.actor import Actor
from okienko.events.catalog import CategoryChanged, PriorityChanged, Reason, TagsChanged
from okienko.events.models import Event
from okienko.events.record import changed as tell
from okienko.lib.refusal import Conflict, Invalid
from okienko.tickets.change import changed, changing
from okienko.tickets.models import Category, Priority, State, Status, Tag, Ticket


def set_priority(
    ticket: Ticket, *, to: Priority, by: Actor, reason: Reason | None = None, cause: Event | None = None
) -> Ticket:
    """Sets the priority; the same one again is harmless. Raises NotAllowed."""
    with changing(ticket, by=by, may="tickets.change") as ticket:
        if ticket.priority_id == to.pk:
            return ticket
        was, ticket.priority, ticket.priority_rank = ticket.priority_id, to, to.rank
        happened = PriorityChanged(ticket.pk, to.pk, was)
        changed(ticket, happened, "priority", "priority_rank", by=by, reason=reason, cause=cause)
    return ticket


def set_category(
    ticket: Ticket,
    *,
    to: Category | None,
    by: Actor,
    reason: Reason | None = None,
    cause: Event | None = None,
) -> Ticket:
    """Sets or clears the category; the same one again is harmless. Raises NotAllowed."""
    with changing(ticket, by=by, may="tickets.change") as ticket:
        was, ticket.category = ticket.category_id, to
        if was == ticket.category_id:
            return ticket
        happened = CategoryChanged(ticket.pk, ticket.category_id, was)
        changed(ticket, happened, "category", by=by, reason=reason, cause=cause)
    return ticket


def set_tags(
    ticket: Ticket, *, to: Iterable[str], by: Actor, reason: Reason | None = None, cause: Event | None = None
) -> Ticket:
    """Makes these the ticket's tags; unknown ones are made. Raises NotAllowed."""
    wanted = {t.strip()[:60] for t in to if t.strip()}
    with changing(ticket, by=by, may="tickets.change") as ticket:
        present = {t.name: t for t in ticket.tags.all()}
        added, removed = sorted(wanted - present.keys()), sorted(present.keys() - wanted)
        if not added and not removed:
            return ticket
        ticket.tags.remove(*(present[name] for name in removed))
        ticket.tags.add(*(Tag.objects.get_or_create(name=name)[0] for name in added))
        changed(ticket, TagsChanged(ticket.pk, added, removed), by=by, reason=reason, cause=cause)
    return ticket


def save_category(
    category: Category | None, *, by: Actor, name: str, hue: int, is_active: bool = True
) -> Category:
    """Makes or changes a category. Raises NotAllowed, Invalid or Conflict (name taken)."""
    by.must("setup")
    if not name.strip():
        raise Invalid("name")
    if Category.objects.filter(name=name.strip()).exclude(pk=category.pk if category else 0).exists():
        raise Conflict("name_taken", name=name.strip())
    with transaction.atomic():
        category = category or Category(position=Category.objects.count())
        category.name, category.hue, category.is_active = name.strip()[:80], hue % 12, is_active
        category.save()
        tell("vocabulary")
    return category


def save_priority(
    priority: Priority | None, *, by: Actor, name: str, rank: int, is_active: bool = True
) -> Priority:
    """Makes or changes a priority; open tickets follow a changed rank. Raises NotAllowed, Invalid or Conflict."""
    by.must("setup")
    if not name.strip() and not (priority and priority.code):
        raise Invalid("name")
    if Priority.objects.filter(rank=rank).exclude(pk=priority.pk if priority else 0).exists():
        raise Conflict("rank_taken", rank=rank)
    with transaction.atomic():
        priority = priority or Priority()
        if priority.is_default and not is_active:
            raise Conflict("default_priority")
        moved = priority.pk and priority.rank != rank
        priority.name, priority.rank, priority.is_active = name.strip()[:60], rank, is_active
        priority.save()
        if moved:
            Ticket.objects.filter(priority=priority).update(priority_rank=rank)
        tell("vocabulary", "list")
    return priority


def save_status(
    status: Status | None,
    *,
    by: Actor,
    name: str,
    state: str,
    customer_name: str = "",
    position: int = 0,
    is_active: bool = True,
) -> Status:
    """Makes or changes a status. The state of one that is in use stays, and each state keeps one active status.

    Raises NotAllowed, Invalid or Conflict.
    """
    by.must("setup")
    if state not in State.values or (not name.strip() and not (status and status.code)):
        raise Invalid("status")
    with transaction.atomic():
        if status and status.state != state and Ticket.objects.filter(status=status).exists():
            raise Conflict("status_in_use")
        was = status.state if status else state
        status = status or Status()
        status.name, status.state, status.customer_name = name.strip()[:60], state, customer_name.strip()[:60]
        status.position, status.is_active = position, is_active
        status.save()
        for kept in {was, state}:
            if not Status.objects.filter(state=kept, is_active=True).exists():
                raise Conflict("last_of_state", state=kept)
        tell("vocabulary", "list")
    return status

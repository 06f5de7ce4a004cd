"""The standing views: what every desk begins with, each with its orders, its keyset pages and its count.

Every (view, order) pair runs along one of Ticket's partial indexes; a page costs what it shows, not what there is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.events.actor import Actor
from okienko.lib.refusal import Invalid
from okienko.tickets.access import TicketQuerySet
from okienko.tickets.models import PENDING, State, Ticket

PAGE = 50
MOST_COUNTED = 9_999


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by, downwards or upwards; the key breaks ties the same way."""

    column: str
    is_down: bool
    label: Any


@dataclass(frozen=True, slots=True)
class View:
    """A standing view: which tickets, in which orders (the first is the usual one). ``is_counted`` in the rail."""

    name: str
    label: Any
    icon: str
    which: Callable[[TicketQuerySet, Actor], TicketQuerySet]
    orders: tuple[str, ...]
    is_counted: bool = True


ORDERS: dict[str, Order] = {
    "newest": Order("updated_at", True, _("newest activity")),
    "oldest": Order("updated_at", False, _("oldest activity")),
    "waiting": Order("waiting_since", False, _("longest waiting")),
    "created": Order("created_at", True, _("newest tickets")),
    "priority": Order("priority_rank", True, _("highest priority")),
}

VIEWS: dict[str, View] = {
    v.name: v
    for v in (
        View("mine", _("Mine"), "user", lambda q, who: q.open().of(who.id), ("newest", "oldest")),
        View(
            "unassigned",
            _("Unassigned"),
            "circle-dashed",
            lambda q, who: q.open().unassigned(),
            ("newest", "oldest"),
        ),
        View(
            "team",
            _("My teams"),
            "users",
            lambda q, who: q.open().filter(team__in=who.team_ids),
            ("newest", "oldest"),
        ),
        View(
            "unanswered", _("Without answer"), "alarm-clock", lambda q, who: q.without_answer(), ("waiting",)
        ),
        View(
            "open",
            _("All open"),
            "inbox",
            lambda q, who: q.open(),
            ("newest", "oldest", "created", "priority"),
        ),
        View(
            "waiting",
            _("Waiting"),
            "hourglass",
            lambda q, who: q.filter(state__in=PENDING),
            ("newest", "oldest"),
        ),
        View(
            "solved",
            _("Solved"),
            "check",
            lambda q, who: q.filter(state=State.SOLVED),
            ("newest", "oldest"),
            False,
        ),
        View("all", _("Everything"), "layout-list", lambda q, who: q, ("newest", "oldest", "created"), False),
    )
}


@dataclass(frozen=True, slots=True)
class Page:
    """Tickets in order, and the cursors of the neighbouring pages (None: there is none)."""

    tickets: list[Ticket]
    after: str | None
    before: str | None


def tickets_of(view: View, who: Actor) -> TicketQuerySet:
    """The view's tickets that ``who`` may see, in no order."""
    return view.which(Ticket.objects.visible_to(who).on_desk(), who)


def page(
    view: View,
    who: Actor,
    *,
    order: str = "",
    cursor: str = "",
    size: int = PAGE,
    rows: TicketQuerySet | None = None,
) -> Page:
    """One page of a view. ``cursor`` is what an earlier page gave; ``rows`` may add select_related.

    Raises Invalid for a cursor or an order that is none of the view's.
    """
    chosen = ORDERS[_order_of(view, order)]
    tickets = tickets_of(view, who) if rows is None else rows
    backwards, start = False, None
    if cursor:
        backwards, start = _read(cursor, chosen)
    is_down = chosen.is_down != backwards
    if start:
        value, key = start
        beyond = "lt" if is_down else "gt"
        # Row comparison in two terms, so that both databases run along the index from the first one.
        tickets = tickets.filter(
            Q(**{f"{chosen.column}__{beyond}e": value})
            & (Q(**{f"{chosen.column}__{beyond}": value}) | Q(**{f"pk__{beyond}": key}))
        )
    sign = "-" if is_down else ""
    found = list(tickets.order_by(f"{sign}{chosen.column}", f"{sign}pk")[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    first, last = (found[0], found[-1]) if found else (None, None)
    after = _write(last, chosen, backwards=False) if last and (has_more or backwards) else None
    is_preceded = has_more if backwards else start is not None
    before = _write(first, chosen, backwards=True) if first and is_preceded else None
    return Page(found, after, before)


def counts(who: Actor) -> dict[str, int]:
    """How many tickets each counted view holds for ``who``, at most MOST_COUNTED + 1 each."""
    return {
        v.name: tickets_of(v, who).order_by()[: MOST_COUNTED + 1].count()
        for v in VIEWS.values()
        if v.is_counted
    }


def _order_of(view: View, order: str) -> str:
    if not order:
        return view.orders[0]
    if order not in view.orders:
        raise Invalid("order", order=order)
    return order


def _write(ticket: Ticket, order: Order, *, backwards: bool) -> str:
    value = getattr(ticket, order.column)
    text = value.isoformat() if isinstance(value, datetime) else value
    packed = json.dumps([backwards, text, ticket.pk]).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _read(cursor: str, order: Order) -> tuple[bool, tuple[Any, int]]:
    try:
        backwards, value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if order.column.endswith(("_at", "_since")):
            value = datetime.fromisoformat(value)
        return bool(backwards), (value, int(key))
    except (ValueError, TypeError) as error:
        raise Invalid("cursor") from error

"""The standing views: what every desk begins with, each with its orders, its keyset pages and its count.

Every (view, order) pair runs along one of Ticket's partial indexes; a page costs what it shows, not what there is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from okienko.events.actor import Actor
from okienko.lib.refusal import Invalid
from okienko.tickets.access import TicketQuerySet
from okienko.tickets.models import PENDING, State, Ticket

PAGE = 50
MOST_COUNTED = 9_999
LONGEST_CURSOR = 200  # characters


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by, downwards or upwards; the key breaks ties the same way."""

    column: str
    is_down: bool
    label: Any


Base = Callable[[TicketQuerySet], TicketQuerySet]


@dataclass(frozen=True, slots=True)
class View:
    """A standing view: which ``part`` of which ``base``, in which orders (the first is the usual one).

    ``is_counted`` in the rail; what shares a base is counted in one pass.
    """

    name: str
    label: Any
    icon: str
    base: Base
    part: Callable[[Actor], Q]
    orders: tuple[str, ...]
    is_counted: bool = True


ORDERS: dict[str, Order] = {
    "newest": Order("updated_at", True, _("newest activity")),
    "oldest": Order("updated_at", False, _("oldest activity")),
    "waiting": Order("waiting_since", False, _("longest waiting")),
    "created": Order("created_at", True, _("newest tickets")),
    "priority": Order("priority_rank", True, _("highest priority")),
}

OPEN: Base = TicketQuerySet.open
WITHOUT_ANSWER: Base = TicketQuerySet.without_answer
ACTIVITY = ("newest", "oldest")


def _everything(who: Actor) -> Q:
    return Q()


def _mine(who: Actor) -> Q:
    return Q(assignee=who.id) | Q(failure_of=who.id)


def _unassigned(who: Actor) -> Q:
    return Q(assignee=None)


def _of_my_teams(who: Actor) -> Q:
    return Q(team__in=who.team_ids)


def _pending(who: Actor) -> Q:
    return Q(state__in=PENDING)


VIEWS: dict[str, View] = {
    v.name: v
    for v in (
        View("mine", _("Mine"), "user", OPEN, _mine, ACTIVITY),
        View("unassigned", _("Unassigned"), "circle-dashed", OPEN, _unassigned, ACTIVITY),
        View("team", _("My teams"), "users", OPEN, _of_my_teams, ACTIVITY),
        View("unanswered", _("Without answer"), "alarm-clock", WITHOUT_ANSWER, _everything, ("waiting",)),
        View("open", _("All open"), "inbox", OPEN, _everything, (*ACTIVITY, "created", "priority")),
        View("waiting", _("Waiting"), "hourglass", OPEN, _pending, ACTIVITY),
        View(
            "solved",
            _("Solved"),
            "check",
            lambda q: q.filter(state=State.SOLVED),
            _everything,
            ACTIVITY,
            False,
        ),
        View("all", _("Everything"), "layout-list", lambda q: q, _everything, (*ACTIVITY, "created"), False),
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
    return view.base(Ticket.objects.visible_to(who).on_desk()).filter(view.part(who))


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
    return keyset(tickets_of(view, who) if rows is None else rows, chosen, cursor=cursor, size=size)


def keyset(tickets: TicketQuerySet, order: Order, *, cursor: str = "", size: int = PAGE) -> Page:
    """One page of ``tickets`` in ``order``; a cursor with nothing beyond it gives the first page. Raises Invalid."""
    if not cursor:
        found = list(_along(tickets, order, order.is_down)[: size + 1])
        return _page(found[:size], order, has_more=len(found) > size, is_first=True)
    backwards, (value, key) = _read(cursor, order)
    is_down = order.is_down != backwards
    beyond = "lt" if is_down else "gt"
    # Row comparison in two terms, so that both databases run along the index from the first one.
    further = tickets.filter(
        Q(**{f"{order.column}__{beyond}e": value})
        & (Q(**{f"{order.column}__{beyond}": value}) | Q(**{f"pk__{beyond}": key}))
    )
    found = list(_along(further, order, is_down)[: size + 1])
    has_more = len(found) > size
    if not found or (backwards and not has_more):
        # A whole first page, not the few rows before a later one.
        return keyset(tickets, order, size=size)
    found = found[:size]
    if backwards:
        found.reverse()
    return _page(found, order, has_more=has_more or backwards, is_first=False)


def counts(who: Actor) -> dict[str, int]:
    """How many tickets each counted view holds for ``who``, at most MOST_COUNTED + 1 each."""
    found: dict[str, int] = {}
    counted = [view for view in VIEWS.values() if view.is_counted]
    for base in dict.fromkeys(view.base for view in counted):
        views = [view for view in counted if view.base is base]
        rows = base(Ticket.objects.visible_to(who).on_desk()).order_by()[: MOST_COUNTED + 1]
        parts = {view.name: Count("pk", filter=view.part(who) or None) for view in views}
        got = rows.aggregate(in_all=Count("pk"), **parts)
        if got.pop("in_all") > MOST_COUNTED:  # more than was looked at: each on its own
            got = {view.name: count(view, who) for view in views}
        found |= got
    return found


def count(view: View, who: Actor) -> int:
    """How many tickets one view holds for ``who``, at most MOST_COUNTED + 1."""
    return tickets_of(view, who).order_by()[: MOST_COUNTED + 1].count()


def _order_of(view: View, order: str) -> str:
    if not order:
        return view.orders[0]
    if order not in view.orders:
        raise Invalid("order", order=order)
    return order


def _along(tickets: TicketQuerySet, order: Order, is_down: bool) -> TicketQuerySet:
    sign = "-" if is_down else ""
    return tickets.order_by(f"{sign}{order.column}", f"{sign}pk")


def _page(found: list[Ticket], order: Order, *, has_more: bool, is_first: bool) -> Page:
    return Page(
        found,
        after=_write(found[-1], order, backwards=False) if has_more else None,
        before=None if is_first else _write(found[0], order, backwards=True),
    )


def _write(ticket: Ticket, order: Order, *, backwards: bool) -> str:
    value = getattr(ticket, order.column)
    text = value.isoformat() if isinstance(value, datetime) else value
    packed = json.dumps([backwards, text, ticket.pk]).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _read(cursor: str, order: Order) -> tuple[bool, tuple[datetime | int, int]]:
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        backwards, value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = (
            int(value) if order.column == "priority_rank" else datetime.fromisoformat(value).astimezone(UTC)
        )
        if not (isinstance(backwards, bool) and isinstance(key, int) and abs(key) < 2**62):
            raise ValueError
        if isinstance(place, int) and abs(place) >= 2**15:
            raise ValueError
        return backwards, (place, key)
    except (ValueError, TypeError, OverflowError) as error:
        raise Invalid("cursor") from error

"""The rows of a ticket list. Built by hand, because fifty template renderings cost more than the query."""

from __future__ import annotations

from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from okienko.people.models import Agent
from okienko.tickets.access import TicketQuerySet
from okienko.tickets.models import State, Status, Ticket
from okienko.ui.templatetags.ui import avatar, icon, when

COLUMNS = (
    "id",
    "number",
    "subject",
    "state",
    "status_id",
    "assignee_id",
    "is_open",
    "waiting_since",
    "last_message_at",
    "updated_at",
    "created_at",
    "priority_rank",
    "last_from",
    "preview",
    "failure_of_id",
    "customer__name",
)


def slim(tickets: TicketQuerySet) -> TicketQuerySet:
    """Only what a row shows, the customer's name in the same query."""
    return tickets.select_related("customer").only(*COLUMNS)


class Names:
    """Labels of statuses and names of agents, read once for a page."""

    def __init__(self) -> None:
        self.statuses = {s.pk: escape(s.label) for s in Status.objects.all()}
        self.agents = dict(Agent.objects.values_list("pk", "name"))


def rows(tickets: list[Ticket], view: str, names: Names) -> SafeString:
    """The rows as HTML; the browser marks the one whose ticket is open beside the list."""
    return mark_safe("".join(_row(t, view, names) for t in tickets))  # noqa: S308 - each part is escaped in _row


def _row(ticket: Ticket, view: str, names: Names) -> str:
    who = (ticket.customer.name if ticket.customer else "") or ticket.last_from or _("Unknown sender")
    face = avatar(names.agents.get(ticket.assignee_id, "?")) if ticket.assignee_id else ""
    status = names.statuses.get(ticket.status_id, "")
    chip = ""
    if ticket.failure_of_id:
        chip = format_html('<span class="chip fail">{}{}</span>', icon("mail-x"), _("Not delivered"))
    elif ticket.state in (State.PENDING_CUSTOMER, State.PENDING_THIRD_PARTY):
        chip = f'<span class="chip">{icon("pause")}{status}</span>'
        status = ""
    since = ""
    if ticket.waiting_since:
        since = format_html("<span>{} {}</span>", _("waiting since"), when(ticket.waiting_since))
    else:
        since = when(ticket.last_message_at or ticket.updated_at)
    return (
        f'<article class="row{" new" if ticket.waiting_since else ""}" id="row-{ticket.number}" data-rows-target="row">'
        f'<a class="sub" href="/tickets/{ticket.number}?view={view}">{escape(ticket.subject) or _("(no subject)")}</a>'
        f'{chip}<span class="who"><b>{escape(who)}</b> — {escape(ticket.preview)}</span>'
        f'<span class="meta"><span class="num">#{ticket.number}</span>'
        f"{status and f'<span>{status}</span>'}{since}"
        f'<span class="faces">{face}</span></span></article>'
    )

"""The ticket list: a standing view, its order, its page; and the column that stands beside an open ticket."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from okienko.desk.rows import Names, rows, slim
from okienko.desk.scope import signed_in
from okienko.lib.refusal import Invalid
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets import standing


@require_safe
@signed_in
def home(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The desk: one's own tickets, or what nobody has yet."""
    mine = standing.tickets_of(standing.VIEWS["mine"], agent.actor).exists()
    return redirect(f"{reverse('desk:tickets')}?view={'mine' if mine else 'unassigned'}")


@require_safe
@signed_in
def tickets(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /tickets?view=&order=&cursor="""
    return render(request, "desk/list/page.html", {"column": _column(request, agent)})


@require_safe
@signed_in
def column(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The list alone, for a page that shows something else beside it and for live re-reading."""
    return render(request, "desk/list/column.html", {"column": _column(request, agent)})


@require_safe
@signed_in
def rail(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The rail alone, re-read when counts have changed; ``at`` is the page that it stands on."""
    request.path = request.GET.get("at", "/")
    return render(request, "ui/parts/rail.html")


def _column(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    view = standing.VIEWS.get(request.GET.get("view", "mine"))
    if view is None:
        raise Http404
    order = request.GET.get("order", "") or request.session.get(f"order-{view.name}", "")
    who = agent.actor
    current = request.GET.get("at", "")
    try:
        page = standing.page(
            view,
            who,
            order=order,
            cursor=request.GET.get("cursor", ""),
            rows=slim(standing.tickets_of(view, who)),
        )
    except Invalid as error:
        raise Http404 from error
    if request.GET.get("order"):
        request.session[f"order-{view.name}"] = order
    chosen = order or view.orders[0]
    has_mailbox = bool(page.tickets) or Channel.objects.exists()

    def url(**more: str | None) -> str:
        given = {"view": view.name, "order": order, **more}
        return f"{reverse('desk:tickets')}?{urlencode({k: v for k, v in given.items() if v})}"

    return {
        "view": view,
        "rows": rows(page.tickets, view.name, Names(), int(current) if current.isdigit() else None),
        "is_empty": not page.tickets,
        "has_mailbox": has_mailbox,
        "may_setup": agent.may("setup"),
        "order": standing.ORDERS[chosen].label,
        "orders": [
            {"label": standing.ORDERS[o].label, "url": url(order=o), "is_chosen": o == chosen}
            for o in view.orders
        ],
        "again": url(cursor=request.GET.get("cursor")).replace("/tickets?", "/tickets/column?", 1),
        "before": url(cursor=page.before) if page.before else "",
        "after": url(cursor=page.after) if page.after else "",
    }

"""The ticket list: a standing view, its order, its page; and the column that stands beside an open ticket."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from okienko.desk.rail import counts_of, shown_count
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
    column = _column(request, agent)
    column["count"] = shown_count(counts_of(request, agent).get(column["view"].name))
    return render(request, "desk/list/page.html", {"column": column})


@require_safe
@signed_in
def column(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /tickets/column?view=&order=&cursor=: the list alone, beside an open ticket and for live re-reading."""
    column = _column(request, agent)
    view = column["view"]
    column["count"] = shown_count(standing.count(view, agent.actor) if view.is_counted else None)
    return render(request, "desk/list/column.html", {"column": column})


@require_safe
@signed_in
def rail(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /rail?at=&view=: the rail alone, re-read when counts have changed; ``at`` is the page that it stands on."""
    return render(request, "ui/parts/rail.html")


def _column(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    view = standing.VIEWS.get(request.GET.get("view", "mine"))
    if view is None:
        raise Http404
    order, cursor = _order(request, view), request.GET.get("cursor", "")
    who = agent.actor
    try:
        shown = slim(standing.tickets_of(view, who))
        page = standing.page(view, who, order=order, cursor=cursor, rows=shown)
    except Invalid as error:
        raise Http404 from error

    def url(name: str = "tickets", **more: str | None) -> str:
        given = {"view": view.name, "order": order, **more}
        return f"{reverse(f'desk:{name}')}?{urlencode({k: v for k, v in given.items() if v})}"

    return {
        "view": view,
        "rows": rows(page.tickets, view.name, Names()),
        "is_empty": not page.tickets,
        "has_mailbox": bool(page.tickets) or Channel.objects.exists(),
        "may_setup": agent.may("setup"),
        "order": standing.ORDERS[order].label,
        "orders": [
            {"label": standing.ORDERS[o].label, "url": url(order=o), "is_chosen": o == order}
            for o in view.orders
        ],
        "again": url("column", cursor=cursor),
        "before": url(cursor=page.before) if page.before else "",
        "after": url(cursor=page.after) if page.after else "",
    }


def _order(request: HttpRequest, view: standing.View) -> str:
    """The order asked for (the page remembers it for the view), else the one remembered, else the usual one."""
    remembered = request.session.get("orders", {})
    asked = request.GET.get("order", "")
    if not asked:
        known = remembered.get(view.name, "")
        return known if known in view.orders else view.orders[0]
    if asked not in view.orders:
        raise Http404
    is_chosen = request.path == reverse("desk:tickets") and "cursor" not in request.GET
    if is_chosen and remembered.get(view.name, view.orders[0]) != asked:
        request.session["orders"] = {**remembered, view.name: asked}
    return asked

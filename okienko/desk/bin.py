"""The bin: what was taken off the desk, by whom, when and why; one click gives it back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from okienko.desk.scope import signed_in
from okienko.lib.refusal import Invalid
from okienko.people.models import Agent
from okienko.tickets.models import Ticket
from okienko.tickets.standing import Order, keyset

NEWEST = Order("binned_at", True, "")


@require_safe
@signed_in
def bin_(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /bin?cursor=: what was put there last comes first."""
    agent.actor.must("tickets.bin")
    tickets = Ticket.objects.visible_to(agent.actor).in_bin().select_related("binned_by", "customer")
    try:
        page = keyset(tickets, NEWEST, cursor=request.GET.get("cursor", ""))
    except Invalid as error:
        raise Http404 from error
    url = reverse("desk:bin")
    return render(
        request,
        "desk/bin/page.html",
        {
            "tickets": page.tickets,
            "before": f"{url}?{urlencode({'cursor': page.before})}" if page.before else "",
            "after": f"{url}?{urlencode({'cursor': page.after})}" if page.after else "",
        },
    )

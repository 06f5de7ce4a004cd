"""The bin: what was taken off the desk, by whom, when and why; one click gives it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from okienko.desk.scope import signed_in
from okienko.people.models import Agent
from okienko.tickets.models import Ticket

PAGE = 50


@require_safe
@signed_in
def bin_(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /bin?after="""
    agent.actor.must("tickets.bin")
    tickets = Ticket.objects.visible_to(agent.actor).in_bin().select_related("binned_by", "customer")
    after = request.GET.get("after", "")
    if after.isdigit():
        tickets = tickets.filter(pk__lt=int(after))
    page = list(tickets.order_by("-pk")[: PAGE + 1])
    further = f"{reverse('desk:bin')}?after={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    return render(request, "desk/bin/page.html", {"tickets": page[:PAGE], "further": further})

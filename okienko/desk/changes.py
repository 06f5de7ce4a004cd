"""What one click changes on a ticket: each view reads what was chosen, calls the verb and shows the parts anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from okienko.desk.scope import signed_in, ticket_or_404
from okienko.desk.ticket import answer, known_tags
from okienko.lib.refusal import Invalid
from okienko.people.directory import add_customer
from okienko.people.models import Agent, Team
from okienko.tickets import assignment, lifecycle, tagging
from okienko.tickets.models import Category, Priority, Status, Ticket
from okienko.ui.fragments import wants_fragment

Row = TypeVar("Row", bound=models.Model)


def _changes(change: Callable[[HttpRequest, Agent, Ticket], Any]) -> Callable[..., HttpResponseBase]:
    @require_POST
    @signed_in
    def view(request: HttpRequest, agent: Agent, number: int) -> HttpResponse:
        ticket = ticket_or_404(request, number)
        change(request, agent, ticket)
        if not Ticket.objects.visible_to(agent.actor).filter(pk=ticket.pk).exists():
            return _out_of_sight(request, ticket)
        return answer(request, agent, ticket)

    view.__doc__ = change.__doc__
    return view


def _out_of_sight(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Back to the list, when the change took the ticket to where the agent does not look."""
    messages.success(
        request, _("#%(number)s is handed over; you don't see it any more.") % {"number": ticket.number}
    )
    to = reverse("desk:tickets")
    return HttpResponse(headers={"HX-Redirect": to}) if wants_fragment(request) else redirect(to)


def _chosen(request: HttpRequest, field: str, rows: models.QuerySet[Row]) -> Row | None:
    """The row whose key was posted as ``field``, None for an empty one. Raises Invalid, for nothing posted too."""
    key = request.POST.get(field)
    if key == "":
        return None
    key = key or ""
    found = rows.filter(pk=int(key[:18])).first() if key.isdecimal() else None
    if found is None:
        raise Invalid(field)
    return found


def _needed(request: HttpRequest, field: str, rows: models.QuerySet[Row]) -> Row:
    found = _chosen(request, field, rows)
    if found is None:
        raise Invalid(field)
    return found


@_changes
def assigned(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/assignment agent="""
    assignment.assign(ticket, to=_chosen(request, "agent", Agent.objects.all()), by=agent.actor)


@_changes
def team(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/team team="""
    assignment.move_to_team(
        ticket, to=_chosen(request, "team", Team.objects.filter(is_active=True)), by=agent.actor
    )


@_changes
def status(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/status status="""
    to = _needed(request, "status", Status.objects.filter(is_active=True))
    lifecycle.set_status(ticket, to=to, by=agent.actor)


@_changes
def priority(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/priority priority="""
    to = _needed(request, "priority", Priority.objects.filter(is_active=True))
    tagging.set_priority(ticket, to=to, by=agent.actor)


@_changes
def category(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/category category="""
    to = _chosen(request, "category", Category.objects.filter(is_active=True))
    tagging.set_category(ticket, to=to, by=agent.actor)


@_changes
def _retagged(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/tags add=&remove=: commas separate several to add."""
    present = set(ticket.tags.values_list("name", flat=True))
    added = {tag for part in request.POST.getlist("add") for tag in part.split(",")}
    tagging.set_tags(ticket, to=(present | added) - set(request.POST.getlist("remove")), by=agent.actor)


def tags(request: HttpRequest, number: int) -> HttpResponseBase:
    """GET offers tags, POST adds and removes them."""
    return known_tags(request, number) if request.method in ("GET", "HEAD") else _retagged(request, number)


@_changes
def subject(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/subject subject="""
    lifecycle.correct_subject(ticket, to=request.POST.get("subject", ""), by=agent.actor)


@_changes
def customer(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/customer email=&phone=&name="""
    agent.actor.must("tickets.change")
    said = {field: request.POST.get(field, "") for field in ("name", "email", "phone")}
    lifecycle.correct_customer(ticket, to=add_customer(by=agent.actor, **said), by=agent.actor)


@_changes
def bin_(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/bin why=, or restore=1 to take it back"""
    if request.POST.get("restore"):
        lifecycle.take_from_bin(ticket, by=agent.actor)
    else:
        lifecycle.put_in_bin(ticket, by=agent.actor, why=request.POST.get("why", ""))


@_changes
def failure(request: HttpRequest, agent: Agent, ticket: Ticket) -> None:
    """POST /tickets/<number>/failure: the reply that did not arrive has been dealt with"""
    lifecycle.settle_failure(ticket, by=agent.actor)

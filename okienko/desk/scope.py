"""Who asks, what they may see, and what they are told when a verb refuses: every view of the desk begins here."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url

from okienko.desk.refusals import said
from okienko.lib.refusal import Conflict, NotAllowed, Refused
from okienko.people.models import Agent
from okienko.people.reader import agent_of
from okienko.tickets.models import Ticket

P = ParamSpec("P")


def signed_in(
    view: Callable[Concatenate[HttpRequest, Agent, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Hands the signed-in agent to the view; others go to the sign-in page. A refusal becomes its answer, once here."""

    @wraps(view)
    def scoped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        agent = agent_of(request)
        if agent is None:
            return _to_sign_in(request)
        try:
            return view(request, agent, *args, **kwargs)
        except Refused as refused:
            return answer_refused(request, refused)

    return scoped


def ticket_or_404(request: HttpRequest, number: int) -> Ticket:
    """The ticket with this number, if the signed-in agent may see it. Raises Http404."""
    agent = agent_of(request)
    assert agent is not None
    tickets = Ticket.objects.visible_to(agent.actor).select_related("customer__organization")
    found = tickets.filter(number=number).order_by().first()
    if found is None:
        raise Http404
    return found


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal: 403, 409 or 422."""
    if isinstance(refused, NotAllowed):
        return 403
    return 409 if isinstance(refused, Conflict) else 422


def answer_refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal as a short saying at the bottom of the page (htmx) or as a page. Raises Http404, PermissionDenied."""
    if isinstance(refused, NotAllowed):
        if refused.code == "ticket":
            raise Http404
        raise PermissionDenied
    if "HX-Request" in request.headers:
        toast = {"toast": {"text": said(refused), "level": "error"}}
        headers = {"HX-Reswap": "none", "HX-Trigger": json.dumps(toast)}
        return HttpResponse(status=status_of(refused), headers=headers)
    context = {"said": said(refused), "back": request.headers.get("Referer") or "/"}
    return render(request, "desk/refused.html", context, status=status_of(refused))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        raise PermissionDenied  # signed in, but nobody who works here
    if "HX-Request" in request.headers and "HX-Boosted" not in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect_to_login(back)

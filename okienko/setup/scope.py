"""Who asks and whether they may: every page of administration begins here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url

from okienko.lib.refusal import Conflict, NotAllowed, Refused
from okienko.people.models import Agent
from okienko.people.reader import agent_of
from okienko.setup.refusals import said
from okienko.ui.fragments import wants_fragment

P = ParamSpec("P")


def needs(
    capability: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Agent, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Hands the signed-in agent to the view if they have the capability; others sign in, or are refused with 403."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Agent, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def scoped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            agent = agent_of(request)
            if agent is None:
                if request.user.is_authenticated:
                    raise PermissionDenied  # signed in, but nobody who works here
                if wants_fragment(request):
                    return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
            if not agent.may(capability):
                raise PermissionDenied
            try:
                return view(request, agent, *args, **kwargs)
            except NotAllowed as refused:
                raise PermissionDenied from refused
            except Refused as refused:
                return _refused(request, refused)

        return scoped

    return decorate


def _refused(request: HttpRequest, refused: Refused) -> HttpResponseBase:
    status = 409 if isinstance(refused, Conflict) else 422
    context = {"said": said(refused), "back": request.get_full_path()}
    return render(request, "setup/refused.html", context, status=status)

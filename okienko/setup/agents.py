"""Agents: who works here, with which role, in which teams; their passwords."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okienko.lib.refusal import Refused
from okienko.people import directory
from okienko.people.models import Agent, Role
from okienko.people.passwords import made_up
from okienko.setup.people_forms import ChangeAgentForm, NewAgentForm, PasswordForm
from okienko.setup.refusals import tell
from okienko.setup.scope import needs

BOTH = ["GET", "HEAD", "POST"]


@require_safe
@needs("setup")
def agents(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/agents"""
    found = Agent.objects.select_related("user", "role").prefetch_related("teams")
    return render(request, "setup/agents/list.html", {"agents": found.order_by("-is_active", "name")})


@require_http_methods(BOTH)
@needs("setup")
def new(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET and POST /setup/agents/new: the answer to the POST is the one page that shows a made-up password."""
    form = NewAgentForm(request.POST or None, initial={"role": Role.objects.filter(code="agent").first()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        typed = given.pop("password")
        password = typed or made_up()
        try:
            added = directory.add_agent(**given, password=password, by=agent.actor)
        except Refused as refused:
            tell(form, refused)
        else:
            return _shown_once(request, added, "" if typed else password)
    return render(request, "setup/agents/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(BOTH)
@needs("setup")
def one(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """GET and POST /setup/agents/<pk>"""
    person = _agent(pk)
    form = ChangeAgentForm(request.POST or None, agent=person)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "email"}
        try:
            directory.change_agent(person, by=agent.actor, **given)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": given["name"]})
            return redirect("setup:agents")
    context = {"person": person, "form": form, "password": PasswordForm()}
    return render(request, "setup/agents/one.html", context, status=422 if form.errors else 200)


@require_POST
@needs("setup")
def password(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """POST /setup/agents/<pk>/password: a typed or a made-up one, which the answer shows once."""
    person = _agent(pk)
    form = PasswordForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data["password"]
        fresh = typed or made_up()
        try:
            directory.set_password(person, fresh, by=agent.actor)
        except Refused as refused:
            tell(form, refused)
        else:
            if person.pk == agent.pk:
                update_session_auth_hash(request, person.user)
            return _shown_once(request, person, "" if typed else fresh)
    context = {"person": person, "form": ChangeAgentForm(agent=person), "password": form}
    return render(request, "setup/agents/one.html", context, status=422)


def _shown_once(request: HttpRequest, person: Agent, password: str) -> HttpResponse:
    response = render(request, "setup/agents/password.html", {"person": person, "password": password})
    response["Cache-Control"] = "no-store"
    return response


def _agent(pk: int) -> Agent:
    return get_object_or_404(Agent.objects.select_related("user", "role"), pk=pk)

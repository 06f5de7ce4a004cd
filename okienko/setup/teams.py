"""Teams, and the roles that say who may do what."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okienko.lib.refusal import Refused
from okienko.people import directory
from okienko.people.capabilities import CAPABILITIES, SHIPPED_ROLES
from okienko.people.models import Agent, Role, Team
from okienko.setup.people_forms import TeamForm
from okienko.setup.refusals import tell
from okienko.setup.scope import needs

BOTH = ["GET", "HEAD", "POST"]


@require_safe
@needs("setup")
def teams(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/teams"""
    found = Team.objects.annotate(count=Count("agents", filter=Q(agents__is_active=True)))
    return render(request, "setup/teams/list.html", {"teams": found.order_by("-is_active", "name")})


@require_http_methods(BOTH)
@needs("setup")
def team(request: HttpRequest, agent: Agent, pk: int | None = None) -> HttpResponse:
    """GET and POST /setup/teams/new and /setup/teams/<pk>"""
    known = get_object_or_404(Team, pk=pk) if pk else None
    initial = {
        "name": known.name if known else "",
        "is_active": known.is_active if known else True,
        "agents": list(known.agents.values_list("pk", flat=True)) if known else [],
    }
    form = TeamForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                changed = known or directory.add_team(form.cleaned_data["name"], by=agent.actor)
                directory.change_team(changed, by=agent.actor, **form.cleaned_data)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
            return redirect("setup:teams")
    context = {"team": known, "form": form}
    return render(request, "setup/teams/one.html", context, status=422 if form.errors else 200)


class RoleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the role"), max_length=80)


@require_http_methods(BOTH)
@needs("setup")
def roles(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET the matrix of roles and capabilities; POST saves it: ``name-<pk>`` and any number of ``role-<pk>``."""
    found = list(Role.objects.annotate(count=Count("agent")).order_by("pk"))
    if request.method == "POST":
        with transaction.atomic():
            for role in found:
                if role.code != "administrator":
                    name = request.POST.get(f"name-{role.pk}", role.name)
                    asked = request.POST.getlist(f"role-{role.pk}")
                    directory.save_role(role, by=agent.actor, name=_own_name(role, name), capabilities=asked)
        messages.success(request, _("The roles are saved."))
        return redirect("setup:roles")
    matrix = [
        {"label": _(label), "cells": [(role, code in role.capabilities) for role in found], "code": code}
        for code, label in CAPABILITIES.items()
    ]
    return render(request, "setup/roles.html", {"roles": found, "matrix": matrix, "form": RoleForm()})


@require_http_methods(["POST"])
@needs("setup")
def new_role(request: HttpRequest, agent: Agent) -> HttpResponse:
    """POST /setup/roles/new: it begins with what an agent may."""
    form = RoleForm(request.POST)
    if form.is_valid():
        name, allowed = form.cleaned_data["name"], SHIPPED_ROLES["agent"][1]
        directory.save_role(None, by=agent.actor, name=name, capabilities=allowed)
    return redirect("setup:roles")


def _own_name(role: Role, name: str) -> str:
    """The name to keep: none for a shipped role that keeps its translated one, and never nothing."""
    name = name.strip()[:80]
    shipped = role.code and name in ("", _(SHIPPED_ROLES[role.code][0]))
    return "" if shipped else name or role.name

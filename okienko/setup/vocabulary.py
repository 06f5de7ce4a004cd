"""Statuses, categories and priorities: three lists and the form of one entry each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okienko.events.actor import Actor
from okienko.lib.refusal import Refused
from okienko.people.models import Agent
from okienko.setup.refusals import tell
from okienko.setup.scope import needs
from okienko.tickets.models import Category, Priority, State, Status
from okienko.tickets.tagging import save_category, save_priority, save_status
from okienko.ui.faces import HUES

BOTH = ["GET", "HEAD", "POST"]
STATES: dict[str, str | Promise] = {
    State.NEW: gettext_lazy("new: nobody has begun"),
    State.OPEN: gettext_lazy("open: we work on it"),
    State.PENDING_CUSTOMER: gettext_lazy("waiting for the customer"),
    State.PENDING_THIRD_PARTY: gettext_lazy("waiting for somebody else"),
    State.SOLVED: gettext_lazy("solved"),
    State.CLOSED: gettext_lazy("closed for good"),
}


class Swatches(forms.RadioSelect):
    template_name = "setup/vocabulary/swatches.html"


class StatusForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    customer_name = forms.CharField(
        label=gettext_lazy("Name that customers see"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Empty: the same."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("What it means"),
        choices=list(STATES.items()),
        help_text=gettext_lazy("Lists, clocks and rules go by this."),
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place in the order"), min_value=0, max_value=30000, initial=100
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class CategoryForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    hue = forms.TypedChoiceField(
        label=gettext_lazy("Colour"),
        coerce=int,
        choices=[(hue, gettext_lazy("colour")) for hue in range(HUES)],
        widget=Swatches,
        initial=0,
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class PriorityForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    rank = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        min_value=-30000,
        max_value=30000,
        help_text=gettext_lazy("The higher, the more pressing."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three lists."""

    name: str
    single: str
    title: str | Promise
    new: str | Promise
    model: type[models.Model]
    form: type[forms.Form]
    save: Callable[..., Any]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "statuses",
            "status",
            gettext_lazy("Statuses"),
            gettext_lazy("New status"),
            Status,
            StatusForm,
            save_status,
        ),
        Kind(
            "categories",
            "category",
            gettext_lazy("Categories"),
            gettext_lazy("New category"),
            Category,
            CategoryForm,
            save_category,
        ),
        Kind(
            "priorities",
            "priority",
            gettext_lazy("Priorities"),
            gettext_lazy("New priority"),
            Priority,
            PriorityForm,
            save_priority,
        ),
    )
}


@require_safe
@needs("setup")
def entries(request: HttpRequest, agent: Agent, kind: str) -> HttpResponse:
    """GET /setup/statuses, /setup/categories, /setup/priorities"""
    which = KINDS[kind]
    context = {"kind": which, "entries": which.model._default_manager.all(), "states": STATES}
    return render(request, f"setup/vocabulary/{which.name}.html", context)


@require_http_methods(BOTH)
@needs("setup")
def entry(request: HttpRequest, agent: Agent, kind: str, pk: int | None = None) -> HttpResponse:
    """GET and POST one entry, or a new one"""
    which = KINDS[kind]
    known: Any = get_object_or_404(which.model, pk=pk) if pk else None
    form = which.form(request.POST or None, initial=_shown(which, known))
    if request.method == "POST" and form.is_valid():
        try:
            _save(which, known, form.cleaned_data, agent.actor)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
            return redirect(f"setup:{which.name}")
    context = {"kind": which, "known": known, "form": form}
    return render(request, "setup/vocabulary/entry.html", context, status=422 if form.errors else 200)


def _shown(which: Kind, known: Any) -> dict[str, Any]:
    if known is None:
        return {}
    shown = {name: getattr(known, name) for name in which.form().fields}
    return shown | {"name": str(known)}


def _save(which: Kind, known: Any, given: dict[str, Any], by: Actor) -> None:
    # A shipped name that nobody has changed stays translated.
    is_shipped = isinstance(known, Status | Priority) and known.code and not known.name
    if is_shipped and given["name"] == str(known):
        given = given | {"name": ""}
    which.save(known, by=by, **given)

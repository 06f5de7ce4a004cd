"""What is decided for the whole company."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from okienko.people.models import Agent
from okienko.setup.scope import needs
from okienko.setup.wizard.company import CompanyForm
from okienko.workspace import preferences


class PreferencesForm(CompanyForm):
    undo_seconds = forms.IntegerField(
        label=gettext_lazy("Time to take a reply back"),
        min_value=0,
        max_value=120,
        help_text=gettext_lazy("Seconds between “Send” and the moment when it leaves."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("setup")
def company(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET and POST /setup/company"""
    form = PreferencesForm(request.POST or None, initial=preferences.everything())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for name, value in form.cleaned_data.items():
                preferences.change(name, to=value, by=agent.actor)
        messages.success(request, _("The company's settings are saved."))
        return redirect("setup:company")
    return render(request, "setup/company.html", {"form": form}, status=422 if form.errors else 200)

"""The company and its first team."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from okienko.lib.refusal import Refused
from okienko.people.directory import change_own_settings
from okienko.people.models import Agent, Team
from okienko.setup.begin import first_team, name_company
from okienko.setup.refusals import tell
from okienko.setup.scope import needs
from okienko.setup.wizard import steps
from okienko.workspace import preferences

LANGUAGES = (("pl", "Polski"), ("en", "English"))


class CompanyForm(forms.Form):
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=120,
        help_text=gettext_lazy("Customers read it as the sender of your replies."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class TeamForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the team"),
        max_length=80,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("setup")
def company(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET and POST /setup/first/company"""
    decided = preferences.everything()
    is_new = not decided["company"]
    form = CompanyForm(
        request.POST or None,
        initial={
            "company": decided["company"],
            "language": get_language() if is_new else decided["language"],
            "time_zone": machine_zone() if is_new else decided["time_zone"],
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        name_company(given["company"], language=given["language"], time_zone=given["time_zone"])
        change_own_settings(agent, by=agent.actor, language=given["language"], time_zone=given["time_zone"])
        return redirect(steps.address("team"))
    return steps.page(request, "company", {"form": form, "is_new": is_new}, 422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("setup")
def team(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET and POST /setup/first/team"""
    known = Team.objects.order_by("pk").first()
    form = TeamForm(request.POST or None, initial={"name": known.name if known else _("Customer service")})
    if request.method == "POST" and form.is_valid():
        try:
            first_team(form.cleaned_data["name"], agent=agent)
        except Refused as refused:
            tell(form, refused)
        else:
            return redirect(steps.address("mailbox"))
    return steps.page(request, "team", {"form": form}, 422 if form.errors else 200)


def machine_zone() -> str:
    """This machine's time zone, Warsaw's where it names none of the world's regions."""
    try:
        name = Path("/etc/timezone").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        name = ""
    return (
        name
        if "/" in name and not name.startswith("Etc/") and name in available_timezones()
        else "Europe/Warsaw"
    )

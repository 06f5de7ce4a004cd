"""An agent's own settings: language, time zone, password."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from okienko.desk.scope import signed_in
from okienko.lib.refusal import Invalid
from okienko.people.directory import change_own_settings, set_password
from okienko.people.models import Agent

LANGUAGES = (("", gettext_lazy("The company's language")), ("pl", "Polski"), ("en", "English"))


class MineForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, required=False)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = [("", _("The company's time zone")), *((z, z) for z in sorted(available_timezones()))]


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=gettext_lazy("Present password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def me(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET and POST /me"""
    about = request.POST if request.POST.get("form") == "mine" else None
    secret = request.POST if request.POST.get("form") == "password" else None
    mine = MineForm(about, initial={"language": agent.language, "time_zone": agent.time_zone})
    password = PasswordForm(secret)
    if about and mine.is_valid():
        change_own_settings(agent, by=agent.actor, **mine.cleaned_data)
        return redirect("desk:me")
    if secret and password.is_valid():
        try:
            if not agent.user.check_password(password.cleaned_data["old"]):
                password.add_error("old", _("This is not your present password."))
            else:
                set_password(agent, password.cleaned_data["new"], by=agent.actor)
                update_session_auth_hash(request, agent.user)
                messages.success(request, _("Your password is changed."))
                return redirect("desk:me")
        except Invalid as refused:
            password.add_error("new", str(refused.details["why"]))
    status = 422 if mine.errors or password.errors else 200
    return render(request, "desk/me/page.html", {"mine": mine, "password": password}, status=status)

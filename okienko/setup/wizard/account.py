"""The way in by the one-time token, and the first account."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okienko.lib.refusal import Refused
from okienko.people.directory import change_agent, has_administrator, set_password
from okienko.people.models import Agent
from okienko.people.reader import agent_of
from okienko.setup.begin import first_account
from okienko.setup.refusals import tell
from okienko.setup.token import has_token, use_up
from okienko.setup.wizard import steps

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class AccountForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("At least 10 letters, digits or signs."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@require_safe
def first(request: HttpRequest) -> HttpResponseBase:
    """GET /setup/first?token=: begins, or goes on where one was."""
    agent = agent_of(request)
    if agent and agent.may("setup"):
        return redirect(steps.address(steps.next_undone(agent)))
    if has_administrator():
        return redirect("account_login")
    if not has_token(request):
        return render(request, "setup/wizard/token.html", status=403)
    language = request.GET.get("lang") or request.COOKIES.get("okienko_language") or _preferred(request)
    response = HttpResponseRedirect(f"{steps.address('account')}?lang={language}")
    response["Referrer-Policy"] = "no-referrer"
    return response


def _preferred(request: HttpRequest) -> str:
    """The browser's language, if we speak it."""
    return "pl" if request.headers.get("Accept-Language", "").lower().startswith("pl") else "en"


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponseBase:
    """GET and POST /setup/first/account"""
    agent = agent_of(request)
    if agent and agent.may("setup"):
        return _own_account(request, agent)
    if not has_token(request):
        return redirect("setup:first")
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agent = first_account(**form.cleaned_data, language=get_language() or "en")
        except Refused as refused:
            tell(form, refused)
        else:
            use_up(request)
            login(request, agent.user, backend=BACKEND)
            return redirect(steps.address("company"))
    return steps.page(request, "account", {"form": form, "is_first": True}, 422 if form.errors else 200)


def _own_account(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Coming back to the account: its name, and another password."""
    form = AccountForm(request.POST or None, initial={"name": agent.name, "email": agent.user.email})
    form.fields["email"].disabled = True
    form.fields["password"].required = False
    form.fields["password"].widget.attrs["placeholder"] = str(gettext_lazy("stored, enter to replace"))
    if request.method == "POST" and form.is_valid():
        try:
            if password := form.cleaned_data["password"]:
                set_password(agent, password, by=agent.actor)
                login(request, agent.user, backend=BACKEND)
            change_agent(agent, by=agent.actor, name=form.cleaned_data["name"])
        except Refused as refused:
            tell(form, refused)
        else:
            return redirect(steps.address("company"))
    return steps.page(request, "account", {"form": form, "is_first": False}, 422 if form.errors else 200)

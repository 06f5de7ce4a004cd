"""The forms of agents and teams."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from okienko.people.models import Agent, Role, Team


class AgentForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("For signing in."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ModelChoiceField(Role.objects.order_by("pk"), label=gettext_lazy("Role"), empty_label=None)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(),
        label=gettext_lazy("Teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class NewAgentForm(AgentForm):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        help_text=gettext_lazy("Leave it empty and one is made up; you see it once."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ChangeAgentForm(AgentForm):
    is_active = forms.BooleanField(
        label=gettext_lazy("Works here"),
        required=False,
        help_text=gettext_lazy("Who does not can't sign in; what they wrote stays."),
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "name": agent.name,
            "email": agent.user.email,
            "role": agent.role_id,
            "teams": list(agent.team_ids),
            "is_active": agent.is_active,
        }
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        help_text=gettext_lazy("Leave it empty and one is made up; you see it once."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    agents = forms.ModelMultipleChoiceField(
        Agent.objects.filter(is_active=True),
        label=gettext_lazy("Agents"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

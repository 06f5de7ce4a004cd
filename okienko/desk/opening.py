"""A ticket opened by hand: a caller, a visitor, a letter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from okienko.desk.scope import signed_in
from okienko.files import store
from okienko.lib.refusal import Invalid, NotAllowed
from okienko.mailroom.models import Channel
from okienko.people.directory import add_customer
from okienko.people.models import Agent, Team
from okienko.tickets.content import Content, FileOf
from okienko.tickets.lifecycle import Labels, open_ticket
from okienko.tickets.models import Category, Priority

WAYS = (
    ("phone", gettext_lazy("By phone")),
    ("visit", gettext_lazy("In person")),
    ("letter", gettext_lazy("By letter")),
    ("other", gettext_lazy("Another way")),
)


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class OpeningForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Customer's name"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone number"), max_length=40, required=False)
    way = forms.ChoiceField(label=gettext_lazy("How they reached us"), choices=WAYS)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=500)
    text = forms.CharField(label=gettext_lazy("What they said"), widget=forms.Textarea(attrs={"rows": 8}))
    channel = forms.ModelChoiceField(
        label=gettext_lazy("Mailbox for replies"), queryset=Channel.objects.none(), required=False
    )
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.none(), required=False)
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), queryset=Category.objects.none(), required=False
    )
    priority = forms.ModelChoiceField(
        label=gettext_lazy("Priority"), queryset=Priority.objects.none(), required=False
    )
    files = forms.FileField(label=gettext_lazy("Attachments"), required=False, widget=ManyFiles())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "channel": Channel.objects.filter(is_active=True),
            "team": Team.objects.filter(is_active=True),
            "category": Category.objects.filter(is_active=True),
            "priority": Priority.objects.filter(is_active=True),
        }
        for name, rows in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not any(given.get(field, "").strip() for field in ("name", "email", "phone")):
            raise forms.ValidationError(_("Say who it is: a name, an address or a phone number."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET and POST /tickets/new"""
    if not agent.may("tickets.open"):
        raise NotAllowed("tickets.open")
    channels = Channel.objects.filter(is_active=True)
    first = {
        "channel": channels.filter(team__in=agent.team_ids).first() or channels.first(),
        "team": Team.objects.filter(pk__in=agent.team_ids).first(),
        "priority": Priority.objects.filter(is_default=True).first(),
        "email": request.GET.get("email", ""),
        "name": request.GET.get("name", ""),
    }
    form = OpeningForm(request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            customer = add_customer(
                by=agent.actor, name=said["name"], email=said["email"], phone=said["phone"]
            )
        except Invalid:
            form.add_error("email", _("This is not an e-mail address."))
            return render(request, "desk/new/page.html", {"form": form}, status=422)
        content = Content(
            segments=[["new", said["text"]]],
            subject=said["subject"],
            from_name=customer.name or said["phone"],
            from_address=said["email"],
            channel=said["channel"],
            is_by_hand=True,
            verdict={"code": f"by_{said['way']}", "params": {}},
            files=tuple(
                FileOf(store.store(f.read()), f.name or "", f.content_type or "application/octet-stream")
                for f in request.FILES.getlist("files")
            ),
        )
        ticket = open_ticket(
            subject=said["subject"],
            customer=customer,
            content=content,
            by=agent.actor,
            channel=said["channel"],
            labels=Labels(team=said["team"], category=said["category"], priority=said["priority"]),
        )
        return redirect(f"/tickets/{ticket.number}")
    return render(request, "desk/new/page.html", {"form": form}, status=422 if form.errors else 200)

"""A ticket opened by hand: a caller, a visitor, a letter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from okienko.desk.composer import LARGEST_FILE
from okienko.desk.customers import known_to
from okienko.desk.scope import signed_in
from okienko.files import store
from okienko.lib.refusal import Invalid
from okienko.mailroom.models import Channel
from okienko.people.directory import add_customer
from okienko.people.models import Agent, Team
from okienko.tickets.access import sees
from okienko.tickets.content import Content, FileOf
from okienko.tickets.lifecycle import Labels, open_ticket
from okienko.tickets.models import Category, Priority, Ticket

WAYS = (
    ("phone", gettext_lazy("By phone")),
    ("visit", gettext_lazy("In person")),
    ("letter", gettext_lazy("By letter")),
    ("other", gettext_lazy("Another way")),
)


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name)


class FilesField(forms.FileField):
    """Any number of files, each up to LARGEST_FILE megabytes; cleans to a list."""

    widget = ManyFiles(attrs={"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(FilesField, self).clean(file, initial) for file in data or [None]]
        for file in files:
            if file and file.size > LARGEST_FILE * 1_000_000:
                refused = {"name": file.name, "limit": LARGEST_FILE}
                raise forms.ValidationError(_("%(name)s is larger than %(limit)s MB.") % refused)
        return [file for file in files if file]


class OpeningForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Customer's name"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone number"), max_length=40, required=False)
    way = forms.ChoiceField(label=gettext_lazy("How they reached us"), choices=WAYS)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=500)
    text = forms.CharField(label=gettext_lazy("What they said"), widget=forms.Textarea(attrs={"rows": 8}))
    channel = forms.ModelChoiceField(
        label=gettext_lazy("Mailbox for replies"),
        queryset=Channel.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=gettext_lazy("No team"),
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=gettext_lazy("No category"),
    )
    priority = forms.ModelChoiceField(
        label=gettext_lazy("Priority"), queryset=Priority.objects.none(), required=False, empty_label=None
    )
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)

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
    """GET /tickets/new?customer= and POST"""
    agent.actor.must("tickets.open")
    form = OpeningForm(request.POST or None, request.FILES or None, initial=_usual(request, agent))
    if request.method == "POST" and form.is_valid():
        try:
            ticket = _opened(form.cleaned_data, agent)
        except Invalid:
            form.add_error("email", _("This is not an e-mail address."))
        else:
            if sees(agent.actor, ticket):
                return redirect(f"/tickets/{ticket.number}")
            opened = {"number": ticket.number, "team": ticket.team}
            messages.success(request, _("#%(number)s is opened for %(team)s.") % opened)
            return redirect("desk:tickets")
    return render(request, "desk/new/page.html", {"form": form}, status=422 if form.errors else 200)


def _usual(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    """What the empty form proposes: the agent's team and its mailbox, and the customer whose card led here."""
    channels = Channel.objects.filter(is_active=True)
    usual: dict[str, Any] = {
        "channel": channels.filter(team__in=agent.team_ids).first() or channels.first(),
        "team": Team.objects.filter(pk__in=agent.team_ids, is_active=True).first(),
        "priority": Priority.objects.filter(is_default=True).first(),
    }
    asked = request.GET.get("customer", "")
    customer = known_to(agent).filter(pk=int(asked[:18])).first() if asked.isdecimal() else None
    if customer:
        usual["name"] = customer.name
        for identity in customer.identities.all():
            usual.setdefault(identity.kind, identity.shown)
    return usual


def _opened(said: dict[str, Any], agent: Agent) -> Ticket:
    customer = add_customer(by=agent.actor, name=said["name"], email=said["email"], phone=said["phone"])
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
            for f in said["attachments"]
        ),
    )
    return open_ticket(
        subject=said["subject"],
        customer=customer,
        content=content,
        by=agent.actor,
        channel=said["channel"],
        labels=Labels(team=said["team"], category=said["category"], priority=said["priority"]),
    )

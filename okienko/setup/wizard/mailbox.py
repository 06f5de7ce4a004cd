"""The first mailbox: an address and a password, servers that are guessed and can be corrected, and a test."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okienko.channels.email import check
from okienko.channels.email.config import mailbox as configured
from okienko.lib.refusal import Refused
from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Team
from okienko.setup.connection import last_test
from okienko.setup.refusals import tell
from okienko.setup.scope import needs
from okienko.setup.server_fields import ServerFields
from okienko.setup.servers import is_known
from okienko.setup.wizard import steps
from okienko.workspace import preferences


class FirstMailbox(ServerFields):
    address = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("setup")
def mailbox(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET and POST /setup/first/mailbox"""
    channel = Channel.objects.order_by("pk").first()
    form = _form(request, channel)
    if request.method == "POST" and form.is_valid():
        try:
            channel = _save(channel, form, agent)
        except Refused as refused:
            tell(form, refused)
        else:
            check.start(channel)
            return redirect(steps.address("mailbox"))
    return steps.page(request, "mailbox", _context(channel, form), 422 if form.errors else 200)


@require_safe
@needs("setup")
def test(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/first/mailbox/test: the box that the page reads again while the test runs."""
    channel = Channel.objects.order_by("pk").first()
    return render(request, "setup/wizard/mailbox_test.html", _context(channel, _form(request, channel)))


def _form(request: HttpRequest, channel: Channel | None) -> FirstMailbox:
    form = FirstMailbox(
        request.POST or None,
        channel=channel,
        initial={"address": channel.address if channel else ""},
    )
    if channel:
        form.fields["address"].disabled = True
    else:
        form.fields["password"].required = True
    return form


def _save(channel: Channel | None, form: FirstMailbox, agent: Agent) -> Channel:
    form.guess(form.cleaned_data["address"])
    passwords, config = form.passwords(), form.configured().as_json()
    if channel:
        return channels.change_channel(channel, by=agent.actor, passwords=passwords, config=config)
    return channels.add_mailbox(
        form.cleaned_data["address"],
        by=agent.actor,
        team=Team.objects.order_by("pk").first(),
        language=preferences.get("language"),
        config=config,
        passwords=passwords,
    )


def _context(channel: Channel | None, form: FirstMailbox) -> dict[str, Any]:
    box = configured(channel) if channel else None
    return {
        "form": form,
        "channel": channel,
        "box": box,
        "is_known": bool(channel and is_known(channel.address)),
        "test": last_test(channel) if channel else None,
        "same_user": bool(box and box.imap and box.smtp and box.imap.user == box.smtp.user),
    }

"""Mailboxes: the list with their health, adding, changing, testing, pausing; their folders and signature."""

from __future__ import annotations

from html import escape
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okienko.channels.email import check
from okienko.channels.email.config import mailbox as configured
from okienko.channels.email.troubles import sentence, trouble
from okienko.lib.html import sanitise_composed
from okienko.lib.refusal import Refused
from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from okienko.outbound.queue import release_held
from okienko.people.models import Agent
from okienko.setup.connection import last_test
from okienko.setup.mailbox_form import MailboxForm
from okienko.setup.mailbox_state import state_of, states
from okienko.setup.refusals import tell
from okienko.setup.scope import needs
from okienko.workspace import preferences

BOTH = ["GET", "HEAD", "POST"]


@require_safe
@needs("setup")
def mailboxes(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/mailboxes"""
    return render(request, "setup/mailboxes/list.html", {"states": states()})


@require_http_methods(BOTH)
@needs("setup")
def new(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET and POST /setup/mailboxes/new: an address and a password are enough, the servers are looked for."""
    form = MailboxForm(request.POST or None, channel=None, language=preferences.get("language"))
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        if form.cleaned_data["password"]:
            form.guess(address)
        try:
            channel = channels.add_mailbox(
                address,
                by=agent.actor,
                config=form.configured().as_json(),
                passwords=form.passwords(),
                **form.about(),
            )
        except Refused as refused:
            tell(form, refused)
        else:
            channels.change_channel(channel, by=agent.actor, quote=form.cleaned_data["quote"])
            return _tested(channel)
    return _page(request, None, form)


@require_http_methods(BOTH)
@needs("setup")
def mailbox(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """GET and POST /setup/mailboxes/<pk>"""
    channel = _channel(pk)
    form = MailboxForm(request.POST or None, channel=channel, language=channel.language)
    if request.method == "POST" and form.is_valid():
        channels.change_channel(
            channel,
            by=agent.actor,
            passwords=form.passwords(),
            config=form.configured().as_json(),
            quote=form.cleaned_data["quote"],
            **form.about(),
        )
        messages.success(request, _("The mailbox is saved."))
        return _tested(channel)
    return _page(request, channel, form)


@require_http_methods(BOTH)
@needs("setup")
def test(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """GET the newest connection test, as the page reads it again while it runs; POST begins one."""
    channel = _channel(pk)
    if request.method == "POST":
        return _tested(channel)
    return render(request, "setup/mailboxes/test.html", {"channel": channel, "test": last_test(channel)})


@require_POST
@needs("setup")
def activity(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """POST is_active=1 or nothing: goes on or pauses."""
    goes_on = bool(request.POST.get("is_active"))
    channel = channels.change_channel(_channel(pk), by=agent.actor, is_active=goes_on)
    if goes_on:
        release_held(channel)
    return redirect("setup:mailbox", pk=pk)


@require_safe
@needs("setup")
def folders(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """GET the folders that the mailbox's server names now, to choose from; else why it did not."""
    channel = _channel(pk)
    names: list[str] = []
    problem = ""
    box = configured(channel)
    try:
        names = check.folders(channel)
    except Exception as error:  # whatever a server or network does, told in words
        assert box.imap is not None
        code, params = trouble(error, box.imap)
        problem = sentence({"code": code, "params": params})
    return render(request, "setup/mailboxes/folders.html", {"names": names, "problem": problem})


@require_http_methods(BOTH)
@needs("setup")
def signature(request: HttpRequest, agent: Agent, pk: int) -> HttpResponse:
    """GET and POST /setup/mailboxes/<pk>/signature"""
    channel = _channel(pk)
    if request.method == "POST":
        written = request.POST.get("html", "") or _as_html(request.POST.get("text", ""))
        channels.change_channel(channel, by=agent.actor, signature_html=sanitise_composed(written))
        messages.success(request, _("The signature is saved."))
        return redirect("setup:signature", pk=pk)
    preview = sanitise_composed(channel.signature_html)
    return render(request, "setup/mailboxes/signature.html", {"channel": channel, "preview": preview})


def _as_html(text: str) -> str:
    """Plain text, from a browser without script, as the editor would have written it."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def _tested(channel: Channel) -> HttpResponse:
    if channel.config.get("imap") or channel.config.get("smtp"):
        check.start(channel)
    return redirect("setup:mailbox", pk=channel.pk)


def _channel(pk: int) -> Channel:
    found = Channel.objects.select_related("team").prefetch_related("health")
    return get_object_or_404(found, pk=pk, kind=Channel.Kind.EMAIL)


def _page(request: HttpRequest, channel: Channel | None, form: MailboxForm) -> HttpResponse:
    context: dict[str, Any] = {"channel": channel, "form": form}
    if channel:
        context |= {"state": state_of(channel), "test": last_test(channel)}
    return render(request, "setup/mailboxes/page.html", context, status=422 if form.errors else 200)

"""The contents of the settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from okienko.people.models import Agent
from okienko.setup.scope import needs
from okienko.setup.wizard import steps


@require_safe
@needs("setup")
def home(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/"""
    return render(request, "setup/home.html", {"groups": _groups(agent)})


def _groups(agent: Agent) -> list[tuple[str, list[dict[str, str]]]]:
    mail = [
        ("mailboxes", "mail", _("Mailboxes"), _("Where mail comes in and goes out, and how each does.")),
        ("outbox", "send", _("Outbox"), _("What left, what waits, what failed and why.")),
    ]
    if agent.may("ledger"):
        mail.insert(1, ("ledger", "book-open", _("Mail ledger"), _("What became of every single message.")))
    people = [
        ("agents", "circle-user", _("Agents"), _("Who works here, in which teams, with which role.")),
        ("teams", "users", _("Teams"), _("Who shares which work.")),
        ("roles", "shield-check", _("Roles"), _("Who may do what.")),
    ]
    work = [
        ("statuses", "circle-dot", _("Statuses"), _("Where a ticket stands.")),
        ("categories", "tag", _("Categories"), _("What a ticket is about.")),
        ("priorities", "signal", _("Priorities"), _("How pressing a ticket is.")),
    ]
    house = [
        ("company", "building-2", _("Company"), _("Name, language, time zone, time to undo.")),
        ("system", "activity", _("System"), _("Version, data directory, and what the doctor finds.")),
    ]
    if steps.next_undone(agent) in ("company", "team"):
        house.insert(
            0, ("first", "circle-dashed", _("Finish the set-up"), _("The first run is not over yet."))
        )
    groups = ((_("Mail"), mail), (_("People"), people), (_("Tickets"), work), (_("House"), house))
    return [
        (
            title,
            [
                {"url": reverse(f"setup:{n}"), "icon": i, "label": label, "about": a}
                for n, i, label, a in places
            ],
        )
        for title, places in groups
    ]

"""The steps of the first run: which there are, how far one has come, and the frame of their pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Team
from okienko.people.reader import agent_of
from okienko.workspace import preferences

NAMES = ("account", "company", "team", "mailbox", "finish")


def address(name: str) -> str:
    """Where a step stands."""
    return reverse(f"setup:first-{name}")


def next_undone(agent: Agent | None) -> str:
    """The step to come back to."""
    done = _notes(agent)
    return next((name for name in NAMES if name not in done), "finish")


def page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A step's page, in its frame."""
    agent = agent_of(request)
    done = _notes(agent)
    titles = {
        "account": (_("Account"), _("Who administers")),
        "company": (_("Company"), _("Name, language, time zone")),
        "team": (_("Team"), _("Who answers")),
        "mailbox": (_("Mailbox"), _("Here mail will come in")),
        "finish": (_("Ready"), _("To the desk")),
    }
    steps = [
        {
            "label": titles[each][0],
            "note": done.get(each) or titles[each][1],
            "state": "now" if each == name else "done" if each in done else "",
        }
        for each in NAMES
    ]
    before = NAMES[NAMES.index(name) - 1] if name != NAMES[0] else ""
    frame = {
        "steps": steps,
        "back": address(before) if before else "",
        "languages": [
            {"code": code, "label": label, "is_chosen": code == get_language()}
            for code, label in (("pl", "Polski"), ("en", "English"))
        ],
    }
    response = render(request, f"setup/wizard/{name}.html", frame | context, status=status)
    remember_language(request, response)
    return response


def remember_language(request: HttpRequest, response: HttpResponse) -> None:
    """Keeps the language that was chosen in the address for the pages that follow."""
    if (chosen := request.GET.get("lang")) in ("pl", "en"):
        response.set_cookie("okienko_language", chosen, samesite="Lax")


def _notes(agent: Agent | None) -> dict[str, str]:
    """What is done already, each with a word about it."""
    if agent is None:
        return {}
    done = {"account": agent.name}
    if company := preferences.get("company"):
        done["company"] = company
    if team := Team.objects.order_by("pk").first():
        done["team"] = team.name
    if channel := Channel.objects.order_by("pk").first():
        done["mailbox"] = channel.address
    return done

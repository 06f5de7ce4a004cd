"""The rail beside every page: views with their counts, places, the reader's own menu. A context processor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from okienko.people.models import Agent
from okienko.people.reader import agent_of
from okienko.tickets import standing


def rail(request: HttpRequest) -> dict[str, Any]:
    """``rail`` for ui/parts/rail.html, worked out only where a template asks for it."""
    return {"rail": SimpleLazyObject(lambda: _rail(request))}


def _rail(request: HttpRequest) -> dict[str, Any]:
    agent = agent_of(request)
    if agent is None:
        return {}
    # A rail that is re-read is told on which page it stands.
    at = request.GET.get("at", "/") if request.path == reverse("desk:rail") else request.path
    views = _views(at, request.GET.get("view", ""), counts_of(request, agent))
    primary = None
    if agent.may("tickets.open"):
        primary = {"url": reverse("desk:new"), "label": _("New ticket"), "icon": "square-pen", "key": "c"}
    return {
        "home": reverse("desk:home"),
        "topics": "list",
        "url": f"{reverse('desk:rail')}?{urlencode({'at': at, 'view': request.GET.get('view', '')})}",
        "search_url": reverse("desk:find"),
        "primary": primary,
        "groups": [
            {"title": "", "entries": views},
            {"title": _("Work"), "entries": _places(at, agent)},
        ],
        "person": agent.name,
        "note": agent.role.label,
        "account": [
            {"url": reverse("desk:me"), "label": _("My settings"), "icon": "user", "post": False},
            {"url": reverse("account_logout"), "label": _("Sign out"), "icon": "log-out", "post": True},
        ],
        "bar": [views[0], views[1], _find_entry(at)],
    }


def counts_of(request: HttpRequest, agent: Agent) -> dict[str, int]:
    """How many tickets each view holds for the agent, counted once for a request."""
    if not hasattr(request, "_counts"):
        request._counts = standing.counts(agent.actor)  # type: ignore[attr-defined]
    return request._counts  # type: ignore[attr-defined,no-any-return]


def _views(at: str, chosen: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    if at == reverse("desk:tickets"):
        chosen = chosen or "mine"
    elif not at.startswith("/tickets/"):
        chosen = ""
    keys = {"mine": "g m", "unassigned": "g u", "unanswered": "g w", "open": "g o"}
    return [
        {
            "url": f"{reverse('desk:tickets')}?view={view.name}",
            "label": view.label,
            "icon": view.icon,
            "count": shown_count(counts.get(view.name)),
            "is_current": view.name == chosen,
            "key": keys.get(view.name, ""),
        }
        for view in standing.VIEWS.values()
    ]


def shown_count(count: int | None) -> str | None:
    """A count as it is shown: beyond MOST_COUNTED only that it is more."""
    if count is None:
        return None
    return f"{standing.MOST_COUNTED}+" if count > standing.MOST_COUNTED else str(count)


def _find_entry(at: str) -> dict[str, Any]:
    url = reverse("desk:find")
    return {
        "url": url,
        "label": _("Search"),
        "icon": "search",
        "is_current": at == url,
        "count": None,
    }


def _places(at: str, agent: Agent) -> list[dict[str, Any]]:
    places = [(_("Customers"), "contact", reverse("desk:customers"), "g c")]
    if agent.may("tickets.bin"):
        places.append((_("Bin"), "trash-2", reverse("desk:bin"), ""))
    if agent.may("ledger"):
        places.append((_("Mail ledger"), "book-open", reverse("setup:ledger"), ""))
    if agent.may("setup"):
        places.append((_("Settings"), "settings", reverse("setup:home"), ""))
    current = max((url for _, _, url, _ in places if at.startswith(url)), key=len, default="")
    return [
        {"label": label, "icon": icon, "url": url, "key": key, "is_current": url == current, "count": None}
        for label, icon, url, key in places
    ]

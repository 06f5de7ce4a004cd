"""The person who reads the page: language and time zone of their own, else of the company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from okienko.people.models import Agent
from okienko.workspace import preferences

WITHOUT_READER = ("/static/", "/health", "/live")


def agent_of(request: HttpRequest) -> Agent | None:
    """The active agent who is signed in, with role and teams, read once per request."""
    if not hasattr(request, "_agent"):
        found = None
        if request.user.is_authenticated:
            found = (
                Agent.objects.select_related("user", "role")
                .filter(user_id=request.user.pk, is_active=True)
                .first()
            )
        request._agent = found  # type: ignore[attr-defined]
    return request._agent  # type: ignore[attr-defined,no-any-return]


class InReadersLanguage:
    """Middleware: switches language and time zone for one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(WITHOUT_READER):
            return self.get_response(request)
        agent = agent_of(request)
        decided = preferences.everything()
        request.preferences = decided  # type: ignore[attr-defined]
        language = (agent and agent.language) or _asked(request) or _of_house(request, decided)
        with (
            translation.override(language),
            timezone.override(zone((agent and agent.time_zone) or decided["time_zone"])),
        ):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


def zone(name: str) -> ZoneInfo:
    """The time zone ``name``, Warsaw's if it is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Europe/Warsaw")


def _of_house(request: HttpRequest, decided: dict[str, Any]) -> str:
    """The company's language; the browser's while there is no company to have one."""
    if decided["company"]:
        return str(decided["language"])
    return translation.get_language_from_request(request)


def _asked(request: HttpRequest) -> str:
    """The language chosen by ``?lang=`` or the cookie it left, for those who are not signed in."""
    asked = request.GET.get("lang") or request.COOKIES.get("okienko_language", "")
    return asked if asked in ("pl", "en") else ""

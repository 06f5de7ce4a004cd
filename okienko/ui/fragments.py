"""Whole page or part of one: what the browser asked for."""

from __future__ import annotations

from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of the page (a live re-read, a change in place).

    A boosted link or form and a step back in history want the whole page, which is then morphed in place.
    """
    whole = ("HX-Boosted", "HX-History-Restore-Request")
    return "HX-Request" in request.headers and not any(name in request.headers for name in whole)

"""The one-time token that ``okienko run`` prints: whoever has it may make the first account."""

from __future__ import annotations

import hmac
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from okienko.people.directory import has_administrator

IN_SESSION = "first_run_token"


def has_token(request: HttpRequest) -> bool:
    """Whether the request, or the session that it belongs to, brings the token and it is still worth something.

    A token in the address is kept in the session, so that the address can forget it.
    """
    given = request.GET.get("token", "")
    if given and _opens(given):
        request.session[IN_SESSION] = given
        return True
    return _opens(request.session.get(IN_SESSION, ""))


def use_up(request: HttpRequest) -> None:
    """Forgets the token everywhere: there is an administrator now."""
    request.session.pop(IN_SESSION, None)
    _path().unlink(missing_ok=True)


def _opens(given: str) -> bool:
    try:
        token = _path().read_text(encoding="ascii").strip()
    except OSError:
        return False
    right = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    return right and not has_administrator()


def _path() -> Path:
    path: Path = settings.DATA.run / "first-run-token"
    return path

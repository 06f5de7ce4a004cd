"""The installation itself: version, where it lives, which processes run, what the doctor finds."""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from okienko import __version__
from okienko.people.models import Agent
from okienko.setup.scope import needs
from okienko.work.check import Check, Finding
from okienko.work.process import is_held

log = structlog.get_logger(__name__)


@require_safe
@needs("setup")
def system(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/system"""
    findings = list(_findings())
    context = {
        "version": __version__,
        "data": settings.DATA.root,
        "database": "SQLite" if settings.ON_SQLITE else "PostgreSQL",
        "worker_runs": is_held(settings.DATA.run / "worker.lock"),
        "sends": settings.OUTBOUND == "send",
        "ill": [finding for finding in findings if not finding.is_good],
        "well": [finding for finding in findings if finding.is_good],
    }
    return render(request, "setup/system.html", context)


def _findings() -> Iterator[Finding]:
    checks: tuple[Check, ...] = import_string(f"{settings.WIRING}.CHECKS")
    for check in checks:
        try:
            yield from check()
        except Exception as error:
            log.exception("check_failed", check=check.__module__)
            said = _("%(part)s can't be looked at: %(error)r")
            yield Finding(False, said % {"part": check.__module__, "error": error})

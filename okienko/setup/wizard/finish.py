"""The end of the first run: to the desk, or a demo company instead."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from okienko.demo.company import sign_ins
from okienko.demo.load import begin_loading, is_empty, loading, password_of
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.setup.scope import needs
from okienko.setup.wizard import steps


@require_http_methods(["GET", "HEAD", "POST"])
@needs("setup")
def finish(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/first/finish; a POST fills a demo company."""
    if request.method == "POST":
        begin_loading(by=agent.actor)
        return redirect(steps.address("finish"))
    return steps.page(request, "finish", _context())


@require_safe
@needs("setup")
def demo(request: HttpRequest, agent: Agent) -> HttpResponse:
    """GET /setup/first/demo: how far the demo company is, read again while it is filled."""
    return render(request, "setup/wizard/demo.html", _context())


def _context() -> dict[str, object]:
    job = loading()
    return {
        "job": job,
        "result": job.result if job and job.is_over else None,
        "password": password_of(job) if job and job.is_over and job.result else "",
        "people": sign_ins() if job and job.is_over else [],
        "may_fill": job is None and is_empty(),
        "has_mailbox": Channel.objects.exists(),
    }

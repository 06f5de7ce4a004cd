"""Drafts as they are typed, and the files that wait on them."""

from __future__ import annotations

import secrets

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from okienko.desk.composer import LARGEST_FILE, waiting
from okienko.desk.files import served
from okienko.desk.replies import read
from okienko.desk.scope import signed_in, ticket_or_404
from okienko.desk.ticket import answer, to_page
from okienko.lib.refusal import Conflict, Invalid
from okienko.people.models import Agent
from okienko.tickets import drafts
from okienko.tickets.forwarding import begin_forward
from okienko.tickets.models import Draft, DraftFile, Message


@require_POST
@signed_in
def draft(request: HttpRequest, agent: Agent, number: int, kind: str) -> HttpResponse:
    """POST /tickets/<number>/drafts/<kind>: saves it; a forward begins with message=<key>; discard=1 throws it away.

    Answers {"version": n}, or 409 with the other window's text.
    """
    ticket = ticket_or_404(request, number)
    begun = request.POST.get("message", "")
    if kind == "forward" and begun.isdecimal():
        message = (
            Message.objects.select_related("ticket__channel")
            .filter(ticket=ticket, pk=int(begun[:18]))
            .first()
        )
        if message is None:
            raise Http404
        begin_forward(message, by=agent.actor)
        return to_page(request, number, write="forward")
    if request.POST.get("discard"):
        drafts.discard(ticket, kind=kind, by=agent.actor)
        return answer(request, agent, ticket, footer=True, write=kind, anew=f"-{secrets.token_hex(4)}")
    known = Draft.objects.filter(ticket=ticket, agent=agent, kind=kind).first()
    version = request.POST.get("version", "")
    try:
        saved = drafts.save(
            ticket,
            kind=kind,
            writing=read(request, ticket, kind, known),
            by=agent.actor,
            revision=int(version[:9]) if version.isdecimal() else None,
        )
    except Conflict as refused:
        said = {"version": refused.details["revision"], "html": refused.details["html"]}
        return JsonResponse(said, status=409)
    if not version:  # the form itself, where no script saves as one types
        return to_page(request, number, write=kind)
    return JsonResponse({"version": saved.revision})


@require_POST
@signed_in
def files(request: HttpRequest, agent: Agent, number: int, kind: str) -> HttpResponse:
    """POST /tickets/<number>/drafts/<kind>/files file=&inline=: answers with the <li> that the composer shows."""
    ticket = ticket_or_404(request, number)
    file = request.FILES.get("file")
    if file is None:
        raise Invalid("file")
    if (file.size or 0) > LARGEST_FILE * 1_000_000:
        raise Invalid("too_large", name=file.name, limit=LARGEST_FILE)
    is_inline = bool(request.POST.get("inline")) and (file.content_type or "").startswith("image/")
    kept = drafts.attach(
        ticket,
        kind=kind,
        filename=file.name or "",
        content_type=file.content_type or "application/octet-stream",
        data=file.read(),
        by=agent.actor,
        inline_id=f"{secrets.token_hex(12)}@okienko" if is_inline else "",
    )
    place = reverse("desk:draft", args=[number, kind])
    return render(request, "desk/ticket/waiting.html", {"file": waiting(kept, place), "place": place})


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@signed_in
def file(
    request: HttpRequest, agent: Agent, number: int, kind: str, key: int, name: str = ""
) -> HttpResponseBase:
    """/tickets/<number>/drafts/<kind>/files/<key>: GET shows one's own, DELETE (or POST, without script) removes it."""
    ticket = ticket_or_404(request, number)
    found = (
        DraftFile.objects.select_related("blob")
        .filter(pk=key, draft__ticket=ticket, draft__agent=agent, draft__kind=kind)
        .first()
    )
    if found is None:
        raise Http404
    if request.method in ("GET", "HEAD"):
        return served(found)
    drafts.detach(found, by=agent.actor)
    if request.method == "DELETE":
        return HttpResponse()
    return to_page(request, number, write=kind)

"""Sending what stands in a composer, taking it back, sending it again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from okienko.desk.composer import LARGEST_FILE, written
from okienko.desk.recipients import checked
from okienko.desk.refusals import said
from okienko.desk.scope import signed_in, status_of, ticket_or_404
from okienko.desk.ticket import answer
from okienko.lib.refusal import Conflict, Invalid, Refused
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets import conversation, drafts
from okienko.tickets.drafts import Writing
from okienko.tickets.letter import subject_of_reply
from okienko.tickets.models import Draft, Message, Status, Ticket


@require_POST
@signed_in
def replies(request: HttpRequest, agent: Agent, number: int) -> HttpResponse:
    """POST /tickets/<number>/replies"""
    return _post(request, agent, ticket_or_404(request, number), "reply")


@require_POST
@signed_in
def notes(request: HttpRequest, agent: Agent, number: int) -> HttpResponse:
    """POST /tickets/<number>/notes"""
    return _post(request, agent, ticket_or_404(request, number), "note")


@require_POST
@signed_in
def forwards(request: HttpRequest, agent: Agent, number: int) -> HttpResponse:
    """POST /tickets/<number>/forwards"""
    return _post(request, agent, ticket_or_404(request, number), "forward")


@require_POST
@signed_in
def undo(request: HttpRequest, agent: Agent, number: int, key: int) -> HttpResponse:
    """POST /tickets/<number>/messages/<key>/undo: back into the composer"""
    ticket = ticket_or_404(request, number)
    message = _sent(ticket, key)
    with transaction.atomic():
        conversation.withdraw_reply(message, by=agent.actor)
        draft = drafts.reopen_withdrawn(message, by=agent.actor)
    return answer(request, agent, ticket, write=draft.kind, anew=f"-again-{key}", footer=True)


@require_POST
@signed_in
def again(request: HttpRequest, agent: Agent, number: int, key: int) -> HttpResponse:
    """POST /tickets/<number>/messages/<key>/again"""
    ticket = ticket_or_404(request, number)
    conversation.send_again(_sent(ticket, key), by=agent.actor)
    return answer(request, agent, ticket)


def _sent(ticket: Ticket, key: int) -> Message:
    found = (
        Message.objects.select_related("ticket").filter(ticket=ticket, pk=key, kind=Message.Kind.SENT).first()
    )
    if found is None:
        raise Http404
    return found


def _post(request: HttpRequest, agent: Agent, ticket: Ticket, kind: str) -> HttpResponse:
    agent.actor.must("tickets.note" if kind == "note" else "tickets.reply")
    writing = read(request, ticket, kind, _draft(agent, ticket, kind))
    try:
        _take_files(request, agent, ticket, kind)
        draft = _draft(agent, ticket, kind)
        with transaction.atomic():
            _send(request, agent, ticket, kind, writing, draft)
            drafts.discard(ticket, kind=kind, by=agent.actor)
    except (Conflict, Invalid) as refused:
        return _refused(request, agent, ticket, kind, writing, refused)
    return answer(request, agent, ticket, write=kind if kind == "note" else "", footer=True)


def _draft(agent: Agent, ticket: Ticket, kind: str) -> Draft | None:
    return Draft.objects.filter(ticket=ticket, agent=agent, kind=kind).first()


def read(request: HttpRequest, ticket: Ticket, kind: str, draft: Draft | None) -> Writing:
    """What was posted from the composer of ``kind``, its images named by the draft's files."""
    files = dict(draft.files.values_list("pk", "content_id")) if draft else {}
    return written(request.POST, place=f"/tickets/{ticket.number}/drafts/{kind}", files=files)


def _send(
    request: HttpRequest, agent: Agent, ticket: Ticket, kind: str, writing: Writing, draft: Draft | None
) -> Message:
    files = drafts.files_of(draft, writing.html) if draft else ()
    shown = {int(key[:18]) for key in request.POST.getlist("file") if key.isdecimal()}
    if draft and shown != set(draft.files.values_list("pk", flat=True)) and request.POST.get("rich"):
        raise Conflict("files")
    if kind == "note":
        return conversation.note(ticket, content=drafts.content_of(writing.html, files), by=agent.actor)
    content = drafts.content_of(
        writing.html,
        files,
        to=checked(writing.to),
        cc=checked(writing.cc),
        subject=writing.subject or subject_of_reply(ticket),
    )
    return conversation.reply(
        ticket,
        content=content,
        by=agent.actor,
        seen=writing.seen,
        status=_status(request),
        via=_via(request),
        is_forward=kind == "forward",
    )


def _status(request: HttpRequest) -> Status | None:
    key = request.POST.get("then", "")
    if not key:
        return None
    found = Status.objects.filter(pk=int(key[:18]), is_active=True).first() if key.isdecimal() else None
    if found is None:
        raise Invalid("status")
    return found


def _via(request: HttpRequest) -> Channel | None:
    key = request.POST.get("via", "")
    return Channel.objects.filter(pk=int(key[:18]), is_active=True).first() if key.isdecimal() else None


def _take_files(request: HttpRequest, agent: Agent, ticket: Ticket, kind: str) -> None:
    """Files that came with the form itself, where no script had handed them over before."""
    for file in request.FILES.getlist("files"):
        if (file.size or 0) > LARGEST_FILE * 1_000_000:
            raise Invalid("too_large", name=file.name, limit=LARGEST_FILE)
        drafts.attach(
            ticket,
            kind=kind,
            filename=file.name or "",
            content_type=file.content_type or "application/octet-stream",
            data=file.read(),
            by=agent.actor,
        )


def _refused(
    request: HttpRequest, agent: Agent, ticket: Ticket, kind: str, writing: Writing, refused: Refused
) -> HttpResponse:
    """Nothing was sent: the draft is kept, and what came in meanwhile is shown above the composer."""
    if not request.POST.get("rich"):
        drafts.save(ticket, kind=kind, writing=writing, by=agent.actor)
    newer: list[Message] = []
    if refused.code == "stale":
        keys: Any = refused.details["newer"]
        newer = list(Message.objects.filter(pk__in=keys).order_by("at", "pk"))
    says = {
        "pen": request.POST.get("pen") or f"pen-{kind}-{ticket.number}",
        "text": said(refused),
        "newer": newer,
        "read": max((message.pk for message in newer), default=0),
        "then": request.POST.get("then", ""),
    }
    return answer(request, agent, ticket, status=status_of(refused), write=kind, says=says)

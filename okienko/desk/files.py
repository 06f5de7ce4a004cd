"""What came from outside, served so that it can do no harm: attachments, a mail's own HTML, its raw source."""

from __future__ import annotations

import re
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from okienko.desk.messages import SAFE_IMAGES, url_of
from okienko.desk.recipients import line
from okienko.desk.scope import signed_in, ticket_or_404
from okienko.desk.ticket import WITH_IMAGES
from okienko.files import store
from okienko.files.models import Blob
from okienko.lib import html as markup
from okienko.lib.mail.mime import split_headers
from okienko.lib.mail.params import decode_header
from okienko.people.models import Agent
from okienko.tickets.models import Attachment, DraftFile, Message, Ticket
from okienko.ui.csp import HEADER

_MEDIA_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,60}/[a-z0-9][\w.+-]{0,80}", re.A)
FILE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
# Browsers show a PDF with a viewer of their own, which a sandbox forbids; no script of the file runs in the page.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
BODY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:{more}; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
MOST_REMEMBERED = 500
LARGEST_SHOWN = 400_000  # characters of a message's text on its page of its own


@require_safe
@signed_in
def attachment(request: HttpRequest, agent: Agent, number: int, key: int, name: str = "") -> HttpResponseBase:
    """GET /tickets/<number>/attachments/<key>/<name>"""
    ticket = ticket_or_404(request, number)
    found = Attachment.objects.select_related("blob").filter(pk=key, message__ticket=ticket).first()
    if found is None:
        raise Http404
    return served(found)


def served(file: Attachment | DraftFile) -> HttpResponseBase:
    """The file: images and PDFs may be shown, everything else is for saving, and nothing runs. Raises Http404."""
    kind = file.content_type.lower()
    kind = kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"
    is_shown = kind in SAFE_IMAGES or kind == "application/pdf"
    response = FileResponse(_opened(file.blob), content_type=kind)
    response.headers["Content-Length"] = str(file.blob.size)
    disposition = content_disposition_header(not is_shown, file.filename or "-")
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers[HEADER] = PDF_POLICY if kind == "application/pdf" else FILE_POLICY
    return response


def _opened(blob: Blob) -> BinaryIO:
    try:
        return store.opened(blob)
    except FileNotFoundError as error:
        raise Http404 from error


@require_safe
@signed_in
def body(request: HttpRequest, agent: Agent, number: int, key: int) -> HttpResponse:
    """GET /tickets/<number>/messages/<key>/body?images=: the mail's HTML as the document of its frame.

    Remote images load only when asked for, which the session remembers for this message.
    """
    ticket = ticket_or_404(request, number)
    message = _message(ticket, key)
    with_images = list(request.session.get(WITH_IMAGES, ()))
    if request.GET.get("images") == "1" and key not in with_images:
        with_images = [*with_images, key][-MOST_REMEMBERED:]
        request.session[WITH_IMAGES] = with_images
    base = reverse("desk:ticket", args=[number])
    html = markup.with_inline_images(
        message.html, {a.content_id: url_of(a, base) for a in message.attachments.all() if a.content_id}
    )
    if key in with_images:
        html = markup.with_remote_images(html)
    page = render_to_string("desk/ticket/body.html", {"html": mark_safe(html)})  # noqa: S308 - sanitised when filed
    response = HttpResponse(page)
    response.headers[HEADER] = BODY_POLICY.format(more=" https: http:" if key in with_images else "")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@signed_in
def raw(request: HttpRequest, agent: Agent, number: int, key: int) -> HttpResponseBase:
    """GET /tickets/<number>/messages/<key>/raw: the mail as it came, for saving."""
    message = _message(ticket_or_404(request, number), key)
    if message.raw is None:
        raise Http404
    response = FileResponse(_opened(message.raw), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-{key}.eml"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers[HEADER] = FILE_POLICY
    return response


@require_safe
@signed_in
def original(request: HttpRequest, agent: Agent, number: int, key: int) -> HttpResponse:
    """GET /tickets/<number>/messages/<key>/original: every header and the whole text, quotes unfolded."""
    ticket = ticket_or_404(request, number)
    message = _message(ticket, key)
    text = message.text
    if message.delivery:
        text = message.delivery.payload.get("text") or text
    context = {
        "ticket": ticket,
        "message": message,
        "headers": _headers(message),
        "text": text[:LARGEST_SHOWN],
        "is_cut": len(text) > LARGEST_SHOWN,
    }
    return render(request, "desk/ticket/original.html", context)


def _message(ticket: Ticket, key: int) -> Message:
    found = Message.objects.select_related("raw", "delivery").filter(ticket=ticket, pk=key).first()
    if found is None:
        raise Http404
    return found


def _headers(message: Message) -> list[tuple[str, str]]:
    """The headers as they came, or those that we gave a message of our own."""
    if message.raw:
        with _opened(message.raw) as file:
            found, _rest = split_headers(file.read(1_000_000))
        return [(name.title(), decode_header(value)[:4_000]) for name, value in found[:500]]
    shown = [
        ("From", line([{"name": message.from_name, "address": message.from_address}])),
        ("To", line(message.to)),
        ("Cc", line(message.cc)),
        ("Subject", message.subject),
        ("Message-Id", message.message_id),
        ("In-Reply-To", message.in_reply_to),
        ("References", " ".join(message.references)),
    ]
    return [(name, value) for name, value in shown if value]

"""Drafts: saved as an agent types, never lost, never shown to customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from okienko.events.actor import Actor
from okienko.events.catalog import ReplySent
from okienko.events.models import Event
from okienko.files import store
from okienko.lib import html as markup
from okienko.lib.refusal import Conflict, Invalid
from okienko.tickets.access import permit
from okienko.tickets.content import Content, FileOf
from okienko.tickets.models import Attachment, Draft, DraftFile, Message, Ticket

KINDS = ("reply", "note", "forward")


@dataclass(frozen=True, slots=True)
class Writing:
    """What stands in the composer. Addresses are ``{"name", "address"}``."""

    html: str
    to: list[dict[str, str]] = field(default_factory=list)
    cc: list[dict[str, str]] = field(default_factory=list)
    subject: str = ""
    seen: int = 0


def save(ticket: Ticket, *, kind: str, writing: Writing, by: Actor, revision: int | None = None) -> Draft:
    """Saves the agent's draft of this kind. ``revision`` is the one that the page had (None: whatever it is).

    Raises NotAllowed, Invalid, or Conflict when another tab has saved meanwhile; ``details["html"]`` is its text.
    """
    if kind not in KINDS:
        raise Invalid("kind")
    permit(by, "tickets.note" if kind == "note" else "tickets.reply", ticket)
    with transaction.atomic():
        draft, _ = Draft.objects.select_for_update().get_or_create(ticket=ticket, agent_id=by.key, kind=kind)
        if revision is not None and draft.revision != revision:
            raise Conflict("draft", html=draft.html, revision=draft.revision)
        draft.html = markup.sanitise_composed(writing.html)
        draft.to, draft.cc, draft.subject, draft.seen = (
            writing.to,
            writing.cc,
            writing.subject[:500],
            writing.seen,
        )
        draft.revision += 1
        draft.updated_at = timezone.now()
        draft.save()
    return draft


def attach(
    ticket: Ticket,
    *,
    kind: str,
    filename: str,
    content_type: str,
    data: bytes,
    by: Actor,
    inline_id: str = "",
) -> DraftFile:
    """Puts a file on the agent's draft; ``inline_id`` when it stands in the text. Raises NotAllowed or Invalid."""
    if kind not in KINDS:
        raise Invalid("kind")
    permit(by, "tickets.note" if kind == "note" else "tickets.reply", ticket)
    blob = store.store(data)
    with transaction.atomic():
        draft, _ = Draft.objects.get_or_create(ticket=ticket, agent_id=by.key, kind=kind)
        return DraftFile.objects.create(
            draft=draft,
            blob=blob,
            filename=filename[:255],
            content_type=content_type[:120],
            is_inline=bool(inline_id),
            content_id=inline_id[:255],
        )


def detach(file: DraftFile, *, by: Actor) -> None:
    """Takes a file off the agent's own draft."""
    DraftFile.objects.filter(pk=file.pk, draft__agent_id=by.key).delete()


def discard(ticket: Ticket, *, kind: str, by: Actor) -> None:
    """Throws the agent's own draft away."""
    Draft.objects.filter(ticket=ticket, agent_id=by.key, kind=kind).delete()


def content_of(html: str, files: tuple[FileOf, ...] = (), **more: object) -> Content:
    """What an agent wrote, as the content of a message: cleaned HTML and its text."""
    clean = markup.sanitise_composed(html)
    text = markup.to_text(clean).strip()
    return Content(segments=[["new", text]] if text else [], html=clean, files=files, **more)  # type: ignore[arg-type]


def files_of(draft: Draft, html: str) -> tuple[FileOf, ...]:
    """The draft's files, as a message takes them; inline ones only while ``html`` still shows them."""
    rows = draft.files.select_related("blob").order_by("pk")
    return tuple(
        FileOf(f.blob, f.filename, f.content_type, f.is_inline, f.content_id)
        for f in rows
        if not f.is_inline or f"cid:{f.content_id}" in html
    )


def put_files(draft: Draft, attachments: Iterable[Attachment]) -> None:
    """Copies the files of a message onto a draft; an inline one stays inline while the draft's text shows it."""
    DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft,
            blob_id=a.blob_id,
            filename=a.filename,
            content_type=a.content_type,
            is_inline=a.is_inline and f"cid:{a.content_id}" in draft.html,
            content_id=a.content_id,
        )
        for a in attachments
    )


def kind_of(message: Message) -> str:
    """Which kind of draft a sent message was: "reply" or "forward"."""
    sent = Event.objects.filter(
        ticket=message.ticket_id, kind=ReplySent.kind(), data__message_id=message.pk
    ).first()
    return "forward" if sent and sent.data.get("is_forward") else "reply"


def reopen_withdrawn(message: Message, *, by: Actor) -> Draft:
    """A withdrawn reply becomes its author's draft again, files included; what they began meanwhile stays below it."""
    with transaction.atomic():
        draft, _ = Draft.objects.select_for_update().get_or_create(
            ticket=message.ticket, agent_id=by.key, kind=kind_of(message)
        )
        draft.html = message.html + draft.html
        draft.to, draft.cc, draft.subject = message.to, message.cc, message.subject
        draft.seen = message.pk
        draft.revision += 1
        draft.updated_at = timezone.now()
        draft.save()
        put_files(draft, message.attachments.all())
    return draft

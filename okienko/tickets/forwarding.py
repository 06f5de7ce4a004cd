"""Forwarding a message to somebody else begins as a draft that its author can still change."""

from __future__ import annotations

from html import escape

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from okienko.events.actor import Actor
from okienko.lib import html as markup
from okienko.lib.refusal import Conflict, Invalid
from okienko.people.reader import zone
from okienko.tickets.access import permit
from okienko.tickets.drafts import put_files
from okienko.tickets.models import Draft, Message
from okienko.workspace import preferences

MOST_FORWARDED = 60_000


def begin_forward(message: Message, *, by: Actor) -> Draft:
    """A draft that hands on ``message`` with its files, in the language of its mailbox.

    Raises NotAllowed, Invalid for a note (notes stay in the house), or Conflict when another forward of this ticket
    waits to be sent.
    """
    ticket = message.ticket
    permit(by, "tickets.reply", ticket)
    if message.kind == Message.Kind.NOTE:
        raise Invalid("note_stays")
    with transaction.atomic():
        draft, is_new = Draft.objects.select_for_update().get_or_create(
            ticket=ticket, agent_id=by.key, kind="forward"
        )
        if not is_new and draft.html:
            raise Conflict("forward_begun")
        language = ticket.channel.language if ticket.channel else translation.get_language() or "en"
        with translation.override(language):
            draft.html = markup.sanitise_composed(f"<p></p>{_heading(message)}{_quoted(message)}")
        draft.subject = f"Fwd: {ticket.normal_subject or ticket.subject}"[:500]
        draft.seen = message.pk
        draft.revision += 1
        draft.updated_at = timezone.now()
        draft.save()
        put_files(draft, message.attachments.all())
    return draft


def _heading(message: Message) -> str:
    at = timezone.localtime(message.at, zone(preferences.get("time_zone")))
    lines = (
        (_("From"), _person({"name": message.from_name, "address": message.from_address})),
        (_("Date"), date_format(at, "DATETIME_FORMAT")),
        (_("Subject"), message.subject),
        (_("To"), ", ".join(_person(p) for p in message.to[:20])),
    )
    shown = "<br>".join(f"<b>{escape(name)}:</b> {escape(value)}" for name, value in lines if value)
    title = _("Forwarded message")
    return f"<p>{escape(title)}</p><p>{shown}</p>"


def _quoted(message: Message) -> str:
    if message.html and not message.is_rich and message.kind != Message.Kind.RECEIVED:
        return f"<blockquote>{message.html}</blockquote>"
    paragraphs = message.text[:MOST_FORWARDED].strip().split("\n\n")
    return "<blockquote>{}</blockquote>".format(
        "".join(f"<p>{escape(p).replace(chr(10), '<br>')}</p>" for p in paragraphs if p.strip())
    )


def _person(person: dict[str, str]) -> str:
    return f"{person['name']} <{person['address']}>" if person["name"] else person["address"]

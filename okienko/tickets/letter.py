"""What a reply looks like outside: the text, the mailbox's signature, the quoted history by its policy."""

from __future__ import annotations

from html import escape
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from okienko.lib import html as markup
from okienko.mailroom.models import Channel
from okienko.people.reader import zone
from okienko.tickets.content import Content
from okienko.tickets.models import Message, Ticket
from okienko.tickets.threading import reply_address
from okienko.workspace import preferences

MOST_QUOTED = 60_000


def letter(ticket: Ticket, message: Message, content: Content, *, previous: Message | None) -> dict[str, Any]:
    """The payload of a delivery by mail: everything that will be sent, fixed now. JSON only.

    ``previous`` is the message that it continues and quotes.
    """
    channel = content.channel
    assert channel is not None
    with translation.override(channel.language):
        quoted = _quoted(ticket, message, channel, previous)
        body = content.html or f"<p>{escape(message.text).replace(chr(10), '<br>')}</p>"
        signature = markup.sanitise_composed(channel.signature_html) if channel.signature_html else ""
        text = message.text.rstrip()
        if signature:
            body += f'<p>-- </p><div class="signature">{signature}</div>'
            text += f"\n\n-- \n{markup.to_text(signature).strip()}"
        for quote in quoted:
            head, quoted_text, quoted_html = quote
            body += f'<p>{escape(head)}</p><blockquote type="cite">{quoted_html}</blockquote>'
            text += f"\n\n{head}\n" + "\n".join(f"> {line}" for line in quoted_text.strip().splitlines())
    plus = channel.config.get("plus_works")
    return {
        "from": {"name": channel.name or preferences.get("company"), "address": channel.address},
        "to": content.to,
        "cc": content.cc,
        "reply_to": reply_address(ticket, channel) if plus else "",
        "subject": content.subject or ticket.subject,
        "text": text,
        "html": body,
        "in_reply_to": content.in_reply_to,
        "references": content.references,
        "date": message.at.isoformat(),
        "files": [
            {
                "blob": f.blob.pk,
                "filename": f.filename,
                "content_type": f.content_type,
                "inline": f.is_inline,
                "content_id": f.content_id,
            }
            for f in content.files
        ],
    }


def subject_of_reply(ticket: Ticket) -> str:
    """``Re:`` once, the subject, and the number for clients that keep nothing else."""
    return f"Re: {ticket.normal_subject or ticket.subject} [#{ticket.number}]"


def _quoted(
    ticket: Ticket, message: Message, channel: Channel, previous: Message | None
) -> list[tuple[str, str, str]]:
    """(heading, text, html) of each quoted message, newest first; never a note, and at most MOST_QUOTED letters."""
    if previous is None or channel.quote == Channel.Quote.NONE:
        return []
    shown = [previous]
    if channel.quote == Channel.Quote.ALL:
        public = Message.objects.filter(ticket=ticket, withdrawn_at=None).exclude(kind=Message.Kind.NOTE)
        shown = list(public.exclude(pk=message.pk).order_by("-at", "-pk")[:30])
    quoted, room = [], MOST_QUOTED
    for one in shown:
        text = one.visible_text or one.text
        if len(text) > room:
            break
        room -= len(text)
        when = date_format(timezone.localtime(one.at, zone(preferences.get("time_zone"))), "DATETIME_FORMAT")
        who = f"{one.from_name} <{one.from_address}>" if one.from_name else one.from_address
        head = _("On %(when)s %(who)s wrote:") % {"when": when, "who": who}
        quoted.append((head, text, f"<p>{escape(text).replace(chr(10), '<br>')}</p>"))
    return quoted

"""What a reply looks like outside: the text, the mailbox's signature, the quoted history by its policy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from okienko.lib import html as markup
from okienko.lib.text import normalise_address
from okienko.mailroom.models import Channel
from okienko.people.reader import zone
from okienko.tickets.content import Content
from okienko.tickets.models import Message, Ticket
from okienko.tickets.threading import reply_address
from okienko.workspace import preferences

MOST_QUOTED = 60_000
MOST_MESSAGES = 30
MOST_LOOKED_AT = 50


def letter(
    ticket: Ticket, message: Message, content: Content, *, earlier: Sequence[Message]
) -> dict[str, Any]:
    """The payload of a delivery by mail: everything that will be sent, fixed now. JSON only.

    ``earlier`` are the messages that it may quote, newest first (see ``shared_with``); none for a forward.
    """
    channel = content.channel
    assert channel is not None
    with translation.override(channel.language):
        quoted = _quoted(channel, earlier)
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


def shared_with(ticket: Ticket, people: Sequence[dict[str, str]]) -> list[Message]:
    """The newest messages, newest first, that all of ``people`` wrote or got; else those that the first of them did.

    What was forwarded to somebody else, and what they answered, is nobody's but theirs; what an agent wrote down of a
    call is ours. Without their texts.
    """
    rows = Message.objects.filter(ticket=ticket, withdrawn_at=None, is_by_hand=False)
    rows = rows.exclude(kind=Message.Kind.NOTE).defer("segments", "html")
    newest = list(rows.order_by("-at", "-pk")[:MOST_LOOKED_AT])
    ours: set[str] = set()
    if ticket.customer:
        ours = set(ticket.customer.identities.values_list("value", flat=True))
    wanted = [normalise_address(person["address"]) for person in people]
    circles = [(message, _circle(message, ticket, ours)) for message in newest]
    of_all = [message for message, circle in circles if circle.issuperset(wanted)]
    return of_all or [message for message, circle in circles if wanted[0] in circle]


def _circle(message: Message, ticket: Ticket, ours: set[str]) -> set[str]:
    """The addresses of those who know a message; a customer is one person under all of ``ours``."""
    sender = {"address": message.from_address}
    circle = {normalise_address(p["address"]) for p in (sender, *message.reply_to, *message.to, *message.cc)}
    is_theirs = message.kind == Message.Kind.RECEIVED and message.customer_id == ticket.customer_id
    return circle | ours if is_theirs or circle & ours else circle


def _quoted(channel: Channel, earlier: Sequence[Message]) -> list[tuple[str, str, str]]:
    """(heading, text, html) of each quoted message, newest first; never a note, and at most MOST_QUOTED letters."""
    most = {Channel.Quote.NONE: 0, Channel.Quote.LAST: 1}.get(Channel.Quote(channel.quote), MOST_MESSAGES)
    if not earlier[:most]:
        return []
    quoted, room = [], MOST_QUOTED
    for one in Message.objects.filter(pk__in=[m.pk for m in earlier[:most]]).order_by("-at", "-pk"):
        text = one.visible_text or one.text
        if len(text) > room:
            break
        room -= len(text)
        when = date_format(timezone.localtime(one.at, zone(preferences.get("time_zone"))), "DATETIME_FORMAT")
        who = f"{one.from_name} <{one.from_address}>" if one.from_name else one.from_address
        head = _("On %(when)s %(who)s wrote:") % {"when": when, "who": who}
        quoted.append((head, text, f"<p>{escape(text).replace(chr(10), '<br>')}</p>"))
    return quoted

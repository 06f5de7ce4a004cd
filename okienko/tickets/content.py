"""What a message consists of, and putting it on a ticket; the verbs of lifecycle and conversation share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from okienko.events.actor import Actor
from okienko.files.models import Blob
from okienko.lib.text import normalise_address, preview
from okienko.mailroom.channels import own_addresses
from okienko.mailroom.models import Channel
from okienko.people.models import Customer
from okienko.tickets.models import Attachment, Message, Participant, Ticket


@dataclass(frozen=True, slots=True)
class FileOf:
    """A stored file that belongs to a message."""

    blob: Blob
    filename: str
    content_type: str
    is_inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A message before it is on a ticket. Addresses are ``{"name", "address"}``; ``segments`` [kind, text] pairs."""

    segments: list[list[str]]
    html: str = ""
    is_rich: bool = False
    has_remote_images: bool = False
    subject: str = ""
    from_name: str = ""
    from_address: str = ""
    to: list[dict[str, str]] = field(default_factory=list)
    cc: list[dict[str, str]] = field(default_factory=list)
    reply_to: list[dict[str, str]] = field(default_factory=list)
    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)
    files: tuple[FileOf, ...] = ()
    channel: Channel | None = None
    raw: Blob | None = None
    is_automatic: bool = False
    is_by_hand: bool = False
    verdict: dict[str, Any] | None = None
    defects: list[str] = field(default_factory=list)
    parser_version: int = 0
    sanitiser_version: int = 0
    sent_at: datetime | None = None


def plain(text: str, **more: Any) -> Content:
    """Content that is all new plain text."""
    return Content(segments=[["new", text]], **more)


def add_message(
    ticket: Ticket, kind: str, content: Content, *, at: datetime, by: Actor, customer: Customer | None = None
) -> Message:
    """Adds a message with its files to the ticket; who wrote or got it takes part from now on."""
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        agent_id=by.id if by.kind == "agent" else None,
        customer=customer,
        channel=content.channel,
        from_name=content.from_name[:200],
        from_address=content.from_address[:320],
        to=content.to,
        cc=content.cc,
        reply_to=content.reply_to,
        subject=content.subject[:500],
        message_id=content.message_id[:500],
        in_reply_to=content.in_reply_to[:500],
        references=content.references,
        segments=content.segments,
        html=content.html,
        is_rich=content.is_rich,
        has_remote_images=content.has_remote_images,
        is_automatic=content.is_automatic,
        is_by_hand=content.is_by_hand,
        verdict=content.verdict,
        defects=content.defects,
        raw=content.raw,
        parser_version=content.parser_version,
        sanitiser_version=content.sanitiser_version,
        sent_at=content.sent_at,
        at=at,
    )
    add_files(message, content.files)
    if kind != Message.Kind.NOTE:
        take_part(
            ticket,
            [
                {"name": content.from_name, "address": content.from_address},
                *content.to,
                *content.cc,
                *content.reply_to,
            ],
        )
    return message


def add_files(message: Message, files: tuple[FileOf, ...]) -> None:
    """Attaches stored files to a message."""
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            blob=f.blob,
            filename=f.filename[:255],
            content_type=f.content_type[:120],
            is_inline=f.is_inline,
            content_id=f.content_id[:255],
        )
        for f in files
    )


MOST_PARTICIPANTS = 100


def take_part(ticket: Ticket, addresses: list[dict[str, str]]) -> None:
    """Lets these addresses continue the ticket by header or number; a mass mail's crowd is cut off."""
    own = own_addresses()
    wanted = {
        normalise_address(a["address"]): a["name"] for a in addresses[:MOST_PARTICIPANTS] if a["address"]
    }
    Participant.objects.bulk_create(
        (
            Participant(ticket=ticket, address=address[:320], name=name[:200])
            for address, name in wanted.items()
            if address not in own
        ),
        ignore_conflicts=True,
    )


def carry(ticket: Ticket, message: Message | Content, at: datetime) -> None:
    """Puts on the ticket's row what a list shows of its newest message; saves nothing (CARRIED)."""
    ticket.last_message_at = at
    ticket.last_from = (message.from_name or message.from_address)[:120]
    new = "".join(text for kind, text in message.segments if kind == "new").strip()
    ticket.preview = preview(new or "".join(text for _, text in message.segments))[:160]
    ticket.message_count += 1


CARRIED = ("last_message_at", "last_from", "preview", "message_count")

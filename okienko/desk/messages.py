"""A message as the ticket's page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from okienko.desk.outcomes import Outcome, outcome_of
from okienko.desk.prose import folded
from okienko.events.catalog import Reason
from okienko.lib import html as markup
from okienko.people.models import Agent
from okienko.tickets.models import Attachment, Message, Ticket
from okienko.tickets.sentences import why

SAFE_IMAGES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
MOST_NAMED = 3
# The HTML that an agent wrote is shown in the page; what came from outside only in its frame.
_WRITTEN_HERE = Q(kind__in=(Message.Kind.SENT, Message.Kind.NOTE)) | Q(is_by_hand=True)
_SHOWN = (
    *("kind", "agent_id", "from_name", "from_address", "to", "cc", "reply_to", "segments", "is_rich", "at"),
    *("has_remote_images", "is_automatic", "is_by_hand", "raw_id", "delivery__state", "delivery__due_at"),
    *("delivery__claimed_until", "delivery__attempts", "delivery__error", "delivery__detail"),
    "delivery__failed_recipients",
)


@dataclass(slots=True)
class File:
    """An attachment; ``size`` in bytes."""

    url: str
    name: str
    size: int
    icon: str
    is_image: bool


@dataclass(slots=True)
class Said:
    """A message or note. ``body`` is empty when ``is_rich``: a frame shows it. ``whom`` are its recipients in words."""

    key: int
    at: datetime
    who: str
    address: str
    whom: str
    body: SafeString
    is_whole: bool
    is_note: bool
    is_rich: bool
    is_sent: bool
    is_own: bool
    label: str
    why: str
    has_raw: bool
    hides_images: bool
    outcome: Outcome | None
    files: list[File] = field(default_factory=list)
    is_unread: bool = False

    is_message = True


def messages_of(ticket: Ticket) -> QuerySet[Message]:
    """The ticket's messages, newest first, with what the page needs of them and no more."""
    written = Case(
        When(_WRITTEN_HERE, is_rich=False, then=F("html")), default=Value(""), output_field=TextField()
    )
    rows = Message.objects.filter(ticket=ticket, withdrawn_at=None).select_related("delivery")
    return rows.annotate(written=written).only(*_SHOWN).order_by("-at", "-pk")


def said(
    message: Message,
    attachments: Sequence[Attachment],
    *,
    reader: Agent,
    base: str,
    seen: int,
    reason: Reason | None,
    with_images: Collection[int],
) -> Said:
    """One of messages_of() with its attachments, as ``reader`` sees it on the ticket at ``base``."""
    is_sent, is_note = message.kind == Message.Kind.SENT, message.kind == Message.Kind.NOTE
    written: str = getattr(message, "written", "")
    urls = {a.content_id: url_of(a, base) for a in attachments if a.content_id}
    if message.is_rich:
        body, is_whole = SafeString(), True
    elif written:
        body = mark_safe(markup.with_inline_images(written, urls))  # noqa: S308 - sanitised when it was written
        is_whole = True
    else:
        body, is_whole = folded(message.segments)
    is_own = message.agent_id == reader.pk
    return Said(
        key=message.pk,
        at=message.at,
        who=message.from_name or message.from_address or _("Unknown sender"),
        address="" if is_note else message.from_address,
        whom="" if is_note else _whom(message),
        body=body,
        is_whole=is_whole,
        is_note=is_note,
        is_rich=message.is_rich,
        is_sent=is_sent,
        is_own=is_own,
        label=_label(message),
        why=why(reason) if reason else "",
        has_raw=message.raw_id is not None,
        hides_images=message.is_rich and message.has_remote_images and message.pk not in with_images,
        outcome=outcome_of(message.delivery) if message.delivery else None,
        files=[_file(a, base) for a in attachments if not _is_shown(a, message, written)],
        is_unread=bool(seen) and message.pk > seen and not is_own,
    )


def attachments_of(messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    """The attachments by message, in one query."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    rows = Attachment.objects.filter(message__in=[m.pk for m in messages]).select_related("blob")
    for attachment in rows.order_by("pk"):
        found[attachment.message_id].append(attachment)
    return found


def url_of(attachment: Attachment, base: str) -> str:
    """Where an attachment is served; its name is part of it, for those who save it."""
    return f"{base}/attachments/{attachment.pk}/{quote(attachment.filename, safe='') or '-'}"


def icon_of(content_type: str) -> str:
    """The icon for a kind of file."""
    if content_type.startswith("image/"):
        return "image"
    if any(word in content_type for word in ("zip", "compressed", "x-tar", "x-7z", "rar")):
        return "file-archive"
    return "file-text" if content_type.startswith("text/") or content_type == "application/pdf" else "file"


def people(addresses: Sequence[dict[str, str]]) -> str:
    """The first few names or addresses of a list, and how many more there are."""
    named = ", ".join(p["name"] or p["address"] for p in addresses[:MOST_NAMED])
    more = len(addresses) - MOST_NAMED
    return f"{named} +{more}" if more > 0 else named


def _whom(message: Message) -> str:
    if not message.to and not message.cc:
        return ""
    text = _("to %(whom)s") % {"whom": people(message.to)} if message.to else ""
    copies = _("copy to %(whom)s") % {"whom": people(message.cc)} if message.cc else ""
    return ", ".join(part for part in (text, copies) if part)


def _label(message: Message) -> str:
    if message.kind == Message.Kind.NOTE:
        return _("Note · team only")
    if message.is_automatic:
        return _("Automatic message")
    return _("Entered by hand") if message.is_by_hand else ""


def _is_shown(attachment: Attachment, message: Message, written: str) -> bool:
    """Whether the text itself shows this file."""
    if not attachment.is_inline or not attachment.content_id:
        return False
    return message.is_rich or f"cid:{attachment.content_id}" in written


def _file(attachment: Attachment, base: str) -> File:
    return File(
        url=url_of(attachment, base),
        name=attachment.filename or _("unnamed"),
        size=attachment.blob.size,
        icon=icon_of(attachment.content_type),
        is_image=attachment.content_type in SAFE_IMAGES,
    )

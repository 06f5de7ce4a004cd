"""The ticket's timeline: messages, notes and events in one order, the newest open and the rest folded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from okienko.desk.messages import Said, attachments_of, messages_of, said
from okienko.events.models import Event
from okienko.people.models import Agent
from okienko.tickets.models import Message, Ticket
from okienko.tickets.naming import Names, Shown, names_of
from okienko.tickets.sentences import sentence, why

WINDOW = 20
MOST_UNREAD = 60
EVERYTHING = 2_000

ICONS = {
    "TicketOpened": "inbox",
    "MessageReceived": "mail",
    "MessageAlsoReceived": "copy",
    "ReplySent": "send",
    "ReplyWithdrawn": "undo-2",
    "TicketAssigned": "route",
    "TeamChanged": "users",
    "StatusChanged": "circle-dot",
    "PriorityChanged": "signal",
    "CategoryChanged": "layout-list",
    "TagsChanged": "tag",
    "SubjectChanged": "pencil",
    "CustomerChanged": "contact",
    "TicketBinned": "trash-2",
    "TicketRestored": "rotate-ccw",
    "DeliveryFailureShown": "mail-x",
    "DeliveryFailureSettled": "check",
}
_TOLD = ("kind", "data", "reason", "actor_kind", "actor_name", "at")


@dataclass(slots=True)
class Line:
    """An event."""

    key: int
    at: datetime
    icon: str
    text: SafeString
    who: str
    why: str

    is_message = False


@dataclass(slots=True)
class Timeline:
    """``items`` in order and the ``recent`` messages among them.

    ``earlier`` says how many messages are folded, None that nothing is; ``newest`` is the key of the newest message,
    ``first_unread`` that of the first one that the reader has not seen (0: none).
    """

    items: list[Said | Line]
    recent: list[Message]
    earlier: int | None
    newest: int
    first_unread: int


def timeline(
    ticket: Ticket,
    *,
    reader: Agent,
    base: str,
    seen: int,
    with_images: Collection[int] = (),
    is_whole: bool = False,
    **known: Shown,
) -> Timeline:
    """What ``reader`` sees of the ticket at address ``base``; a fixed number of queries, however long it is.

    ``seen`` is the newest message that they had on the screen before, ``with_images`` the messages whose remote
    images they asked for; ``is_whole`` unfolds everything; ``known`` are names that need not be read (Names).
    """
    room = EVERYTHING if is_whole else WINDOW
    messages = list(messages_of(ticket)[:room])
    if seen and not is_whole and len(messages) == room and messages[-1].pk > seen:
        room = MOST_UNREAD  # more is new than the window shows
        messages = list(messages_of(ticket)[:room])
    events = list(Event.objects.filter(ticket=ticket.pk).only(*_TOLD).order_by("-pk")[:room])
    entries: list[tuple[datetime, int, Message | Event]] = [(m.at, 1, m) for m in messages]
    entries += [(e.at, 0 if e.kind == "TicketOpened" else 2, e) for e in events if _is_line(e)]
    entries.sort(key=lambda entry: (entry[1] > 0, entry[0], entry[1], entry[2].pk))
    chosen = [entry[2] for entry in entries[-room:]]
    shown = [m for m in chosen if isinstance(m, Message)]
    names = names_of([e for e in chosen if isinstance(e, Event)], **known)
    attachments = attachments_of(shown)
    reasons = {e.data["message_id"]: e.why for e in events if e.kind == "MessageReceived"}
    items = [
        _line(one, names)
        if isinstance(one, Event)
        else said(
            one,
            attachments.get(one.pk, ()),
            reader=reader,
            base=base,
            seen=seen,
            reason=reasons.get(one.pk),
            with_images=with_images,
        )
        for one in chosen
    ]
    earlier = max(0, ticket.message_count - len(shown))
    is_folded = earlier or len(chosen) < len(entries) or len(events) == room
    news = [item.key for item in items if isinstance(item, Said) and item.is_unread]
    return Timeline(
        items=items,
        recent=shown,
        earlier=earlier if is_folded and not is_whole else None,
        newest=max((m.pk for m in shown), default=0),
        first_unread=min(news, default=0),
    )


def _is_line(event: Event) -> bool:
    """Whether an event says more than the message beside it."""
    if event.kind == "NoteAdded":
        return False
    if event.kind in ("MessageReceived", "ReplySent"):
        return (
            event.data["status_id"] != event.data["was_status_id"]
            or (event.kind == "ReplySent" and event.reason is not None)
            or event.data.get("was_in_bin", False)
        )
    return True


def _line(event: Event, names: Names) -> Line:
    reason = event.why
    return Line(
        key=event.pk,
        at=event.at,
        icon=ICONS[event.kind],
        text=sentence(event, names),
        who=event.actor_name if event.actor_kind == "agent" else "",
        why=why(reason) if reason else "",
    )

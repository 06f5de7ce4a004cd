"""tickets list, tickets show, ledger: what scripts read. Keys and names are stable and English."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from okienko.config import boot
from okienko.config.failed import Failed

if TYPE_CHECKING:
    from okienko.events.models import Event
    from okienko.tickets.models import Message, Ticket

CARRIES = ("status", "priority", "category", "team", "assignee", "customer")
DIRECTIONS = {"received": "in", "sent": "out", "note": "internal"}


def show_all(asked: argparse.Namespace) -> None:
    """All tickets but those in the bin, by number."""
    with boot.database():
        from okienko.tickets.models import Ticket

        tickets = (
            Ticket.objects.on_desk().select_related(*CARRIES).prefetch_related("customer__identities", "tags")
        )
        _print_list(map(_ticket, tickets.order_by("number").iterator(chunk_size=500)))


def show(asked: argparse.Namespace) -> None:
    """One ticket with its messages and its history."""
    with boot.database():
        from okienko.events.models import Event
        from okienko.tickets.models import Ticket

        ticket = Ticket.objects.select_related(*CARRIES).filter(number=asked.number).first()
        if ticket is None:
            raise Failed(f"There is no ticket {asked.number}.")
        messages = (
            ticket.messages.select_related("agent__user", "delivery")
            .prefetch_related("attachments__blob")
            .order_by("at", "pk")
        )
        shown = _ticket(ticket) | {
            "messages": [_message(m) for m in messages],
            "events": [_event(e) for e in Event.objects.filter(ticket=ticket.pk).order_by("pk")],
        }
        print(json.dumps(shown, ensure_ascii=False))


def ledger(asked: argparse.Namespace) -> None:
    """What became of every mail, per mailbox."""
    with boot.database():
        from okienko.inbound.ledger import sums

        print(json.dumps([row.as_json() for row in sums()], ensure_ascii=False))


def _print_list(rows: Iterable[dict[str, Any]]) -> None:
    """A JSON list, one row a line, written while it is read."""
    before = "["
    for row in rows:
        sys.stdout.write(f"{before}{json.dumps(row, ensure_ascii=False)}")
        before = ",\n"
    sys.stdout.write("]\n" if before != "[" else "[]\n")


def _ticket(ticket: Ticket) -> dict[str, Any]:
    customer = None
    if ticket.customer:
        addresses = [i.shown for i in ticket.customer.identities.all() if i.kind == "email"]
        customer = {"name": ticket.customer.name, "address": addresses[0] if addresses else ""}
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "state": ticket.state,
        "status": ticket.status.label,
        "team": ticket.team and ticket.team.name,
        "assignee": ticket.assignee and ticket.assignee.name,
        "customer": customer,
        "priority": ticket.priority.label,
        "category": ticket.category and ticket.category.name,
        "tags": [tag.name for tag in ticket.tags.all()],
        "waiting_since": ticket.waiting_since and ticket.waiting_since.isoformat(),
        "created_at": ticket.created_at.isoformat(),
        "updated_at": ticket.updated_at.isoformat(),
    }


def _message(message: Message) -> dict[str, Any]:
    author = {"kind": "customer", "name": message.from_name, "address": message.from_address}
    if message.agent:
        author = {"kind": "agent", "name": message.agent.name, "address": message.agent.user.email}
    return {
        "id": message.pk,
        "kind": message.kind,
        "direction": DIRECTIONS[message.kind],
        "author": author,
        "to": message.to,
        "cc": message.cc,
        "message_id": message.message_id,
        "subject": message.subject,
        "text": message.text,
        "visible_text": message.visible_text,
        "attachments": [
            {
                "filename": a.filename,
                "content_type": a.content_type,
                "size": a.blob.size,
                "inline": a.is_inline,
                "sha256": a.blob.sha256,
            }
            for a in message.attachments.all()
        ],
        "delivery": _delivery(message),
        "at": message.at.isoformat(),
    }


def _delivery(message: Message) -> dict[str, Any] | None:
    delivery = message.delivery
    if delivery is None:
        return None
    return {
        "state": delivery.state,
        "recipients": delivery.recipients,
        "failed_recipients": delivery.failed_recipients,
        "attempts": delivery.attempts,
        "detail": delivery.detail or delivery.error,
        "sent_at": delivery.sent_at and delivery.sent_at.isoformat(),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.pk,
        "kind": event.kind,
        "actor": {"kind": event.actor_kind, "id": event.actor_id, "name": event.actor_name},
        "data": event.data,
        "reason": event.reason,
        "at": event.at.isoformat(),
    }

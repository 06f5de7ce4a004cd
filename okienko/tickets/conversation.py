"""Receiving, replying, noting, and taking a reply back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from okienko.events.actor import Actor
from okienko.events.catalog import (
    MessageAlsoReceived,
    MessageReceived,
    NoteAdded,
    Reason,
    ReplySent,
    ReplyWithdrawn,
)
from okienko.events.models import Event
from okienko.lib.refusal import Conflict, Invalid
from okienko.mailroom.models import Channel
from okienko.outbound import queue
from okienko.people.models import Customer
from okienko.tickets.change import STATUS_FIELDS, changed, changing, put_status, status_for
from okienko.tickets.content import CARRIED, Content, add_message, carry
from okienko.tickets.letter import letter, shared_with
from okienko.tickets.models import OVER, PENDING, Message, State, Status, Ticket
from okienko.tickets.threading import new_message_id
from okienko.workspace import preferences


def receive(
    ticket: Ticket,
    *,
    content: Content,
    customer: Customer | None,
    by: Actor,
    at: datetime | None = None,
    reason: Reason | None = None,
    cause: Event | None = None,
) -> Message:
    """Adds what a customer sent to a ticket. A person's message reopens it and starts the wait; a machine's does not.

    ``at`` is when it reached us; ``reason`` says why it belongs here.
    """
    at = at or timezone.now()
    with changing(ticket, by=by, may="tickets.note", in_bin=True) as ticket:
        message = add_message(ticket, Message.Kind.RECEIVED, content, at=at, by=by, customer=customer)
        carry(ticket, message, at)
        was = ticket.status
        fields = list(CARRIED)
        leaves_bin = ticket.binned_at is not None and not content.is_automatic
        if not content.is_automatic:
            if ticket.state in (*PENDING, *OVER):
                put_status(ticket, status_for(State.OPEN))
            ticket.waiting_since = ticket.waiting_since or at
            ticket.binned_at = ticket.binned_by = None
            ticket.bin_reason = ""
            fields += [*STATUS_FIELDS, "binned_at", "binned_by", "bin_reason"]
        changed(
            ticket,
            MessageReceived(
                ticket_id=ticket.pk,
                message_id=message.pk,
                customer_id=customer.pk if customer else None,
                status_id=ticket.status_id,
                was_status_id=was.pk,
                is_automatic=content.is_automatic,
                was_in_bin=leaves_bin,
            ),
            *fields,
            by=by,
            reason=reason,
            cause=cause,
        )
    return message


def also_received(ticket: Ticket, *, message_id: int, address: str, by: Actor) -> None:
    """Notes that a message of the ticket came in once more, at ``address``."""
    with changing(ticket, by=by, may="tickets.note", in_bin=True) as ticket:
        changed(ticket, MessageAlsoReceived(ticket.pk, message_id, address), by=by, touches=False)


def newest_seen(ticket: Ticket) -> int:
    """The key of the newest message that a reply has to know of."""
    return Message.objects.filter(ticket=ticket, withdrawn_at=None).aggregate(n=Max("pk"))["n"] or 0


def reply(
    ticket: Ticket,
    *,
    content: Content,
    by: Actor,
    seen: int,
    status: Status | None = None,
    via: Channel | None = None,
    is_forward: bool = False,
    cause: Event | None = None,
) -> Message:
    """Sends a message to exactly ``content.to`` and ``content.cc``, after the undo time.

    ``seen`` is the newest message that the author had on the screen; a newer one raises Conflict with its key in
    ``details["newer"]``. ``status`` moves the ticket in the same act (None: a new ticket becomes open). A forward
    answers nobody, so it does not end the customer's wait. Raises NotAllowed, Conflict or Invalid (no recipient,
    no mailbox, no text).
    """
    if status is not None:
        by.must("tickets.change")
    if not content.to:
        raise Invalid("no_recipient")
    now = timezone.now()
    with changing(ticket, by=by, may="tickets.reply") as ticket:
        newer = Message.objects.filter(ticket=ticket, pk__gt=seen, withdrawn_at=None).exclude(
            kind=Message.Kind.NOTE, agent_id=by.key
        )
        newer = newer.exclude(is_automatic=True)
        if found := list(newer.order_by("pk").values_list("pk", flat=True)):
            raise Conflict("stale", newer=found)
        channel = via or ticket.channel
        if channel is None:
            raise Invalid("no_mailbox")
        if not any(text.strip() for _, text in content.segments) and not content.files:
            raise Invalid("empty")
        earlier = [] if is_forward else shared_with(ticket, content.to)
        previous = next((message for message in earlier if message.message_id), None)
        content = replace(
            content,
            channel=channel,
            from_name=by.name,
            from_address=channel.address,
            message_id=new_message_id(ticket, channel),
            in_reply_to=previous.message_id if previous else "",
            references=_references(previous) if previous else [],
        )
        message = add_message(ticket, Message.Kind.SENT, content, at=now, by=by, customer=ticket.customer)
        wait = timedelta(seconds=preferences.get("undo_seconds"))
        delivery = queue.queue(
            via=channel,
            to=[a["address"] for a in (*content.to, *content.cc)],
            payload=letter(ticket, message, content, earlier=earlier),
            key=f"message:{message.pk}",
            about=f"message:{message.pk}",
            message_id=message.message_id,
            not_before=now + wait,
        )
        message.delivery = delivery
        message.answers_since = None if is_forward else ticket.waiting_since
        message.save(update_fields=["delivery", "answers_since"])
        carry(ticket, message, now)
        was = ticket.status
        if not is_forward:
            ticket.waiting_since = None
            ticket.first_answered_at = ticket.first_answered_at or now
        if status is None and ticket.state == State.NEW:
            status = status_for(State.OPEN)
        if status is not None:
            put_status(ticket, status)
        since = message.answers_since
        changed(
            ticket,
            ReplySent(
                ticket_id=ticket.pk,
                message_id=message.pk,
                delivery_id=delivery.pk,
                status_id=ticket.status_id,
                was_status_id=was.pk,
                waiting_since=since.isoformat() if since else None,
                is_forward=is_forward,
            ),
            *CARRIED,
            *STATUS_FIELDS,
            "first_answered_at",
            by=by,
            cause=cause,
        )
    return message


def withdraw_reply(message: Message, *, by: Actor) -> Message:
    """Takes a reply back before it leaves; the ticket stands as before. Raises NotAllowed, Conflict or Invalid."""
    with changing(message.ticket, by=by, may="tickets.reply") as ticket:
        message = Message.objects.select_related("delivery").get(pk=message.pk)
        if message.kind != Message.Kind.SENT or message.delivery is None or message.agent_id != by.id:
            raise Invalid("not_your_reply")
        if message.withdrawn_at:
            return message
        queue.withdraw(message.delivery)
        message.withdrawn_at = timezone.now()
        message.save(update_fields=["withdrawn_at"])
        sent = Event.objects.filter(
            ticket=ticket.pk, kind=ReplySent.kind(), data__message_id=message.pk
        ).first()
        was = ticket.status
        if (
            sent
            and sent.data["status_id"] == ticket.status_id
            and sent.data["was_status_id"] != ticket.status_id
        ):
            put_status(ticket, Status.objects.get(pk=sent.data["was_status_id"]))
        if ticket.is_open and message.answers_since:
            ticket.waiting_since = message.answers_since
        if ticket.first_answered_at == message.at:
            ticket.first_answered_at = None
        # A note is never what a list shows of a ticket.
        shown = Message.objects.filter(ticket=ticket, withdrawn_at=None).exclude(kind=Message.Kind.NOTE)
        before = shown.order_by("at", "pk").last()
        ticket.message_count -= 1
        if before:
            carry(ticket, before, before.at)
            ticket.message_count -= 1
        changed(
            ticket,
            ReplyWithdrawn(ticket.pk, message.pk, ticket.status_id, was.pk),
            *CARRIED,
            *STATUS_FIELDS,
            "first_answered_at",
            by=by,
        )
    return message


def note(ticket: Ticket, *, content: Content, by: Actor, cause: Event | None = None) -> Message:
    """Adds a note that only staff can see. Raises NotAllowed or Invalid (empty)."""
    if not any(text.strip() for _, text in content.segments) and not content.files:
        raise Invalid("empty")
    with changing(ticket, by=by, may="tickets.note") as ticket:
        message = add_message(
            ticket, Message.Kind.NOTE, replace(content, from_name=by.name), at=timezone.now(), by=by
        )
        ticket.message_count += 1
        changed(ticket, NoteAdded(ticket.pk, message.pk), "message_count", by=by, cause=cause)
    return message


def send_again(message: Message, *, by: Actor) -> Message:
    """Sends a reply that failed, came back or is unsure once more, and so ends the wait that its failure gave back.

    Raises NotAllowed or Conflict.
    """
    with changing(message.ticket, by=by, may="tickets.reply") as ticket:
        message = Message.objects.select_related("delivery").get(pk=message.pk)
        if message.delivery is None:
            raise Conflict("not_failed")
        queue.send_again(message.delivery)
        ticket.failure_of = None
        since = message.answers_since
        newer = Message.objects.filter(ticket=ticket, kind=Message.Kind.RECEIVED, pk__gt=message.pk)
        if since and not newer.exclude(is_automatic=True).exists():
            ticket.waiting_since = None
        changed(
            ticket,
            ReplySent(
                ticket.pk,
                message.pk,
                message.delivery_id,
                ticket.status_id,
                ticket.status_id,
                since.isoformat() if since else None,
            ),
            "failure_of",
            "waiting_since",
            by=by,
            reason=Reason("again"),
        )
    return message


def _references(previous: Message) -> list[str]:
    ids = [*previous.references, previous.message_id]
    return [i for n, i in enumerate(ids) if i and i not in ids[:n]]

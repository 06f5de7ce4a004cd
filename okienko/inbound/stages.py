"""The stages: each takes what came and what is decided so far, and returns the next decision or a Stop.

Mail headers can never set ticket fields: a stage reads only Inbound's named fields.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from okienko.events.actor import system
from okienko.events.catalog import Reason
from okienko.files.models import Blob
from okienko.inbound.envelope import Inbound, Person
from okienko.inbound.models import Received
from okienko.lib.text import normalise_address
from okienko.mailroom.models import Channel
from okienko.outbound import queue
from okienko.people import directory
from okienko.people.models import Customer
from okienko.tickets import threading
from okienko.tickets.content import Content, FileOf
from okienko.tickets.conversation import also_received, receive
from okienko.tickets.lifecycle import Labels, open_ticket
from okienko.tickets.models import Message, Ticket

if TYPE_CHECKING:
    from okienko.outbound.models import Delivery

INBOUND = system("inbound")
LOOP_WINDOW = timedelta(minutes=10)
LOOP_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Filing:
    """What is decided so far about one Received."""

    received: Received
    files: tuple[FileOf, ...] = ()
    customer: Customer | None = None
    ticket: Ticket | None = None
    why: Reason | None = None
    suggestion: Reason | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a message's way: the ledger state, the reason, and the message and ticket that it belongs to."""

    state: str
    code: str
    params: dict[str, Any]
    ticket: Ticket | None = None
    message: Message | None = None


def drop_known(inbound: Inbound, filing: Filing) -> Filing | Stop:
    """The same message again, by another of our addresses or a second time: one conversation, noted there."""
    others = Received.objects.filter(state=Received.State.FILED).exclude(pk=filing.received.pk)
    # Without a digest nothing says that two messages are the same.
    found = (
        inbound.digest and others.filter(message_id=inbound.message_id[:500], digest=inbound.digest).first()
    )
    if not found or found.ticket is None or found.filed_as_id is None:
        return filing
    channel = filing.received.channel
    also_received(found.ticket, message_id=found.filed_as_id, address=channel.address, by=INBOUND)
    return Stop(
        Received.State.DUPLICATE,
        "same_message",
        {"number": found.ticket.number, "address": found.channel.address},
        found.ticket,
    )


def stop_loops(inbound: Inbound, filing: Filing) -> Filing | Stop:
    """Our own mail coming back, our own test mail, and a machine that writes without end."""
    if inbound.own_trace:
        return Stop(Received.State.REJECTED, inbound.own_trace, {})
    if threading.is_own_message_id(inbound.message_id):
        sent = Message.objects.select_related("ticket").filter(message_id=inbound.message_id).first()
        if sent:
            return Stop(Received.State.DUPLICATE, "own_mail", {"number": sent.ticket.number}, sent.ticket)
    if inbound.is_automatic and inbound.sender.address:
        since = timezone.now() - LOOP_WINDOW
        recent = Received.objects.filter(
            is_automatic=True, sender=normalise_address(inbound.sender.address)[:320], received_at__gte=since
        )
        count = recent.exclude(pk=filing.received.pk).exclude(state=Received.State.PARKED).count()
        if count >= LOOP_LIMIT and not filing.received.envelope.get("released"):
            minutes = int(LOOP_WINDOW.total_seconds() // 60)
            return Stop(Received.State.PARKED, "loop", {"count": count + 1, "minutes": minutes})
    return filing


def mark_bounce(inbound: Inbound, filing: Filing) -> Filing | Stop:
    """A delivery report goes to the ticket whose reply failed, and marks the address."""
    if not inbound.is_bounce:
        return filing
    delivery = _bounced_delivery(inbound)
    if delivery is None:
        return filing
    recipients = [normalise_address(a) for a in inbound.bounced_recipients] or delivery.recipients
    directory.mark_bounced(recipients, at=timezone.now())
    queue.returned(delivery, recipients=recipients, detail=inbound.subject, by=INBOUND)
    message = Message.objects.select_related("ticket__status").filter(delivery=delivery).first()
    if message is None:
        return filing
    return replace(filing, ticket=message.ticket, why=Reason("bounce", {"recipients": recipients}))


def _bounced_delivery(inbound: Inbound) -> Delivery | None:
    # Only a Message-ID that we signed proves that the report is about a mail of ours.
    for message_id in inbound.bounced_ids:
        if threading.is_own_message_id(message_id):
            return queue.sent_as(message_id)
    return None


def find_customer(inbound: Inbound, filing: Filing) -> Filing | Stop:
    """The customer by address, a new one if unknown; a mail without sender, or a server's report, has none."""
    if not inbound.sender.address or (inbound.is_bounce and filing.ticket):
        return filing
    customer = directory.customer_at(
        inbound.sender.address, name=inbound.sender.name, kind=inbound.identity_kind
    )
    return replace(filing, customer=customer)


def find_ticket(inbound: Inbound, filing: Filing) -> Filing | Stop:
    """A signed token joins; a header or a number joins only a known participant, else it is a suggestion."""
    if filing.ticket is not None:
        return filing
    number = threading.number_in_address(inbound.addressed_to)
    if number is not None:
        ticket = Ticket.objects.select_related("status").filter(number=number).first()
        if ticket:
            return replace(filing, ticket=ticket, why=Reason("token", {"number": number}))
    for code, ticket in (
        # Its own id comes last: a copy that was changed on its way, by a list for instance, joins the first one.
        ("header", threading.ticket_of_ids([i for i in (*inbound.thread_ids, inbound.message_id) if i])),
        ("number", _by_number(inbound.number_hint)),
    ):
        if ticket is None:
            continue
        params = {"number": ticket.number, "address": inbound.sender.address}
        if threading.takes_part(ticket, inbound.sender.address):
            return replace(filing, ticket=ticket, why=Reason(code, params))
        filing = replace(filing, suggestion=filing.suggestion or Reason(f"stranger_{code}", params))
    return filing


def _by_number(number: int | None) -> Ticket | None:
    return Ticket.objects.select_related("status").filter(number=number).first() if number else None


def content_of(inbound: Inbound, files: tuple[FileOf, ...], channel: Channel, raw: Blob) -> Content:
    """What came as the content of a message; ``files`` are its files, stored."""
    return Content(
        segments=[list(pair) for pair in inbound.segments],
        html=inbound.html,
        is_rich=inbound.is_rich,
        has_remote_images=inbound.has_remote_images,
        subject=inbound.subject,
        from_name=inbound.sender.name,
        from_address=inbound.sender.address,
        to=_people(inbound.to),
        cc=_people(inbound.cc),
        reply_to=_people(inbound.reply_to),
        message_id=inbound.message_id,
        in_reply_to=inbound.in_reply_to,
        references=list(inbound.references),
        files=files,
        channel=channel,
        raw=raw,
        is_automatic=inbound.is_automatic,
        verdict={"code": inbound.automatic_why, "params": {}} if inbound.automatic_why else None,
        defects=list(inbound.defects),
        parser_version=inbound.parser_version,
        sanitiser_version=inbound.sanitiser_version,
        sent_at=inbound.sent_at,
    )


def file_message(inbound: Inbound, filing: Filing) -> Filing | Stop:
    """Onto its ticket, or a new one of the mailbox's team."""
    received = filing.received
    content = content_of(inbound, filing.files, received.channel, received.raw)
    if filing.ticket is not None:
        message = receive(
            filing.ticket,
            content=content,
            customer=filing.customer,
            by=INBOUND,
            at=received.received_at,
            reason=filing.why,
        )
        code, params = filing.why.code if filing.why else "joined", {"number": filing.ticket.number}
        return Stop(Received.State.FILED, code, params, filing.ticket, message)
    ticket = open_ticket(
        subject=inbound.subject,
        customer=filing.customer,
        content=content,
        by=INBOUND,
        channel=received.channel,
        labels=Labels(team=received.channel.team),
        at=received.received_at,
        reason=filing.suggestion,
    )
    message = ticket.messages.get()
    return Stop(Received.State.FILED, "new_ticket", {"number": ticket.number}, ticket, message)


MOST_PEOPLE = 200


def _people(people: tuple[Person, ...]) -> list[dict[str, str]]:
    # A mail to 20,000 recipients is kept whole in its raw form; the page needs no such crowd.
    return [{"name": p.name, "address": p.address} for p in people[:MOST_PEOPLE]]

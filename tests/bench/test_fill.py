"""The bulk loader writes what the verbs write, column by column."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from bench.fill import Loader, address, cases
from okienko.events.models import Event
from okienko.inbound.stages import INBOUND
from okienko.mailroom.models import Channel
from okienko.outbound.adapters import Receipt
from okienko.outbound.dispatch import _record as record_outcome
from okienko.outbound.models import Attempt, Delivery
from okienko.people.models import Agent, Customer, Identity
from okienko.tickets import assignment, conversation, lifecycle
from okienko.tickets.content import Content
from okienko.tickets.drafts import content_of
from okienko.tickets.lifecycle import Labels, open_ticket
from okienko.tickets.models import Message, Participant, State, Status, Ticket
from okienko.workspace import preferences
from tests.builders import SETUP

# Times differ by construction, keys by order, and these by what a bulk load is: nothing waits, nothing is due.
TIMES = (models.DateTimeField,)


def columns(row: models.Model, *but: str) -> dict[str, Any]:
    return {
        f.attname: bool(getattr(row, f.attname)) if isinstance(f, TIMES) else getattr(row, f.attname)
        for f in row._meta.concrete_fields
        if f.name not in ("id", *but)
    }


@pytest.fixture
def loaded(pomoc: Channel, marek: Agent) -> tuple[Loader, Any]:
    case = next(c for c in cases(50, 20_001, 1) if c.more and c.number % 3 and c.is_open)
    loader = Loader(pomoc, [marek])
    loader.people(1)
    loader.load(iter([case]))
    return loader, case


def by_the_verbs(loader: Loader, case: Any, pomoc: Channel, marek: Agent) -> Ticket:
    preferences.change("undo_seconds", to=0, by=SETUP)
    customer = Customer.objects.create(name=loader.customers[0].name)
    person = {
        "from_name": customer.name,
        "from_address": address(0),
        "to": [{"name": "", "address": pomoc.address}],
    }

    def mail(text: str, nth: int) -> Content:
        return Content(
            segments=[["new", text]],
            subject=case.subject,
            message_id=f"bench.{case.number}.{nth}@poczta.example",
            channel=pomoc,
            parser_version=1,
            sanitiser_version=1,
            sent_at=timezone.now(),
            **person,  # type: ignore[arg-type]
        )

    ticket = open_ticket(
        subject=case.subject,
        customer=customer,
        content=mail(case.first, 1),
        by=INBOUND,
        channel=pomoc,
        labels=Labels(team=pomoc.team),
        at=timezone.now() - timedelta(hours=9),
    )
    to = [{"name": customer.name, "address": address(0)}]
    content = content_of(f"<p>{case.reply}</p>", to=to, subject=f"Re: {case.subject}")
    content = Content(
        **{**{f: getattr(content, f) for f in content.__slots__}, "segments": [["new", case.reply]]}
    )
    reply = conversation.reply(ticket, content=content, by=marek.actor, seen=conversation.newest_seen(ticket))
    delivery = reply.delivery
    assert delivery is not None
    Delivery.objects.filter(pk=delivery.pk).update(attempts=1, handed_over_at=timezone.now())
    record_outcome(Delivery.objects.get(pk=delivery.pk), Receipt("250 OK"))
    conversation.receive(ticket, content=mail(case.more, 2), customer=customer, by=INBOUND)
    return Ticket.objects.get(pk=ticket.pk)


def test_a_loaded_ticket_is_a_ticket_of_the_verbs(loaded: Any, pomoc: Channel, marek: Agent) -> None:
    loader, case = loaded
    bulk = Ticket.objects.get(number=case.number)
    verbs = by_the_verbs(loader, case, pomoc, marek)
    assignment.assign(verbs, to=marek, by=SETUP)
    verbs.refresh_from_db()
    # Assigning counts one version more: the loader assigns with the insert.
    assert columns(bulk, "number", "customer", "version") == columns(verbs, "number", "customer", "version")
    assert Identity.objects.filter(customer=bulk.customer).exists()
    assert bulk.state == State.OPEN
    assert lifecycle.status_for(State.OPEN) == Status.objects.get(pk=bulk.status_id)


def test_loaded_messages_deliveries_and_events_are_those_of_the_verbs(
    loaded: Any, pomoc: Channel, marek: Agent
) -> None:
    loader, case = loaded
    bulk = Ticket.objects.get(number=case.number)
    verbs = by_the_verbs(loader, case, pomoc, marek)
    own = ("ticket", "customer", "delivery", "message_id")
    for ours, theirs in zip(bulk.messages.order_by("pk"), verbs.messages.order_by("pk"), strict=True):
        assert columns(ours, *own) == columns(theirs, *own)
    ours, theirs = Delivery.objects.order_by("pk")
    assert columns(ours, "key", "about", "message_id", "payload", "detail") == columns(
        theirs, "key", "about", "message_id", "payload", "detail"
    )
    reply = bulk.messages.get(kind=Message.Kind.SENT)
    assert (ours.about, ours.key) == (f"message:{reply.pk}", f"message:{reply.pk}")
    assert Attempt.objects.filter(delivery=ours).count() == Attempt.objects.filter(delivery=theirs).count()
    assert [p.address for p in Participant.objects.filter(ticket=bulk)] == [
        p.address for p in Participant.objects.filter(ticket=verbs)
    ]
    kinds = [
        list(Event.objects.filter(ticket=t.pk).order_by("pk").values_list("kind", flat=True))
        for t in (bulk, verbs)
    ]
    assert kinds[0] == kinds[1]
    for mine, other in zip(
        Event.objects.filter(ticket=bulk.pk), Event.objects.filter(ticket=verbs.pk), strict=True
    ):
        assert mine.data.keys() == other.data.keys()
        assert (mine.number, mine.actor_kind, mine.actor_name) == (
            other.number,
            other.actor_kind,
            other.actor_name,
        )

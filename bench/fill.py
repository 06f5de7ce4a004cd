"""The bulk loader: fills a desk with many tickets by bulk inserts, row for row what the verbs write (tests compare).

``OKIENKO_DATA=DIR python -m bench fill TICKETS`` after ``okienko init`` (OKIENKO_DATABASE_URL for PostgreSQL). Each
case is a customer's mail, an agent's reply that was delivered, and in nine cases of ten a further mail: 2.9 messages a
ticket. One in twenty stays open.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from bench.mails import NAMES, SURNAMES, text
from okienko.events.actor import Actor, system
from okienko.events.catalog import DeliverySent, Happened, MessageReceived, OfTicket, ReplySent, TicketOpened
from okienko.events.models import Event
from okienko.inbound.stages import INBOUND
from okienko.lib.text import preview
from okienko.mailroom.models import Channel
from okienko.outbound.dispatch import OUTBOUND
from okienko.outbound.models import Attempt, Delivery
from okienko.people.models import Agent, Customer, Identity
from okienko.tickets.models import Message, Numbers, Participant, Priority, State, Status, Ticket

CHUNK = 2000
BENCH = system("bench")


@dataclass(frozen=True, slots=True)
class Case:
    """What one ticket is made of; ``more`` is the customer's further mail, if any."""

    number: int
    customer: int
    subject: str
    first: str
    reply: str
    more: str
    at: datetime
    is_open: bool


def cases(count: int, start: int, customers: int, seed: int = 7) -> Iterator[Case]:
    rng = random.Random(seed)
    began = timezone.now() - timedelta(days=365)
    step = timedelta(days=364) / max(count, 1)
    for n in range(count):
        yield Case(
            number=start + n,
            customer=rng.randrange(customers),
            subject=text(rng, rng.randint(2, 7)).replace("\r\n", " "),
            first=text(rng, rng.randint(20, 90)).replace("\r\n", "\n"),
            reply=text(rng, rng.randint(15, 60)).replace("\r\n", "\n"),
            more=text(rng, rng.randint(10, 50)).replace("\r\n", "\n") if rng.random() < 0.9 else "",
            at=began + step * n,
            is_open=rng.random() < 0.05,
        )


class Loader:
    """Writes cases in chunks, each chunk one transaction."""

    def __init__(self, channel: Channel, agents: list[Agent]) -> None:
        self.channel, self.agents = channel, agents
        self.status = {s.state: s for s in Status.objects.filter(is_active=True).order_by("-position", "-pk")}
        self.priority = Priority.objects.get(is_default=True)
        self.customers: list[Customer] = []

    def people(self, count: int) -> None:
        rng = random.Random(5)
        self.customers = Customer.objects.bulk_create(
            [Customer(name=f"{rng.choice(NAMES)} {rng.choice(SURNAMES)}") for _ in range(count)],
            batch_size=5000,
        )
        Identity.objects.bulk_create(
            [
                Identity(customer=c, kind="email", value=address(n), shown=address(n))
                for n, c in enumerate(self.customers)
            ],
            batch_size=5000,
        )

    def load(self, some: Iterator[Case]) -> None:
        while chunk := list(islice(some, CHUNK)):
            with transaction.atomic():
                self._write(chunk)

    def _write(self, chunk: list[Case]) -> None:
        tickets = Ticket.objects.bulk_create([self._ticket(c) for c in chunk])
        pairs = list(zip(chunk, tickets, strict=True))
        first = Message.objects.bulk_create([self._received(c, t, c.first, c.at, 1) for c, t in pairs])
        deliveries = []
        replies = []
        for case, ticket in pairs:
            reply = self._sent(case, ticket)
            deliveries.append(self._delivery(case, ticket, reply))
            replies.append(reply)
        for reply, delivery in zip(replies, Delivery.objects.bulk_create(deliveries), strict=True):
            reply.delivery = delivery
        Message.objects.bulk_create(replies)
        about = Concat(Value("message:"), Cast(Subquery(_message_of_delivery()), CharField()))
        Delivery.objects.filter(key__startswith="bench:").update(key=about, about=about)
        Attempt.objects.bulk_create(
            [Attempt(delivery=r.delivery, at=r.at, outcome="receipt", detail="250 OK") for r in replies]
        )
        more = Message.objects.bulk_create(
            [self._received(c, t, c.more, c.at + timedelta(hours=9), 2) for c, t in pairs if c.more]
        )
        Participant.objects.bulk_create(
            [Participant(ticket=t, address=address(c.customer), name=self._who(c).name) for c, t in pairs]
        )
        later = {m.ticket_id: m for m in more}
        events = []
        for (case, ticket), opening, reply in zip(pairs, first, replies, strict=True):
            events += self._events(case, ticket, opening, reply, later.get(ticket.pk))
        Event.objects.bulk_create(events, batch_size=5000)
        Numbers.objects.update_or_create(pk=1, defaults={"last": chunk[-1].number})

    def _who(self, case: Case) -> Customer:
        return self.customers[case.customer]

    def _agent(self, case: Case) -> Agent:
        return self.agents[case.number % len(self.agents)]

    def _ticket(self, case: Case) -> Ticket:
        state = State.OPEN if case.is_open else State.SOLVED
        last = case.at + timedelta(hours=9 if case.more else 2)
        waits = case.is_open and bool(case.more)
        return Ticket(
            number=case.number,
            subject=case.subject,
            normal_subject=case.subject,
            customer=self._who(case),
            channel=self.channel,
            team=self.channel.team,
            assignee=self._agent(case) if case.number % 3 else None,
            status=self.status[state],
            state=state,
            is_open=case.is_open,
            priority=self.priority,
            priority_rank=self.priority.rank,
            version=3 if case.more else 2,
            created_at=case.at,
            updated_at=last,
            waiting_since=last if waits else None,
            last_message_at=last,
            last_from=self._who(case).name if case.more else self._agent(case).name,
            preview=preview(case.more or case.reply),
            message_count=3 if case.more else 2,
            first_answered_at=case.at + timedelta(hours=2),
            solved_at=None if case.is_open else last,
        )

    def _received(self, case: Case, ticket: Ticket, words: str, at: datetime, nth: int) -> Message:
        return Message(
            ticket=ticket,
            kind=Message.Kind.RECEIVED,
            customer=self._who(case),
            channel=self.channel,
            from_name=self._who(case).name,
            from_address=address(case.customer),
            to=[{"name": "", "address": self.channel.address}],
            subject=case.subject,
            message_id=f"bench.{case.number}.{nth}@poczta.example",
            segments=[["new", words]],
            at=at,
            sent_at=at,
            parser_version=1,
            sanitiser_version=1,
        )

    def _sent(self, case: Case, ticket: Ticket) -> Message:
        return Message(
            ticket=ticket,
            kind=Message.Kind.SENT,
            agent=self._agent(case),
            customer=self._who(case),
            channel=self.channel,
            from_name=self._agent(case).name,
            from_address=self.channel.address,
            to=[{"name": self._who(case).name, "address": address(case.customer)}],
            subject=f"Re: {case.subject}",
            message_id=f"t{case.number}.bench@bez.example",
            in_reply_to=f"bench.{case.number}.1@poczta.example",
            references=[f"bench.{case.number}.1@poczta.example"],
            segments=[["new", case.reply]],
            html=f"<p>{case.reply}</p>",
            at=case.at + timedelta(hours=2),
            answers_since=case.at,
        )

    def _delivery(self, case: Case, ticket: Ticket, reply: Message) -> Delivery:
        return Delivery(
            channel=self.channel,
            state=Delivery.State.SENT,
            key=f"bench:{case.number}",
            about="",
            message_id=reply.message_id,
            recipients=[address(case.customer)],
            payload={"subject": reply.subject, "text": case.reply, "html": reply.html, "files": []},
            handed_over_at=reply.at,
            sent_at=reply.at,
            due_at=None,
            attempts=1,
            created_at=reply.at,
        )

    def _events(
        self, case: Case, ticket: Ticket, first: Message, reply: Message, more: Message | None
    ) -> list[Event]:
        new, now = self.status[State.NEW].pk, self.status[State.OPEN].pk
        assert reply.delivery is not None
        opened = TicketOpened(ticket.pk, first.pk, self.channel.pk, ticket.customer_id, ticket.team_id, new)
        answered = ReplySent(ticket.pk, reply.pk, reply.delivery.pk, now, new, case.at.isoformat())
        rows = [
            _event(opened, case.at, INBOUND, 1),
            _event(answered, reply.at, self._agent(case).actor, 2),
            _event(
                DeliverySent(reply.delivery.pk, f"message:{reply.pk}", "250 OK"), reply.at, OUTBOUND, None
            ),
        ]
        if more:
            rows.append(
                _event(MessageReceived(ticket.pk, more.pk, ticket.customer_id, now, now), more.at, INBOUND, 3)
            )
        return rows


def _message_of_delivery() -> QuerySet[Message, int]:
    return Message.objects.filter(delivery=OuterRef("pk")).values_list("pk", flat=True)[:1]


def _event(happened: Happened, at: datetime, by: Actor, number: int | None) -> Event:
    return Event(
        kind=happened.kind(),
        version=happened.version,
        data=happened.data(),
        ticket=happened.ticket_id if isinstance(happened, OfTicket) else None,
        number=number,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name,
        at=at,
        due_at=None,
    )


def address(n: int) -> str:
    return f"klient{n}@poczta.example"


def fill(count: int) -> None:
    """``count`` tickets on top of what is there, for the first mailbox and all agents."""
    channel = Channel.objects.select_related("team").first() or _channel()
    agents = list(Agent.objects.select_related("role"))
    start = (Numbers.objects.filter(pk=1).values_list("last", flat=True).first() or 10000) + 1
    loader = Loader(channel, agents)
    loader.people(max(count // 5, 10))
    loader.load(cases(count, start, len(loader.customers)))


def _channel() -> Channel:
    from okienko.mailroom.channels import add_mailbox
    from okienko.people.models import Team

    return add_mailbox("pomoc@bez.example", by=BENCH, team=Team.objects.first())

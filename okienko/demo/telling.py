"""One story as a ticket, by the same verbs that mail and agents use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from html import escape

from django.utils import timezone

from okienko.demo.company import DEMO, MAILBOXES, email_of
from okienko.demo.files import made
from okienko.demo.mails import mail_of
from okienko.demo.stories import Piece, Story
from okienko.files import store
from okienko.lib.mail import compose
from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Agent, Customer, Team
from okienko.tickets.assignment import assign, move_to_team
from okienko.tickets.backdating import Step, move_back
from okienko.tickets.content import Content, FileOf
from okienko.tickets.conversation import newest_seen, note, receive, reply
from okienko.tickets.letter import subject_of_reply
from okienko.tickets.lifecycle import Labels, open_ticket, set_status
from okienko.tickets.models import Category, Priority, Status, Ticket
from okienko.tickets.tagging import set_category, set_priority, set_tags

STATES = {
    "new": "new",
    "open": "open",
    "pending": "pending_customer",
    "solved": "solved",
    "closed": "closed",
}


@dataclass
class Company:
    """What the stories name, read once."""

    agents: dict[str, Agent] = field(default_factory=dict)

    @cached_property
    def channels(self) -> dict[str, Channel]:
        found = {c.address: c for c in Channel.objects.select_related("team")}
        return {name: found[address] for name, (address, _, _) in MAILBOXES.items()}

    @cached_property
    def teams(self) -> dict[str, Team]:
        return {team.name: team for team in Team.objects.all()}

    @cached_property
    def categories(self) -> dict[str, Category]:
        return {category.name: category for category in Category.objects.all()}

    @cached_property
    def priorities(self) -> dict[str, Priority]:
        return {priority.code: priority for priority in Priority.objects.all()}

    @cached_property
    def statuses(self) -> dict[str, Status]:
        return {status.code: status for status in Status.objects.all()}

    def agent(self, name: str) -> Agent:
        """The agent who is called so."""
        if name not in self.agents:
            found = Agent.objects.select_related("role", "user")
            self.agents[name] = found.get(user__email=email_of(name))
        return self.agents[name]


def tell(story: Story, company: Company) -> Ticket:
    """Writes the ticket, then dates it. Must run in one transaction."""
    return _Telling(story, company).ticket


class _Telling:
    """The ticket while it grows; ``steps`` note when which part of it was written."""

    def __init__(self, story: Story, company: Company) -> None:
        self.story, self.company = story, company
        self.channel = company.channels[story.mailbox]
        self.customer = self._customer()
        self.steps: list[Step] = []
        self.handler: Agent | None = None
        self.ticket = self._opened()
        self._from_mailbox_to_team()
        for number, piece in enumerate(story.pieces[1:], 1):
            WRITES[piece.kind](self, piece, number)
        self._where_it_stands()
        move_back(self.ticket, self.steps)

    def _at(self, at: datetime) -> None:
        """What is written from here on happened at ``at``, or just after the step before."""
        if self.steps:
            at = max(at, self.steps[-1].at + timedelta(seconds=20))
        self.steps.append(Step(timezone.now(), at))

    def _customer(self) -> Customer:
        customer = directory.customer_at(self.story.address, name=self.story.customer)
        if self.story.organization and customer.organization_id is None:
            return directory.change_customer(
                customer, by=DEMO, name=customer.name, organization=self.story.organization
            )
        return customer

    def _opened(self) -> Ticket:
        story = self.story
        self._at(story.begins_at)
        is_handled = any(piece.author for piece in story.pieces)
        labels = Labels(
            team=self.channel.team if story.team else None,
            language=story.language,
            # Where no agent has been yet, the labels came with the ticket.
            category=None if is_handled else self.company.categories[story.category],
            priority=None if is_handled else self.company.priorities[story.priority],
        )
        ticket = open_ticket(
            subject=story.subject,
            customer=self.customer,
            content=self._received(story.pieces[0], 0),
            by=DEMO,
            channel=self.channel,
            labels=labels,
        )
        if not is_handled:
            set_tags(ticket, to=story.tags, by=DEMO)
        return ticket

    def _from_mailbox_to_team(self) -> None:
        team = self.company.teams.get(self.story.team or "")
        if team and team != self.channel.team:
            marek = self.company.agent("Marek Kos")
            self._at(self.story.begins_at + timedelta(minutes=1 + len(self.story.subject) % 30))
            move_to_team(self.ticket, to=team, by=marek.actor)

    def _take(self, agent: Agent) -> None:
        """The first agent who touches it takes it and gives it its labels."""
        story, company = self.story, self.company
        if self.handler is not None:
            return
        self.handler = agent
        assign(self.ticket, to=agent, by=agent.actor)
        set_category(self.ticket, to=company.categories[story.category], by=agent.actor)
        if (priority := company.priorities[story.priority]).pk != self.ticket.priority_id:
            set_priority(self.ticket, to=priority, by=agent.actor)
        set_tags(self.ticket, to=story.tags, by=agent.actor)

    def _wrote_customer(self, piece: Piece, number: int) -> None:
        self._at(piece.at)
        receive(self.ticket, content=self._received(piece, number), customer=self.customer, by=DEMO)

    def _wrote_agent(self, piece: Piece, number: int) -> None:
        agent = self._begins(piece)
        is_last = not any(later.kind != "note" for later in self.story.pieces[number + 1 :])
        state = STATES[self.story.state]
        status = self.company.statuses[state] if is_last and state != "new" else None
        if state == "closed" and status:
            status = self.company.statuses["solved"]
        content = Content(
            segments=[["new", piece.text]],
            html=_html(piece.text),
            to=[{"name": self.story.customer, "address": self.story.address}],
            subject=subject_of_reply(self.ticket),
            files=_files(piece),
        )
        reply(self.ticket, content=content, by=agent.actor, seen=newest_seen(self.ticket), status=status)

    def _wrote_note(self, piece: Piece, number: int) -> None:
        agent = self._begins(piece)
        content = Content(segments=[["new", piece.text]], html=_html(piece.text), files=_files(piece))
        note(self.ticket, content=content, by=agent.actor)

    def _begins(self, piece: Piece) -> Agent:
        agent = self.company.agent(piece.author)
        if self.handler is None:
            self._at(piece.at - timedelta(seconds=90))
            self._take(agent)
        self._at(piece.at)
        return agent

    def _where_it_stands(self) -> None:
        """Moves the ticket to where the story says that it stands, if its last message has not done so."""
        story, last = self.story, self.story.pieces[-1].at
        wanted = self.company.statuses[STATES[story.state]]
        ticket = Ticket.objects.select_related("status").get(pk=self.ticket.pk)
        if ticket.status_id == wanted.pk or story.state == "new":
            return
        self._at(last + timedelta(minutes=3 + len(story.id) % 4))
        set_status(ticket, to=wanted, by=self._someone().actor)

    def _someone(self) -> Agent:
        """Who has the ticket, else somebody who could."""
        names = {"Hurt": "Tomasz Bielak", "Zwroty i reklamacje": "Zofia Adamska"}
        return self.handler or self.company.agent(names.get(self.story.team or "", "Ola Wiśniewska"))

    def _received(self, piece: Piece, number: int) -> Content:
        story = self.story
        mail = mail_of(story, piece, number, to=self.channel.address)
        return Content(
            segments=[["new", piece.text]],
            subject=mail.subject,
            from_name=story.customer,
            from_address=story.address,
            to=[{"name": "", "address": self.channel.address}],
            message_id=mail.message_id,
            channel=self.channel,
            files=_files(piece),
            raw=store.store(compose(mail)),
            sent_at=piece.at,
        )


WRITES: dict[str, Callable[[_Telling, Piece, int], None]] = {
    "customer": _Telling._wrote_customer,
    "agent": _Telling._wrote_agent,
    "note": _Telling._wrote_note,
}


def _files(piece: Piece) -> tuple[FileOf, ...]:
    files = []
    for filename in piece.attachments:
        data, content_type = made(filename)
        files.append(FileOf(store.store(data), filename, content_type))
    return tuple(files)


def _html(text: str) -> str:
    blocks = (escape(block).replace("\n", "<br>") for block in text.split("\n\n"))
    return "".join(f"<p>{block}</p>" for block in blocks)

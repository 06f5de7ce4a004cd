"""Who works on a ticket: its assignee and its team."""

from __future__ import annotations

from types import EllipsisType

from okienko.events.actor import Actor
from okienko.events.catalog import Reason, TeamChanged, TicketAssigned
from okienko.events.models import Event
from okienko.lib.refusal import Conflict, Invalid
from okienko.people.models import Agent, Team
from okienko.tickets.change import STATUS_FIELDS, changed, changing, put_status, status_for
from okienko.tickets.models import State, Ticket


def assign(
    ticket: Ticket,
    *,
    to: Agent | None,
    by: Actor,
    reason: Reason | None = None,
    cause: Event | None = None,
    was: int | EllipsisType | None = ...,
) -> Ticket:
    """Gives a ticket to an agent, or to nobody. The same agent again is harmless.

    ``was``, when given, is the assignee that the asker saw; another one raises Conflict ("take" is compare-and-set).
    Raises NotAllowed, Conflict or Invalid (an agent who no longer works here).
    """
    if to is not None and not to.is_active:
        raise Invalid("agent")
    with changing(ticket, by=by, may="tickets.change") as ticket:
        if ticket.assignee_id == (to.pk if to else None):
            return ticket
        if was is not ... and ticket.assignee_id != was:
            raise Conflict("assigned", agent_id=ticket.assignee_id)
        before, ticket.assignee = ticket.assignee_id, to
        status_before = ticket.status_id
        if to is not None and ticket.state == State.NEW:
            put_status(ticket, status_for(State.OPEN))
        changed(
            ticket,
            TicketAssigned(ticket.pk, to.pk if to else None, before, ticket.status_id, status_before),
            "assignee",
            *STATUS_FIELDS,
            by=by,
            reason=reason,
            cause=cause,
        )
    return ticket


def move_to_team(
    ticket: Ticket, *, to: Team | None, by: Actor, reason: Reason | None = None, cause: Event | None = None
) -> Ticket:
    """Moves a ticket to a team, or to none; an assignee who is not in it is taken off. Raises NotAllowed."""
    with changing(ticket, by=by, may="tickets.change") as ticket:
        if ticket.team_id == (to.pk if to else None):
            return ticket
        was, was_agent = ticket.team_id, ticket.assignee_id
        ticket.team = to
        if to is not None and was_agent and not to.agents.filter(pk=was_agent).exists():
            ticket.assignee = None
        changed(
            ticket,
            TeamChanged(ticket.pk, ticket.team_id, was, ticket.assignee_id, was_agent),
            "team",
            "assignee",
            by=by,
            reason=reason,
            cause=cause,
        )
    return ticket

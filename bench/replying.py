"""What the killing script does inside the desk: replying to what is unanswered, and the final account."""

from __future__ import annotations

import json

from okienko.events.actor import system
from okienko.inbound.models import Received
from okienko.lib.refusal import Refused
from okienko.outbound.models import Delivery
from okienko.people.models import Agent
from okienko.tickets import conversation
from okienko.tickets.drafts import content_of
from okienko.tickets.models import Ticket
from okienko.workspace import preferences

MOST = 15


def reply_to_all() -> None:
    """Answers some tickets that wait, to leave at once."""
    preferences.change("undo_seconds", to=0, by=system("bench"))
    agent = Agent.objects.select_related("role").first()
    assert agent is not None
    for ticket in Ticket.objects.without_answer().exclude(customer=None).order_by("?")[:MOST]:
        identity = ticket.customer.identities.first() if ticket.customer else None
        if identity is None:
            continue
        content = content_of("<p>Już sprawdzamy.</p>", to=[{"name": "", "address": identity.value}])
        try:
            conversation.reply(ticket, content=content, by=agent.actor, seen=conversation.newest_seen(ticket))
        except Refused:
            continue


def account() -> None:
    """Prints the Message-IDs of what is filed and the state of each reply, as JSON."""
    filed = list(Received.objects.filter(state="filed").values_list("message_id", flat=True))
    replies = dict(Delivery.objects.values_list("message_id", "state"))
    print(json.dumps({"filed": filed, "replies": replies}))

"""Writing facts. Only verbs call this, each once, last in its transaction."""

from __future__ import annotations

import json

from django.db import connection

from okienko.events import consume
from okienko.events.actor import Actor
from okienko.events.catalog import Happened, OfTicket, Reason
from okienko.events.models import Change, Event
from okienko.work.wake import wake


def record(
    happened: Happened,
    *,
    by: Actor,
    number: int | None = None,
    reason: Reason | None = None,
    cause: Event | None = None,
    topics: tuple[str, ...] = (),
) -> Event:
    """Stores one fact and tells live pages the names of what changed; returns the Event.

    ``number`` is the ticket's own count of events (its version). Must run inside the verb's transaction.
    """
    reacts = consume.anyone_reacts(type(happened))
    event = Event(
        kind=happened.kind(),
        version=happened.version,
        data=happened.data(),
        reason={"code": reason.code, "params": reason.params} if reason else None,
        ticket=happened.ticket_id if isinstance(happened, OfTicket) else None,
        number=number,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:200],
        cause=cause,
        root=(cause.root or cause.pk) if cause else None,
        depth=cause.depth + 1 if cause else 0,
    )
    if not reacts:
        event.due_at = None
    event.save(force_insert=True)
    changed(*topics)
    if reacts:
        wake()
    return event


def changed(*topics: str) -> None:
    """Names of things that live pages should read again, told when this transaction commits."""
    if not topics:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('okienko_change', %s)", [json.dumps(topics)])
    else:
        Change.objects.create(topics=list(topics))

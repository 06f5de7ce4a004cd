"""Reactions: each event goes to the subscribers of wiring.py in their order, each in a savepoint of its own."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from okienko.events.catalog import Happened
from okienko.work.claim import BATCH, again, claim, due

log = structlog.get_logger(__name__)


class Subscriber(Protocol):
    """A room's subscriber module: which facts it reacts to, and how. It writes only to the database."""

    __name__: str
    REACTIONS: dict[type[Happened], Callable[[object], None]]


@lru_cache
def subscribers() -> tuple[Subscriber, ...]:
    """wiring.SUBSCRIBERS, read once."""
    return tuple(import_string(f"{settings.WIRING}.SUBSCRIBERS"))


@lru_cache
def _with_reactions() -> frozenset[type[Happened]]:
    return frozenset(kind for s in subscribers() for kind in s.REACTIONS)


def anyone_reacts(kind: type[Happened]) -> bool:
    """Whether a subscriber reacts to facts of this kind; the others need no consuming."""
    return kind in _with_reactions()


def run() -> int:
    """Consumes one batch of due events and of due retries, in order; returns how many rows it took."""
    from okienko.events.models import Event, Reaction

    with transaction.atomic():
        keys = claim(Event) if _is_alone() else []
        for event in Event.objects.filter(pk__in=keys).order_by("pk"):
            for subscriber in subscribers():
                _react(subscriber, event)
        Event.objects.filter(pk__in=keys).update(due_at=None, claimed_until=None)
    with transaction.atomic():
        retries = claim(Reaction, BATCH)
        for row in Reaction.objects.filter(pk__in=retries).select_related("event"):
            failed = next((s for s in subscribers() if s.__name__ == row.subscriber), None)
            try:
                with transaction.atomic():
                    if failed:
                        _call(failed, row.event)
                    Reaction.objects.filter(pk=row.pk).delete()
            except Exception:
                Reaction.objects.filter(pk=row.pk).update(**again(row, traceback.format_exc()))
    return len(keys) + len(retries)


TURN = 0x6F6B6E6F


def _is_alone() -> bool:
    """Whether this worker may consume now: one at a time, so that a ticket's events are consumed in order."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURN])
        return bool(cursor.fetchone()[0])


def _call(subscriber: Subscriber, event: object) -> None:
    reaction = subscriber.REACTIONS.get(type(event.fact))  # type: ignore[attr-defined]
    if reaction:
        reaction(event)


def _react(subscriber: Subscriber, event: object) -> None:
    from okienko.events.models import Event, Reaction

    assert isinstance(event, Event)
    try:
        with transaction.atomic():
            _call(subscriber, event)
    except Exception:
        # Kept with its error and tried again alone, so that the other subscribers go on.
        log.exception("subscriber_failed", subscriber=subscriber.__name__, event_id=event.pk)
        row, _ = Reaction.objects.get_or_create(event=event, subscriber=subscriber.__name__)
        row.attempts = 1
        Reaction.objects.filter(pk=row.pk).update(attempts=1, **again(row, traceback.format_exc()))


def waiting() -> int:
    """How many events and retries are due now."""
    from okienko.events.models import Event, Reaction

    return due(Event).count() + due(Reaction).count()


def parked() -> int:
    """How many reactions were given up after all retries."""
    from okienko.events.models import Reaction

    return Reaction.objects.filter(due_at__isnull=True).count()

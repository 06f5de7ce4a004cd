"""Claiming work rows by compare-and-set, so that any number of workers share them and none does a row twice.

On PostgreSQL ``FOR UPDATE SKIP LOCKED`` lets workers pass each other; on SQLite every transaction is immediate, so the
claiming statement is alone by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from okienko.work.models import Work

BATCH = 20
LEASE = timedelta(minutes=2)
BACK_OFF = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800))


def due(model: type[Work], now: datetime | None = None) -> QuerySet[Work]:
    """Rows of ``model`` that are due and that no living worker holds, oldest due first."""
    now = now or timezone.now()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    return model._default_manager.filter(free, due_at__lte=now).order_by("due_at", "pk")


def claim(
    model: type[Work], limit: int = BATCH, *, lease: timedelta = LEASE, only: QuerySet[Work] | None = None
) -> list[int]:
    """Takes up to ``limit`` due rows for this worker and returns their keys, oldest first.

    ``only`` narrows the candidates. Commits by itself unless a transaction is open.
    """
    now = timezone.now()
    rows = (due(model, now) if only is None else only)[:limit]
    if not rows.exists():
        return []  # an idle worker's look takes no write lock
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        keys = list(rows.values_list("pk", flat=True))
        if keys:
            model._default_manager.filter(pk__in=keys).update(
                claimed_until=now + lease, attempts=models.F("attempts") + 1
            )
    return keys


def give_back(model: type[Work], keys: Iterable[int]) -> None:
    """Frees rows that were claimed and not begun; their attempt does not count."""
    model._default_manager.filter(pk__in=list(keys), attempts__gt=0).update(
        claimed_until=None, attempts=models.F("attempts") - 1
    )


def done(row: Work) -> dict[str, object]:
    """The column values of a row that needs nothing more, for ``update()``."""
    return {"due_at": None, "claimed_until": None, "error": ""}


def again(row: Work, error: str, *, limit: int = len(BACK_OFF)) -> dict[str, object]:
    """The column values of a row that is tried again later; after ``limit`` attempts it is left alone (due_at None)."""
    wait = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1] if row.attempts else BACK_OFF[0]
    due_at = None if row.attempts >= limit else timezone.now() + wait
    return {"due_at": due_at, "claimed_until": None, "error": error[-2000:]}


def forget_leases(*tables: type[Work]) -> None:
    """Frees what a dead worker held; only for one who knows that no other worker lives (SQLite's role lock)."""
    for model in tables:
        model._default_manager.filter(claimed_until__isnull=False).update(claimed_until=None)


@dataclass(frozen=True)
class Lane:
    """One kind of work: ``run()`` does a small batch that is due and returns how many rows it took.

    Lanes stand in wiring.LANES in order of urgency. ``waiting()`` counts what is due now; ``tables`` are the work
    tables whose leases it takes. A lane that ``is_apart`` waits for others (the network, a long job) and has a thread
    of its own, so that nothing waits for it.
    """

    name: str
    run: Callable[[], int]
    waiting: Callable[[], int]
    tables: tuple[type[Work], ...] = ()
    is_apart: bool = False


@dataclass(frozen=True)
class Chore:
    """Something short done now and then: ``run()`` soon after the start and then every ``every``.

    Each worker runs it, so twice must be harmless.
    """

    name: str
    every: timedelta
    run: Callable[[], object]

"""Reading the journal for people: one page of messages, their counts, one message's raw source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from okienko.files import store
from okienko.inbound.models import Received

PAGE = 50
STATES = tuple(Received.State.values)
TO_DECIDE = (Received.State.FAILED, Received.State.PARKED)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages: of one mailbox or of all (None), received from ``start`` until before ``end``."""

    channel: int | None = None
    start: datetime | None = None
    end: datetime | None = None


def counts(asked: Asked) -> dict[str, int]:
    """How many messages there are in each state, every state named."""
    found = _of(asked).order_by().values_list("state").annotate(n=Count("pk"))
    return dict.fromkeys(STATES, 0) | dict(found)


def page(asked: Asked, *, state: str = "", before: int | None = None) -> list[Received]:
    """Up to PAGE + 1 messages, newest first, in ``state`` if given; ``before`` is the key where the last page ended."""
    found = _of(asked)
    if state:
        found = found.filter(state=state)
    if before:
        found = found.filter(pk__lt=before)
    return list(_shown(found)[: PAGE + 1])


def to_decide(asked: Asked, most: int = 20) -> list[Received]:
    """Those that wait for somebody's decision, newest first."""
    return list(_shown(_of(asked).filter(state__in=TO_DECIDE))[:most])


def days(channel: int, *, since: datetime, zone: tzinfo) -> dict[date, int]:
    """How many messages one mailbox received on each day since then."""
    found = Received.objects.filter(channel=channel, received_at__gte=since)
    by_day = found.annotate(day=TruncDate("received_at", tzinfo=zone)).order_by().values_list("day")
    return {day: n for day, n in by_day.annotate(n=Count("pk")) if day is not None}


def one(pk: int) -> Received | None:
    """One message of the journal."""
    return _shown(Received.objects.filter(pk=pk)).select_related("raw").first()


def raw(received: Received) -> bytes:
    """The message as it came. Raises FileNotFoundError when its file is missing."""
    return store.read(received.raw)


def _of(asked: Asked) -> QuerySet[Received]:
    found = Received.objects.all()
    if asked.channel:
        found = found.filter(channel=asked.channel)
    if asked.start:
        found = found.filter(received_at__gte=asked.start)
    if asked.end:
        found = found.filter(received_at__lt=asked.end)
    return found


def _shown(found: QuerySet[Received]) -> QuerySet[Received]:
    return found.select_related("channel", "ticket", "filed_as").order_by("-pk")

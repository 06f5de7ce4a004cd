"""Journaling: a message is stored raw and durably before its source is told that we have it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F

from okienko.files import store
from okienko.inbound.models import Received, Tally
from okienko.mailroom.models import Channel
from okienko.work.wake import wake


@dataclass(frozen=True, slots=True)
class Arrival:
    """Raw bytes with the source's own id for them; ``envelope`` is what the source knows besides (JSON only)."""

    raw: bytes
    source_id: str
    envelope: dict[str, Any] = field(default_factory=dict)


def receive(channel: Channel, arrivals: Iterable[Arrival]) -> list[Received]:
    """Journals a batch in one commit; when it returns, all of it is durable and the source may be told.

    An arrival whose ``source_id`` the channel has handed over before gives its old row. Raises OSError or a
    DatabaseError when it could not be stored: then the source must not be told.
    """
    rows, fresh = [], 0
    with transaction.atomic():
        for arrival in arrivals:
            known = Received.objects.filter(channel=channel, source_id=arrival.source_id[:250]).first()
            rows.append(known or _journal(channel, arrival))
            fresh += known is None
        tally(channel, fresh)
        wake()
    return rows


def tally(channel: Channel, fresh: int) -> None:
    """Counts newly journaled messages, in the transaction that journals them."""
    if fresh and not Tally.objects.filter(channel=channel).update(received=F("received") + fresh):
        Tally.objects.get_or_create(channel=channel)
        Tally.objects.filter(channel=channel).update(received=F("received") + fresh)


def journaled(channel: Channel, source_ids: Iterable[str]) -> set[str]:
    """Those of ``source_ids`` that the journal has, so that their source may let go of them."""
    rows = Received.objects.filter(channel=channel, source_id__in=list(source_ids))
    return set(rows.values_list("source_id", flat=True))


def _journal(channel: Channel, arrival: Arrival) -> Received:
    return Received.objects.create(
        channel=channel,
        source_id=arrival.source_id[:250],
        raw=store.store(arrival.raw),
        envelope=arrival.envelope,
    )

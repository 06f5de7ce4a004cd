"""The ledger: received = filed + duplicates + rejected + parked + failed + waiting, per mailbox, always.

``received`` is the tally that counted messages as they were journaled, the verdicts are counted from their rows, so
that a row which is lost or there twice shows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Q

from okienko.inbound.models import Received, Tally
from okienko.mailroom.models import Channel


@dataclass(frozen=True, slots=True)
class Sums:
    """One mailbox's account; ``orphans`` are filed rows that lie on no ticket (none, if all is well)."""

    mailbox: str
    received: int
    filed: int
    duplicates: int
    rejected: int
    parked: int
    failed: int
    waiting: int
    orphans: int

    @property
    def balanced(self) -> bool:
        """The sums agree, and each filed message is on a ticket."""
        ended = self.filed + self.duplicates + self.rejected + self.parked + self.failed
        return self.received == ended + self.waiting and self.orphans == 0

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self)
        del shown["orphans"]
        return shown | {"balanced": self.balanced}


def sums() -> list[Sums]:
    """The account of every mailbox, by address."""
    State = Received.State

    def of(state: str) -> Count:
        return Count("received", filter=Q(received__state=state))

    tallies = dict(Tally.objects.values_list("channel", "received"))
    channels = Channel.objects.annotate(
        n_filed=of(State.FILED),
        n_duplicate=of(State.DUPLICATE),
        n_rejected=of(State.REJECTED),
        n_parked=of(State.PARKED),
        n_failed=of(State.FAILED),
        n_waiting=of(State.WAITING),
        n_orphans=Count("received", filter=Q(received__state=State.FILED, received__filed_as=None)),
    ).order_by("address")
    return [
        Sums(
            mailbox=c.address,
            received=tallies.get(c.pk, 0),
            filed=c.n_filed,
            duplicates=c.n_duplicate,
            rejected=c.n_rejected,
            parked=c.n_parked,
            failed=c.n_failed,
            waiting=c.n_waiting,
            orphans=c.n_orphans,
        )
        for c in channels
    ]

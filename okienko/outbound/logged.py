"""Deliveries that never leave: what a loader of old or made-up history puts into the log."""

from __future__ import annotations

from datetime import datetime

from okienko.outbound.models import Delivery


def keep_as_logged(delivery: Delivery, *, at: datetime) -> None:
    """Ends a delivery that was just queued as logged, as if it had been written at ``at``; nothing is sent."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED).update(
        state=Delivery.State.LOGGED,
        due_at=None,
        created_at=at,
        payload=delivery.payload | {"date": at.isoformat()},
    )

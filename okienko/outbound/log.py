"""Reading the outbox for people: one page of deliveries with their attempts."""

from __future__ import annotations

from okienko.outbound.models import Delivery

PAGE = 50
STATES = tuple(Delivery.State.values)


def page(*, state: str = "", before: int | None = None) -> list[Delivery]:
    """Up to PAGE + 1 deliveries, newest first, in ``state`` if given; ``before`` is the key where the last ended."""
    found = Delivery.objects.select_related("channel").prefetch_related("tries").defer("payload")
    if state:
        found = found.filter(state=state)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[: PAGE + 1])

"""For the doctor: reactions that were given up."""

from __future__ import annotations

from collections.abc import Iterator

from okienko.events.consume import parked
from okienko.work.check import Finding


def reactions() -> Iterator[Finding]:
    """Parked reactions are a fault: something that should have followed from an event has not."""
    count = parked()
    yield Finding(
        not count,
        f"{count} reactions to events are parked after all retries." if count else "No reaction is parked.",
    )

"""Waking a worker that sleeps: work committed in this transaction should not wait for its next look at the queue."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction

_bells: list[Callable[[], None]] = []


def on_wake(ring: Callable[[], None]) -> None:
    """Says what rings the worker from this process; config does it. ``ring`` must not raise."""
    _bells[:] = [ring]


def wake() -> None:
    """Rings the worker once this transaction has committed; a lost ring costs only its polling interval."""
    if not any(_ring in hook for hook in connection.run_on_commit):
        transaction.on_commit(_ring)


def _ring() -> None:
    for ring in _bells:
        ring()

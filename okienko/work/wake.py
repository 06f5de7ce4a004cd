"""Waking a worker that sleeps: work committed in this transaction should not wait for its next look at the queue."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction

_ring_bell: Callable[[], None] = lambda: None


def on_wake(ring: Callable[[], None]) -> None:
    """Says what rings the worker from this process; config does it. ``ring`` must not raise."""
    global _ring_bell
    _ring_bell = ring


def wake() -> None:
    """Rings the worker once this transaction has committed; a lost ring costs only its polling interval."""
    if not any(hook is _ring for _, hook, _ in connection.run_on_commit):
        transaction.on_commit(_ring)


def _ring() -> None:
    _ring_bell()

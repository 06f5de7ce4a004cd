"""Waking a worker that sleeps: work committed in this transaction should not wait for its next look at the queue."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

_listeners: list[Callable[[], None]] = []


def on_wake(listener: Callable[[], None]) -> None:
    """Registers what rings the worker from this process (a signal, a socket, NOTIFY); config does it."""
    _listeners.append(listener)


def wake() -> None:
    """Rings the worker once this transaction has committed; a lost ring costs only its polling interval."""
    transaction.on_commit(_ring)


def _ring() -> None:
    for listener in _listeners:
        listener()

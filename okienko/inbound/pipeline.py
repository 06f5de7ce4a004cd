"""The way of a message, read top to bottom: each stage returns the filing with one more decision, or stops."""

from __future__ import annotations

from collections.abc import Callable

from okienko.inbound.envelope import Inbound
from okienko.inbound.stages import (
    Filing,
    Stop,
    drop_known,
    file_message,
    find_customer,
    find_ticket,
    mark_bounce,
    stop_loops,
)

Stage = Callable[[Inbound, Filing], Filing | Stop]

STAGES: tuple[Stage, ...] = (
    drop_known,
    stop_loops,
    mark_bounce,
    find_customer,
    find_ticket,
    file_message,
)


def walk(inbound: Inbound, filing: Filing) -> Stop:
    """Takes one message through all stages; the last one always stops. Inside the caller's transaction."""
    for stage in STAGES:
        step = stage(inbound, filing)
        if isinstance(step, Stop):
            return step
        filing = step
    raise AssertionError("the last stage must stop")

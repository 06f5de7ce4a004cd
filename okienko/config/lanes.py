"""Running lanes: small batches, the most urgent first, and after each batch a new look from the top."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import structlog
from django.db import close_old_connections

from okienko.work.claim import Chore, Lane

log = structlog.get_logger(__name__)

LONGEST_REST = 60.0


class Lanes:
    """Lanes in order of urgency. One that raises is logged and rests, longer each time; the others go on."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = lanes
        self._rest: dict[str, float] = {}
        self._rested_until: dict[str, float] = {}

    def step(self) -> bool:
        """Runs one batch of the most urgent lane that has work; whether there was any."""
        return any(
            self._run(lane)
            for lane in self.lanes
            if self._rested_until.get(lane.name, 0.0) <= time.monotonic()
        )

    def _run(self, lane: Lane) -> bool:
        try:
            took = lane.run()
        except Exception:
            rest = min(self._rest.get(lane.name, 0.5) * 2, LONGEST_REST)
            self._rest[lane.name] = rest
            self._rested_until[lane.name] = time.monotonic() + rest
            log.exception("lane_failed", lane=lane.name, rests_seconds=rest)
            close_old_connections()
            return False
        self._rest.pop(lane.name, None)
        return took > 0


class Chores:
    """Chores at their times, the first round soon after the start, one at a time so that no batch waits long."""

    def __init__(self, chores: Sequence[Chore], *, first_after: float = 5.0) -> None:
        now = time.monotonic()
        self._next = {chore: now + first_after + i for i, chore in enumerate(chores)}

    def step(self) -> None:
        """Does the chore that has been due longest, if any is due."""
        if not self._next:
            return
        chore = min(self._next, key=self._next.__getitem__)
        if self._next[chore] > time.monotonic():
            return
        self._next[chore] = time.monotonic() + chore.every.total_seconds()
        try:
            chore.run()
        except Exception:
            log.exception("chore_failed", chore=chore.name)
            close_old_connections()


def until_quiet(lanes: Sequence[Lane], failed: Callable[[Lane, Exception], None]) -> int:
    """Runs ``lanes`` in this process until nothing is due now; returns how many rows were taken.

    A lane that raises is told to ``failed`` and left alone.
    """
    total = 0
    left = list(lanes)
    while left:
        for lane in left:
            try:
                took = lane.run()
            except Exception as error:
                left.remove(lane)
                failed(lane, error)
                break
            if took:
                total += took
                break
        else:
            return total
    return total

"""SQLite with a fair turnstile before its write lock.

SQLite lets waiting writers sleep and look again, so a process that writes batch after batch can shut everybody else
out for seconds. Here a transaction waits in a queue of one (flock(2) on ``…-queue``) for its turn (on ``…-turn``): who
has just had a turn stands behind the one who waits, so an agent's click waits for one batch at most.
"""

from __future__ import annotations

import fcntl
import os
import time

from django.db import OperationalError
from django.db.backends.sqlite3 import base

LOOK = 0.001


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite, one writer after the other."""

    _gates: tuple[int, int] | None = None
    _has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn_if_over()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn_if_over()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()
            for gate in self._gates or ():
                os.close(gate)
            self._gates = None

    def _take_turn(self) -> None:
        if self._has_turn or self.is_in_memory_db():
            return
        if self._gates is None:
            name = str(self.settings_dict["NAME"])
            queue, turn = (
                os.open(f"{name}-{gate}", os.O_RDWR | os.O_CREAT, 0o600) for gate in ("queue", "turn")
            )
            self._gates = queue, turn
        queue, turn = self._gates
        until = time.monotonic() + float(self.settings_dict["OPTIONS"]["timeout"])
        _pass(queue, until)
        try:
            _pass(turn, until)
        finally:
            fcntl.flock(queue, fcntl.LOCK_UN)
        self._has_turn = True

    def _end_turn_if_over(self) -> None:
        if self.connection is None or not self.connection.in_transaction:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn and self._gates is not None:
            fcntl.flock(self._gates[1], fcntl.LOCK_UN)
        self._has_turn = False


def _pass(gate: int, until: float) -> None:
    """Waits for the gate; raises OperationalError when it is still shut at ``until`` (monotonic seconds)."""
    while True:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise OperationalError("database is locked") from error
            time.sleep(LOOK)
        else:
            return

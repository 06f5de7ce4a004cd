"""What is put in order before work begins: leases of dead processes, and a database that was just restored.

Whoever may hold leases shares a lock: on SQLite the file ``run/leases.lock``, on PostgreSQL an advisory lock. Who can
take it alone knows that nobody else lives who has leases, and frees those of the dead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.conf import settings

from okienko.config import wiring
from okienko.config.boot import connection_parameters
from okienko.config.restoring import RESTORED
from okienko.work.claim import forget_leases
from okienko.work.process import lock

LEASES = 0x6F6B69656E6B6C  # a number of our own for PostgreSQL's advisory locks


class Held(Protocol):
    """The shared lock; it ends with the process, however that ends."""

    def release(self) -> None: ...


def free_leases() -> Held | None:
    """Frees the leases of the dead if nobody else lives who can have any; then shares the lock and returns it."""
    return _free_on_sqlite() if settings.ON_SQLITE else Advisory()


def _free_on_sqlite() -> Held | None:
    path = settings.DATA.run / "leases.lock"
    alone = lock(path)
    if alone is None:
        return lock(path, is_shared=True, patience=1.0)
    _forget()
    alone.share()
    return alone


class Advisory:
    """The lock on PostgreSQL; it lives on a connection of its own (postgresql.org, Advisory Locks)."""

    def __init__(self) -> None:
        import psycopg

        self.connection = psycopg.connect(**connection_parameters(), autocommit=True)
        is_alone = self.connection.execute("SELECT pg_try_advisory_lock(%s)", [LEASES]).fetchone() == (True,)
        if is_alone:
            _forget()
        self.connection.execute("SELECT pg_advisory_lock_shared(%s)", [LEASES])
        if is_alone:
            self.connection.execute("SELECT pg_advisory_unlock(%s)", [LEASES])

    def release(self) -> None:
        self.connection.close()


def _forget() -> None:
    forget_leases(*{table for lane in wiring.LANES for table in lane.tables})


def settle_restored() -> None:
    """Does once, after a restore and before any work, what wiring.AFTER_RESTORE says."""
    mark = settings.DATA.run / RESTORED
    if mark.exists():
        for settle in wiring.AFTER_RESTORE:
            settle()
        mark.unlink(missing_ok=True)


@contextmanager
def beside_a_worker() -> Iterator[None]:
    """For a command that claims work: frees dead leases first, and keeps a starting worker from freeing ours."""
    held = free_leases()
    settle_restored()
    try:
        yield
    finally:
        if held:
            held.release()

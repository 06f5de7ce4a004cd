"""What is put in order before work begins: leases of dead processes, and a database that was just restored.

On SQLite, who can take ``run/leases.lock`` alone knows that nobody else has leases.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from okienko.config import wiring
from okienko.config.restoring import RESTORED
from okienko.work.claim import forget_leases
from okienko.work.process import Lock, lock


def free_leases() -> Lock | None:
    """On SQLite, gives back what dead workers had claimed, if nobody else can hold a lease; then shares the lock.

    The lock lives as long as this process: whoever can take it alone knows that no other living process has leases.
    """
    path = settings.DATA.run / "leases.lock"
    if not settings.ON_SQLITE:
        return None
    alone = lock(path)
    if alone is None:
        return lock(path, is_shared=True, patience=1.0)
    forget_leases(*{table for lane in wiring.LANES for table in lane.tables})
    alone.share()
    return alone


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

"""What a process of our tree needs from Linux: to be alone in its role, and to die with its parent.

Nothing here imports Django, so that the lean parent can use it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
M_ARENA_MAX = -8


@dataclass(frozen=True)
class Lock:
    """A held lock file; the kernel frees it with the process, however that died (flock(2))."""

    descriptor: int

    def release(self) -> None:
        os.close(self.descriptor)

    def share(self) -> None:
        """Lets others share the lock from now on; nobody can be alone while it is shared."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)


def lock(path: Path, *, is_shared: bool = False, patience: float = 0.0) -> Lock | None:
    """Takes the lock file ``path``, alone or shared, trying for ``patience`` seconds; None when others have it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(descriptor)
                return None
            time.sleep(0.05)
        else:
            return Lock(descriptor)


def is_held(path: Path) -> bool:
    """Whether anybody holds the lock file ``path``, alone or shared."""
    if not path.exists():
        return False
    free = lock(path)
    if free:
        free.release()
    return free is None


def die_with(parent: int) -> None:
    """Makes the kernel kill this process when its parent dies (prctl(2), PR_SET_PDEATHSIG).

    ``parent`` is the parent's process id as seen before the fork: if it is gone already, this process ends here.
    """
    _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def call(name: str) -> None:
    """Names this process for ``ps`` and ``top`` (at most 15 letters)."""
    _libc().prctl(PR_SET_NAME, name.encode())


def stay_small() -> None:
    """Keeps glibc from giving every thread a heap of its own (mallopt(3), M_ARENA_MAX)."""
    mallopt = getattr(_libc(), "mallopt", None)
    if mallopt:
        mallopt(M_ARENA_MAX, 2)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)

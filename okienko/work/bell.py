"""The bell between processes of one data directory: a FIFO that any of them may ring and the worker listens to."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def ring(path: Path) -> None:
    """Rings the bell at ``path``; nothing happens when nobody listens."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            os.write(descriptor, b"!")
        finally:
            os.close(descriptor)


class Listener(threading.Thread):
    """Calls ``heard`` after each ring of the bell at ``path``; rings that pile up are heard as one."""

    def __init__(self, path: Path, heard: Callable[[], None]) -> None:
        super().__init__(name="bell", daemon=True)
        with suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        # Reading and writing, so that the pipe never ends when the last who rang has gone.
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._heard = heard

    def run(self) -> None:
        while True:
            select.select([self._descriptor], [], [])
            with suppress(BlockingIOError):
                os.read(self._descriptor, 4096)
            self._heard()

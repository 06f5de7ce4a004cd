"""The socket that pages are served on. The parent holds it, so that a web process that dies loses no connection."""

from __future__ import annotations

import errno
import socket
import time
from typing import Any

from okienko.config.failed import Failed

PATIENCE = 1.5


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port``. Raises Failed with a plain sentence when that can't be."""
    until = time.monotonic() + PATIENCE  # after a kill -9 the children need a moment to die
    while True:
        try:
            return _listen(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Failed(f"Can't listen on {host}:{port}: {error.strerror or error}.") from error
            if time.monotonic() > until:
                raise Failed(f"Port {port} on {host} is in use. Choose another with --port.") from error
        time.sleep(0.05)


def _listen(host: str, port: int) -> socket.socket:
    family, kind, _, _, at = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # A socket that shares its port would also share it with a stranger's: first see that nobody has it.
    with _bound(family, kind, at, shares=False):
        pass
    listening = _bound(family, kind, at, shares=True)
    listening.listen(1024)
    return listening


def twin(listening: socket.socket) -> socket.socket:
    """A socket for a second process on the same port; the kernel spreads connections over both (SO_REUSEPORT).

    Connections come to it once it listens, and no more when its process has died.
    """
    return _bound(listening.family, listening.type, listening.getsockname(), shares=True)


def _bound(family: int, kind: int, at: Any, *, shares: bool) -> socket.socket:
    bound = socket.socket(family, kind)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, int(shares))
        bound.bind(at)
    except OSError:
        bound.close()
        raise
    return bound


def address(listening: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{host}:{port}"

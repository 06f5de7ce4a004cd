"""The socket that pages are served on. The parent holds it, so that a web process that dies loses no connection."""

from __future__ import annotations

import errno
import socket
import time

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
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    return listening


def address(listening: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{host}:{port}"

"""Connecting to an IMAP server (RFC 9051, RFC 3501)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

from okienko.channels.email.config import Server

TIMEOUT = SocketTimeout(connect=15, read=60)


@contextmanager
def connected(server: Server, password: str) -> Iterator[IMAPClient]:
    """A signed-in client. Raises OSError, ssl.SSLError or imapclient's errors."""
    client = IMAPClient(
        server.host,
        port=server.port,
        ssl=server.security == "tls",
        ssl_context=ssl.create_default_context() if server.security == "tls" else None,
        timeout=TIMEOUT,
    )
    try:
        if server.security == "starttls":
            client.starttls(ssl.create_default_context())
        client.login(server.user, password)
        yield client
    finally:
        with suppress(OSError, IMAPClientError):
            client.logout()
        with suppress(OSError):
            client.shutdown()


def sent_folder(client: IMAPClient) -> str:
    """The folder marked as Sent (RFC 6154), or one called so."""
    folder = client.find_special_folder(b"\\Sent")
    return folder or "Sent"

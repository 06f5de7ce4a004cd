"""Connecting to an IMAP server (RFC 9051, RFC 3501)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from okienko.channels.email.config import Server

TIMEOUT = SocketTimeout(connect=15, read=60)


class NoFolder(Exception):
    """The mailbox has no such folder."""


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
        if f"{server.user}{password}".isascii():
            client.login(server.user, password)
        else:
            # LOGIN carries ASCII only; PLAIN is UTF-8 (RFC 4616).
            client.plain_login(server.user, password)
        yield client
    finally:
        with suppress(OSError, IMAPClientError):
            client.logout()
        with suppress(OSError):
            client.shutdown()


def select(client: IMAPClient, folder: str, *, writable: bool = False) -> dict[bytes, Any]:
    """Opens a folder and returns what the server says of it. Raises NoFolder, or what the connection raises."""
    try:
        selected: dict[bytes, Any] = client.select_folder(folder, readonly=not writable)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        if client.folder_exists(folder):
            raise
        raise NoFolder(folder) from error
    return selected


def remove(client: IMAPClient, uids: list[int]) -> None:
    """Deletes these messages of the open folder, and no others (RFC 4315); without UIDPLUS they stay marked."""
    client.delete_messages(uids, silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)


def sent_folder(client: IMAPClient) -> str:
    """The folder marked as Sent (RFC 6154), or one called so."""
    folder = client.find_special_folder(b"\\Sent")
    return folder or "Sent"

"""Speaking SMTP in steps, so that the moment of hand-over is known (RFC 5321)."""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from okienko.channels.email.config import Server
from okienko.lib.text import ascii_domain

TIMEOUT = 30.0
# RFC 5321, 4.5.3.2.6: a server may think about a mail for long before it answers.
TIMEOUT_OF_ANSWER = 300.0


class TooLarge(Exception):
    """The mail is larger than the server takes (RFC 1870); ``size`` and ``limit`` in bytes."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(size, limit)
        self.size, self.limit = size, limit


def words(answer: bytes | str) -> str:
    """A server's answer as one line of text."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:400]


class Conversation:
    """One mail transaction on an open connection."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        self.connection = connection

    def envelope(self, sender: str, recipients: list[str], *, size: int = 0) -> dict[str, tuple[int, str]]:
        """MAIL and RCPT for a mail of ``size`` bytes; returns the refused recipients with code and words.

        Raises TooLarge or smtplib.SMTPSenderRefused.
        """
        smtp = self.connection
        limit = int(smtp.esmtp_features.get("size", "").split(" ")[0] or 0) if smtp.does_esmtp else 0
        if limit and size > limit:
            raise TooLarge(size, limit)
        to = {recipient: _envelope_address(recipient) for recipient in dict.fromkeys(recipients)}
        options = [f"SIZE={size}"] if size and smtp.has_extn("size") else []
        if not all(address.isascii() for address in to.values()) and smtp.has_extn("smtputf8"):
            # RFC 6531: addresses whose local part is not ASCII need the server's consent.
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            smtp.command_encoding = "utf-8"
        code, answer = smtp.mail(_envelope_address(sender), options)
        if not _is_good(code):
            raise smtplib.SMTPSenderRefused(code, answer, sender)
        refused = {}
        for recipient, address in to.items():
            if not address.isascii() and smtp.command_encoding != "utf-8":
                refused[recipient] = (553, "the outgoing server cannot carry this address (SMTPUTF8)")
                continue
            code, answer = smtp.rcpt(address)
            if not _is_good(code):
                refused[recipient] = (code, words(answer))
        return refused

    def content(self, raw: bytes, before_end: Callable[[], None] = lambda: None) -> str:
        """DATA; returns the server's words once it has taken the mail.

        ``before_end`` is called when all is sent but the final dot, which hands the mail over. Raises
        smtplib.SMTPDataError for a clear refusal; any other exception after ``before_end`` leaves it open.
        """
        smtp = self.connection
        code, answer = smtp.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, answer)
        lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
        smtp.send(b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines))
        before_end()
        smtp.send(b".\r\n")
        if smtp.sock:
            smtp.sock.settimeout(TIMEOUT_OF_ANSWER)
        code, answer = smtp.getreply()
        if not 200 <= code < 600:
            raise smtplib.SMTPServerDisconnected(words(answer))
        if not _is_good(code):
            raise smtplib.SMTPDataError(code, answer)
        return words(answer)


def _is_good(code: int) -> bool:
    return 200 <= code < 300


def _envelope_address(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}"


@contextmanager
def connected(server: Server, password: str) -> Iterator[Conversation]:
    """A signed-in connection. Raises OSError, ssl.SSLError or smtplib.SMTPException."""
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.security == "tls":
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
        if password and server.user:
            _sign_in(connection, server.user, password)
        yield Conversation(connection)
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
    finally:
        # No QUIT after an error: in the middle of a mail the server would take it for a line of it.
        connection.close()


def _sign_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    if f"{user}{password}".isascii():
        connection.login(user, password)
        return
    # smtplib signs in with ASCII only; PLAIN is UTF-8 (RFC 4616).
    if "PLAIN" not in connection.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError("no AUTH PLAIN")
    token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, answer = connection.docmd("AUTH", f"PLAIN {token}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, answer)

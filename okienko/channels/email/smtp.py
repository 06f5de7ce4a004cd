"""Speaking SMTP in steps, so that the moment of hand-over is known."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from okienko.channels.email.config import Server

TIMEOUT = 30.0


def words(answer: bytes | str) -> str:
    """A server's answer as one line of text."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:400]


class Conversation:
    """One mail transaction on an open connection."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        self.connection = connection

    def envelope(self, sender: str, recipients: list[str]) -> dict[str, tuple[int, str]]:
        """MAIL and RCPT; returns the refused recipients with code and words. Raises SMTPResponseException."""
        code, answer = self.connection.mail(sender)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, answer, sender)
        refused = {}
        for recipient in recipients:
            code, answer = self.connection.rcpt(recipient)
            if code not in (250, 251):
                refused[recipient] = (code, words(answer))
        return refused

    def content(self, raw: bytes) -> str:
        """DATA; returns the server's words once it has taken the mail. Raises SMTPResponseException."""
        code, answer = self.connection.data(raw)
        if code != 250:
            raise smtplib.SMTPDataError(code, answer)
        return words(answer)

    def reset(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self.connection.rset()


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
            connection.login(server.user, password)
        yield Conversation(connection)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()

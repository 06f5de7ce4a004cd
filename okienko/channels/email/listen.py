"""The built-in SMTP listener (RFC 5321), for own addresses only. 250 is said after the journal has committed."""

from __future__ import annotations

import asyncio
import queue
import threading
import uuid
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from okienko.channels.email.addresses import mailbox_of
from okienko.inbound.receive import Arrival, receive
from okienko.mailroom.models import Channel

log = structlog.get_logger(__name__)
LARGEST = 100 * 1024 * 1024
TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Handed:
    """One mail for one of our mailboxes, and the promise to its sender."""

    channel: Channel
    arrival: Arrival
    stored: Future[None]


class Journaling(threading.Thread):
    """Stores what the listener took, as much as has gathered in one commit."""

    def __init__(self) -> None:
        super().__init__(name="smtp-journal", daemon=True)
        self.handed: queue.Queue[list[Handed] | None] = queue.Queue()

    def run(self) -> None:
        while (first := self.handed.get()) is not None:
            mails = [*first]
            while len(mails) < TOGETHER:
                try:
                    more = self.handed.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    self.handed.put(None)
                    break
                mails += more
            self._store(mails)
        connections.close_all()

    def _store(self, mails: list[Handed]) -> None:
        try:
            with transaction.atomic():
                for mail in mails:
                    receive(mail.channel, [mail.arrival])
        except (OSError, DatabaseError) as error:
            log.warning("listener_could_not_store", error=str(error))
            for mail in mails:
                mail.stored.set_exception(error)
        else:
            for mail in mails:
                mail.stored.set_result(None)


class Handler:
    """aiosmtpd's hooks."""

    def __init__(self, journaling: Journaling) -> None:
        self.journaling = journaling

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if await asyncio.to_thread(_find, address) is None:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        peer = session.peer[0] if isinstance(session.peer, tuple) else str(session.peer)
        about = {"mail_from": envelope.mail_from or "", "rcpt_to": list(envelope.rcpt_tos), "peer": peer}
        mails = await asyncio.to_thread(_for_each_mailbox, envelope.rcpt_tos, raw, about)
        self.journaling.handed.put(mails)
        try:
            await asyncio.gather(*(asyncio.wrap_future(m.stored) for m in mails))
        except (OSError, DatabaseError):
            return "452 4.3.1 Cannot be stored now, try again later"
        return "250 2.0.0 Stored"


def _find(address: str) -> Channel | None:
    try:
        return mailbox_of(address)
    finally:
        connections.close_all()


def _for_each_mailbox(recipients: list[str], raw: bytes, about: dict[str, Any]) -> list[Handed]:
    found = {c.pk: c for c in map(_find, recipients) if c}
    return [Handed(c, Arrival(raw, f"smtp:{uuid.uuid4()}", about), Future()) for c in found.values()]


class Tolerant(SMTP):
    """Takes lines far beyond the thousand letters of RFC 5321, which many a programme sends."""

    line_length_limit = 1024 * 1024


class Listening(Controller):
    def factory(self) -> SMTP:
        return Tolerant(self.handler, **self.SMTP_kwargs)


class Listener:
    """The worker's service; does nothing unless OKIENKO_SMTP_LISTEN is set."""

    def __init__(self) -> None:
        self.controller: Controller | None = None
        self.journaling = Journaling()

    def start(self) -> None:
        if settings.SMTP_LISTEN is None:
            return
        host, port = settings.SMTP_LISTEN
        self.journaling.start()
        self.controller = Listening(
            Handler(self.journaling),
            hostname=host,
            port=port,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            decode_data=False,
            ident="Okienko",
        )
        self.controller.start()
        log.info("smtp_listening", host=host, port=port)

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.journaling.handed.put(None)
            self.journaling.join(3)

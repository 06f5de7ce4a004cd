"""The built-in SMTP listener (RFC 5321), for own addresses only. 250 is said after the journal has committed."""

from __future__ import annotations

import asyncio
import queue
import threading
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import close_old_connections, connections, transaction

from okienko.channels.email.addresses import mailbox_of
from okienko.inbound.receive import Arrival, receive
from okienko.mailroom.models import Channel

log = structlog.get_logger(__name__)
LARGEST = 100 * 1024 * 1024
TOGETHER = 20
LATER = "451 4.3.0 Not now, try again later"


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
            close_old_connections()
        connections.close_all()

    def _store(self, mails: list[Handed]) -> None:
        try:
            with transaction.atomic():
                for mail in mails:
                    receive(mail.channel, [mail.arrival])
        except Exception as error:
            # Whatever it was, a sender is waiting. One mail that can't be stored must not keep the others out.
            log.warning("listener_could_not_store", mails=len(mails), error=repr(error))
            if len(mails) == 1:
                mails[0].stored.set_exception(error)
            else:
                for mail in mails:
                    self._store([mail])
        else:
            for mail in mails:
                mail.stored.set_result(None)


class Handler:
    """aiosmtpd's hooks."""

    def __init__(self, journaling: Journaling, looking: ThreadPoolExecutor) -> None:
        self.journaling, self.looking = journaling, looking

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not await self._mailboxes([address]):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        peer = session.peer[0] if isinstance(session.peer, tuple) else str(session.peer)
        sender = (envelope.mail_from or "").removeprefix("<>")
        about = {"mail_from": sender, "rcpt_to": list(envelope.rcpt_tos), "peer": peer}
        found = await self._mailboxes(envelope.rcpt_tos)
        mails = [Handed(channel, Arrival(raw, f"smtp:{uuid.uuid4()}", about), Future()) for channel in found]
        if not mails:
            return LATER
        self.journaling.handed.put(mails)
        try:
            await asyncio.gather(*(asyncio.wrap_future(m.stored) for m in mails))
        except Exception:
            return "452 4.3.1 Cannot be stored now, try again later"
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours is never a reason to send mail back for good."""
        log.warning("listener_failed", error=repr(error))
        return LATER

    async def _mailboxes(self, addresses: list[str]) -> list[Channel]:
        return await asyncio.get_running_loop().run_in_executor(self.looking, _find, list(addresses))


def _find(addresses: list[str]) -> list[Channel]:
    close_old_connections()
    found: dict[int, Any] = {c.pk: c for c in map(mailbox_of, addresses) if c}
    return list(found.values())


class Tolerant(SMTP):
    """Takes lines of any sane length: what a careless program wrote is a customer's mail all the same."""

    line_length_limit = 1024 * 1024


class Listening(Controller):
    def factory(self) -> SMTP:
        return Tolerant(self.handler, **self.SMTP_kwargs)


class Listener:
    """The worker's service; does nothing unless OKIENKO_SMTP_LISTEN is set."""

    def __init__(self) -> None:
        self.controller: Controller | None = None
        self.journaling = Journaling()
        self.looking = ThreadPoolExecutor(1, thread_name_prefix="smtp-addresses")

    def start(self) -> None:
        if settings.SMTP_LISTEN is None:
            return
        host, port = settings.SMTP_LISTEN
        controller = Listening(
            Handler(self.journaling, self.looking),
            hostname=host,
            port=port,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            decode_data=False,
            ident="Okienko",
        )
        controller.start()
        self.controller = controller
        self.journaling.start()
        log.info("smtp_listening", host=host, port=port)

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.journaling.handed.put(None)
            self.looking.submit(connections.close_all)
            self.looking.shutdown()
            self.journaling.join(3)

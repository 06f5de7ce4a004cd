"""Fetching by IMAP: one thread per mailbox, woken by IDLE (RFC 2177), by polling where the server has none."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import DatabaseError, close_old_connections, connections
from imapclient import IMAPClient

from okienko.channels.email import imap
from okienko.channels.email.config import Mailbox, mailbox
from okienko.channels.email.folder import Broken, Folder, NoRoom
from okienko.channels.email.troubles import trouble
from okienko.mailroom import channels
from okienko.mailroom.models import Channel

log = structlog.get_logger(__name__)
LOOK = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
GRACE = 4.5


class Fetchers:
    """The worker's service: a fetcher for each active mailbox that has an IMAP server, following every change."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.fetchers: dict[int, Fetcher] = {}
        self.thread = threading.Thread(target=self._supervise, name="fetchers", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        until = time.monotonic() + GRACE
        self.stopping.set()
        self.thread.join(GRACE)
        fetchers = list(self.fetchers.values())
        for fetcher in fetchers:
            fetcher.stopping.set()
        for fetcher in fetchers:
            fetcher.join(max(0.0, until - time.monotonic()))

    def _supervise(self) -> None:
        while not self.stopping.is_set():
            try:
                self._follow()
            except DatabaseError as error:
                log.warning("fetchers_waiting", error=str(error))
            close_old_connections()
            self.stopping.wait(LOOK)
        connections.close_all()

    def _follow(self) -> None:
        mailboxes = Channel.objects.filter(kind=Channel.Kind.EMAIL, is_active=True)
        wanted = {c.pk: _way_in(c) for c in mailboxes if c.config.get("imap")}
        for pk, fetcher in list(self.fetchers.items()):
            if wanted.get(pk) != fetcher.way_in:
                fetcher.stopping.set()
            # With a folder open its successor waits, so that a cursor is never written late; one that still knocks at
            # a wrong door is left to itself.
            if not fetcher.is_alive() or (fetcher.stopping.is_set() and not fetcher.is_in):
                del self.fetchers[pk]
        for pk in wanted.keys() - self.fetchers.keys():
            self.fetchers[pk] = Fetcher(pk, wanted[pk])
            self.fetchers[pk].start()


def _way_in(channel: Channel) -> str:
    """All that a fetcher works by; when it changes, another fetcher takes over."""
    used = ("imap", "folder", "after", "move_to", "take_old")
    return repr([*(channel.config.get(name) for name in used), channel.secrets_sealed.get("imap")])


class Fetcher(threading.Thread):
    """Fetches one mailbox until it is told to stop; a failure waits and tries again, others are not touched."""

    def __init__(self, channel_id: int, way_in: str) -> None:
        super().__init__(name=f"imap-{channel_id}", daemon=True)
        self.channel_id, self.way_in = channel_id, way_in
        self.stopping = threading.Event()
        self.is_in = False
        self.broken = Broken()

    def run(self) -> None:
        failures = 0
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                self._session()
            except Exception as error:
                if self.stopping.is_set():
                    break
                failures = 1 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
                self._report(error)
                self.stopping.wait(min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE))
            close_old_connections()
        connections.close_all()

    def _session(self) -> None:
        channel = Channel.objects.get(pk=self.channel_id)
        box = mailbox(channel)
        if box.imap is None:
            self.stopping.set()
            return
        with imap.connected(box.imap, channel.secret("imap")) as client:
            self.is_in = True
            try:
                self._watch(client, channel, box)
            finally:
                self.is_in = False

    def _watch(self, client: IMAPClient, channel: Channel, box: Mailbox) -> None:
        if self.stopping.is_set():
            return
        folder = Folder(client, channel, box, self.broken)
        while not self.stopping.is_set():
            folder.fetch(self.stopping)
            close_old_connections()
            if not self.stopping.is_set():
                folder.wait(self.stopping)

    def _report(self, error: Exception) -> None:
        try:
            channel = Channel.objects.get(pk=self.channel_id)
            box = mailbox(channel)
            if isinstance(error, NoRoom | DatabaseError):
                channels.went_wrong(channel.pk, "in", "disk", words=" ".join(str(error).split())[:300])
            elif box.imap:
                code, params = trouble(error, box.imap)
                channels.went_wrong(channel.pk, "in", code, **params)
                if code == "network":
                    log.warning("fetch_failed", channel_id=self.channel_id, exc_info=error)
        except (DatabaseError, Channel.DoesNotExist) as ours:
            log.warning("fetch_not_reported", channel_id=self.channel_id, error=str(ours))

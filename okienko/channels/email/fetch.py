"""Fetching by IMAP: one thread per mailbox, woken by IDLE (RFC 2177), by polling where the server has none.

Mail is tracked by UIDVALIDITY and UID, never by \\Seen, which belongs to people. The cursor moves only after the
journal has committed; what was fetched twice is the same row by its source id.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import DatabaseError, connections
from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from okienko.channels.email import imap
from okienko.channels.email.config import Mailbox, mailbox
from okienko.channels.email.troubles import trouble
from okienko.inbound.receive import Arrival, journaled, receive
from okienko.lib.secrets import Unreadable
from okienko.mailroom import channels
from okienko.mailroom.models import Channel

log = structlog.get_logger(__name__)
LOOK = 2.0
POLL = 60.0
RENEW = 5 * 60.0
BATCH = 20
BATCH_BYTES = 5 * 1024 * 1024
LARGEST = 100 * 1024 * 1024
LONGEST_PAUSE = 300.0


class NoRoom(Exception):
    """The journal could not store what was fetched; the server keeps it."""


class NoFolder(Exception):
    """The mailbox has no such folder."""


class Fetchers:
    """The worker's service: a fetcher for each active mailbox that has an IMAP server, following every change."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.fetchers: dict[int, tuple[str, Fetcher]] = {}
        self.thread = threading.Thread(target=self._supervise, name="fetchers", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(2)
        for _, fetcher in self.fetchers.values():
            fetcher.stopping.set()
        for _, fetcher in self.fetchers.values():
            fetcher.join(3)

    def _supervise(self) -> None:
        while not self.stopping.is_set():
            try:
                self._follow()
            except DatabaseError as error:
                log.warning("fetchers_waiting", error=str(error))
            self.stopping.wait(LOOK)
        connections.close_all()

    def _follow(self) -> None:
        wanted = {
            c.pk: f"{c.config}{c.secrets_sealed}"
            for c in Channel.objects.filter(kind=Channel.Kind.EMAIL, is_active=True)
            if c.config.get("imap")
        }
        for pk, (setup, fetcher) in list(self.fetchers.items()):
            if wanted.get(pk) != setup or not fetcher.is_alive():
                fetcher.stopping.set()
                del self.fetchers[pk]
        for pk in wanted.keys() - self.fetchers.keys():
            fetcher = Fetcher(pk)
            self.fetchers[pk] = (wanted[pk], fetcher)
            fetcher.start()


class Fetcher(threading.Thread):
    """Fetches one mailbox until it is told to stop; a failure waits and tries again, others are not touched."""

    def __init__(self, channel_id: int) -> None:
        super().__init__(name=f"imap-{channel_id}", daemon=True)
        self.channel_id = channel_id
        self.stopping = threading.Event()

    def run(self) -> None:
        failures = 0
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                self._session()
            except Exception as error:
                failures = 1 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
                self._report(error)
                self.stopping.wait(min(5.0 * 2 ** (failures - 1), LONGEST_PAUSE))
        connections.close_all()

    def _session(self) -> None:
        channel = Channel.objects.get(pk=self.channel_id)
        box = mailbox(channel)
        if box.imap is None:
            return
        with imap.connected(box.imap, channel.secret("imap")) as client:
            folder = Folder(client, channel, box)
            while not self.stopping.is_set():
                folder.fetch(self.stopping)
                folder.wait(self.stopping)

    def _report(self, error: Exception) -> None:
        try:
            channel = Channel.objects.get(pk=self.channel_id)
            box = mailbox(channel)
            if isinstance(error, NoRoom):
                channels.went_wrong(channel.pk, "in", "disk", words=str(error))
            elif isinstance(error, NoFolder):
                channels.went_wrong(channel.pk, "in", "folder", folder=str(error))
            elif box.imap and isinstance(error, OSError | IMAPClientError | Unreadable):
                code, params = trouble(error, box.imap)
                channels.went_wrong(channel.pk, "in", code, **params)
            else:
                log.exception("fetch_failed", channel_id=self.channel_id)
                channels.went_wrong(
                    channel.pk, "in", "network", server=str(box.imap), words=repr(error)[:300]
                )
        except (DatabaseError, Channel.DoesNotExist) as trouble_of_ours:
            log.warning("fetch_not_reported", channel_id=self.channel_id, error=str(trouble_of_ours))
            connections.close_all()


class Folder:
    """One selected folder and how far it has been taken in."""

    def __init__(self, client: IMAPClient, channel: Channel, box: Mailbox) -> None:
        self.client, self.channel, self.box = client, channel, box
        try:
            selected = client.select_folder(box.folder, readonly=box.after == "keep")
        except IMAPClientError as error:
            raise NoFolder(box.folder) from error
        self.validity = int(selected[b"UIDVALIDITY"])
        self.exists = int(selected.get(b"EXISTS", 0))
        self.can_idle = bool(client.has_capability("IDLE"))
        self.last, self.since = self._cursor(int(selected.get(b"UIDNEXT", 0)))

    def _cursor(self, uidnext: int) -> tuple[int, datetime | None]:
        """The last UID taken, and the day before which mail is not ours to take (None: all of it is)."""
        state = channels.health_of(self.channel, "in").state
        began = state.get("began_at")
        if state.get("folder") != self.box.folder:
            began = None if self.box.take_old else timezone.now().isoformat()
            last = 0 if self.box.take_old else max(uidnext - 1, 0)
            self._save(last, began_at=began, is_renumbered=False)
            return last, None
        if state.get("uidvalidity") != self.validity:
            # The server numbers its mail anew: all since we began is looked at again; known mail shows itself.
            self._save(0, is_renumbered=True)
        elif not state.get("is_renumbered"):
            return int(state["last_uid"]), None
        return (0 if state.get("uidvalidity") != self.validity else int(state["last_uid"])), (
            datetime.fromisoformat(began) if began else None
        )

    def _save(self, last: int, *, with_message: bool = False, **more: Any) -> None:
        self.last = last
        channels.went_well(
            self.channel.pk,
            "in",
            with_message=with_message,
            folder=self.box.folder,
            uidvalidity=self.validity,
            last_uid=last,
            on_server=self.exists,
            mode="idle" if self.can_idle else "poll",
            looked_at=timezone.now().isoformat(),
            **more,
        )

    def fetch(self, stopping: threading.Event) -> None:
        """Journals everything above the cursor, batch by batch."""
        uids = sorted(u for u in self.client.search(["UID", f"{self.last + 1}:*"]) if u > self.last)
        for batch in self._batches(uids):
            if stopping.is_set():
                return
            arrivals = self._arrivals(batch)
            try:
                receive(self.channel, arrivals)
            except (OSError, DatabaseError) as error:
                raise NoRoom(str(error)) from error
            self._save(batch[-1][0], with_message=bool(arrivals))
        if not uids:
            self._save(self.last)
        if self.box.after == "move" and self.box.move_to:
            self._move_taken()

    def _batches(self, uids: list[int]) -> Iterator[list[tuple[int, int, datetime | None]]]:
        """Lists of (uid, size in bytes, day of arrival), each small enough for one commit."""
        for start in range(0, len(uids), 200):
            about = self.client.fetch(uids[start : start + 200], ["RFC822.SIZE", "INTERNALDATE"])
            batch: list[tuple[int, int, datetime | None]] = []
            total = 0
            for uid in uids[start : start + 200]:
                size = int(about.get(uid, {}).get(b"RFC822.SIZE", 0))
                if batch and (len(batch) >= BATCH or total + size > BATCH_BYTES):
                    yield batch
                    batch, total = [], 0
                batch.append((uid, size, about.get(uid, {}).get(b"INTERNALDATE")))
                total += size
            if batch:
                yield batch

    def _arrivals(self, batch: list[tuple[int, int, datetime | None]]) -> list[Arrival]:
        ours = [(uid, size) for uid, size, day in batch if not self._is_older(day)]
        whole = [uid for uid, size in ours if size <= LARGEST]
        try:
            bodies = self.client.fetch(whole, ["BODY.PEEK[]"]) if whole else {}
        except IMAPClientError:
            bodies = {}
        arrivals = []
        for uid, size in ours:
            envelope: dict[str, Any] = {"folder": self.box.folder, "uid": uid}
            raw = bodies.get(uid, {}).get(b"BODY[]")
            if raw is None:
                raw, why = self._alone(uid, is_too_large=size > LARGEST)
                if why:
                    envelope |= {"incomplete": why, "size": size}
            arrivals.append(Arrival(raw, f"imap:{self.box.folder}:{self.validity}:{uid}", envelope))
        return arrivals

    def _alone(self, uid: int, *, is_too_large: bool) -> tuple[bytes, str]:
        """One message by itself; where the server can't give it, its headers, or nothing but a note of it."""
        attempts = (["BODY.PEEK[HEADER]"],) if is_too_large else (["BODY.PEEK[]"], ["BODY.PEEK[HEADER]"])
        for part in attempts:
            try:
                found = self.client.fetch([uid], part).get(uid, {})
            except IMAPClientError:
                continue
            for key in (b"BODY[]", b"BODY[HEADER]"):
                if found.get(key) is not None:
                    why = "" if key == b"BODY[]" else "too_large" if is_too_large else "unfetchable"
                    return found[key], why
        return b"", "unfetchable"

    def _is_older(self, day: datetime | None) -> bool:
        if self.since is None or day is None:
            return False
        aware = day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)
        return aware < self.since

    def _move_taken(self) -> None:
        """Moves what is journaled out of the folder, also what an interrupted run has left there."""
        prefix = f"imap:{self.box.folder}:{self.validity}:"
        present = [u for u in self.client.search(["UID", f"1:{max(self.last, 1)}"]) if u <= self.last]
        names = {f"{prefix}{u}": u for u in present}
        taken = [names[name] for name in journaled(self.channel, names)]
        if not taken:
            return
        if not self.client.folder_exists(self.box.move_to):
            self.client.create_folder(self.box.move_to)
        if self.client.has_capability("MOVE"):
            self.client.move(taken, self.box.move_to)
        else:
            self.client.copy(taken, self.box.move_to)
            self.client.delete_messages(taken, silent=True)
            if self.client.has_capability("UIDPLUS"):
                self.client.uid_expunge(taken)

    def wait(self, stopping: threading.Event) -> None:
        """Until the server speaks of new mail, or it is time to look anyway."""
        if not self.can_idle:
            stopping.wait(POLL)
            self.client.noop()
            return
        until = time.monotonic() + RENEW
        self.client.idle()
        try:
            while time.monotonic() < until and not stopping.is_set():
                said = self.client.idle_check(timeout=1)
                for answer in said:
                    if len(answer) > 1 and answer[1] == b"EXISTS":
                        self.exists = int(answer[0])
                if any(len(a) > 1 and a[1] == b"EXISTS" for a in said):
                    return
        finally:
            self.client.idle_done()

"""One IMAP folder and how far it has been taken in.

Mail is tracked by UIDVALIDITY and UID, never by \\Seen, which belongs to people. The cursor moves only after the
journal has committed; what was fetched twice is the same row by its source id.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from okienko.channels.email import imap
from okienko.channels.email.config import Mailbox
from okienko.inbound.receive import Arrival, journaled, receive
from okienko.mailroom import channels
from okienko.mailroom.models import Channel

POLL = 60.0
SETTLE = 1.0
BATCH = 20
BATCH_BYTES = 5 * 1024 * 1024
LARGEST = 100 * 1024 * 1024
MANY = 200
# A mail that was there when we began may carry a day of arrival slightly after it: the server's clock is not ours.
CLOCKS_DIFFER = timedelta(minutes=5)
PATIENCE = 5


class NoRoom(Exception):
    """The journal could not store what was fetched; the server keeps it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A message on the server: its UID, its size in bytes and when it arrived there."""

    uid: int
    size: int
    arrived_at: datetime | None


class Broken(dict[int, int]):
    """How often a message could not be fetched, or the connection broke meanwhile, by UID; outlives a session.

    One with which that happens again and again is fetched alone, and in the end taken by what can be had of it.
    """

    def note(self, uids: list[int]) -> None:
        for uid in uids:
            self[uid] = self.get(uid, 0) + 1


class Folder:
    """A mailbox's folder, opened on ``client``. Raises imap.NoFolder."""

    def __init__(self, client: IMAPClient, channel: Channel, box: Mailbox, broken: Broken) -> None:
        self.client, self.channel, self.box, self.broken = client, channel, box, broken
        self.moves = box.after == "move" and box.move_to not in ("", box.folder)
        selected = imap.select(client, box.folder, writable=self.moves)
        self.validity = int(selected[b"UIDVALIDITY"])
        self.exists = int(selected.get(b"EXISTS", 0))
        self.next = int(selected.get(b"UIDNEXT", 0)) or max(client.search("ALL"), default=0) + 1
        self.can_idle = bool(client.has_capability("IDLE"))
        self.pause = SETTLE
        self._begin()
        if self.moves:
            self._move([u for u in client.search("UNDELETED") if u <= self.last])

    @property
    def account(self) -> str:
        """Whose mail it is: another account may number its mail alike."""
        return f"{self.box.imap.user}@{self.box.imap.host}" if self.box.imap else ""

    @property
    def prefix(self) -> str:
        place = hashlib.sha256(f"{self.account}/{self.box.folder}".encode()).hexdigest()[:16]
        return f"imap:{place}:{self.validity}:"

    def _begin(self) -> None:
        """Finds the last UID taken, and which mail was there before we began and is not ours to take."""
        state = channels.health_of(self.channel, "in").state
        self.old_below, self.began_at = int(state.get("old_below", 0)), state.get("began_at")
        if state.get("folder") != self.box.folder:
            self.old_below = 0
            self.began_at = None if self.box.take_old else timezone.now().isoformat()
            self._save(0 if self.box.take_old else self.next - 1)
        elif (state.get("account"), state.get("uidvalidity")) != (self.account, self.validity):
            # Another account, or numbers given anew: all since we began is looked at again; known mail shows itself.
            self.old_below = self.next if self.began_at else 0
            self._save(0)
        else:
            self.last = int(state["last_uid"])

    def _save(self, last: int, *, with_message: bool = False, **more: Any) -> None:
        self.last = last
        channels.went_well(
            self.channel.pk,
            "in",
            with_message=with_message,
            account=self.account,
            folder=self.box.folder,
            uidvalidity=self.validity,
            last_uid=last,
            began_at=self.began_at,
            old_below=self.old_below,
            on_server=self.exists,
            mode="idle" if self.can_idle else "poll",
            looked_at=timezone.now().isoformat(),
            **more,
        )

    def fetch(self, stopping: threading.Event) -> None:
        """Journals everything above the cursor, batch by batch. Raises NoRoom, or what the connection raises."""
        # "n:*" always names the last message, even when it is below n (RFC 9051, 6.4.8).
        uids = sorted(u for u in self.client.search(["UID", f"{self.last + 1}:*"]) if u > self.last)
        self.pause = SETTLE if uids else min(2 * self.pause, POLL)
        for batch in self._batches(uids):
            if stopping.is_set():
                return
            arrivals = self._arrivals(batch)
            try:
                receive(self.channel, arrivals)
            except (OSError, DatabaseError) as error:
                raise NoRoom(str(error)) from error
            self._save(batch[-1].uid, with_message=bool(arrivals), **_lag(batch))
            if self.moves:
                self._move([one.uid for one in batch])
        if not uids:
            self._save(self.last)

    def _batches(self, uids: list[int]) -> Iterator[list[Listed]]:
        """The messages, oldest first, in lists small enough for one commit."""
        for start in range(0, len(uids), MANY):
            some = uids[start : start + MANY]
            about = self.client.fetch(some, ["RFC822.SIZE", "INTERNALDATE"])
            batch: list[Listed] = []
            total = 0
            for uid in some:
                said = about.get(uid, {})
                one = Listed(uid, int(said.get(b"RFC822.SIZE", 0)), said.get(b"INTERNALDATE"))
                is_suspect = uid in self.broken
                if batch and (is_suspect or len(batch) >= BATCH or total + one.size > BATCH_BYTES):
                    yield batch
                    batch, total = [], 0
                batch.append(one)
                total += one.size
                if is_suspect:
                    yield batch
                    batch, total = [], 0
            if batch:
                yield batch

    def _arrivals(self, batch: list[Listed]) -> list[Arrival]:
        ours = [one for one in batch if not self._is_old(one)]
        whole = [one.uid for one in ours if self._can_be_whole(one)]
        try:
            bodies = self._whole(whole) if whole else {}
            taken = [(one, *self._parts(one, bodies.get(one.uid))) for one in ours]
        except (OSError, IMAPClientAbortError):
            self.broken.note([one.uid for one in ours])
            raise
        arrivals = []
        for one, raw, why in taken:
            if raw is None:
                continue
            envelope: dict[str, Any] = {"folder": self.box.folder, "uid": one.uid}
            if why:
                envelope |= {"incomplete": why, "size": one.size}
            arrivals.append(Arrival(raw, f"{self.prefix}{one.uid}", envelope))
        return arrivals

    def _can_be_whole(self, one: Listed) -> bool:
        return one.size <= LARGEST and self.broken.get(one.uid, 0) < PATIENCE

    def _whole(self, uids: list[int]) -> dict[int, bytes]:
        try:
            found = self.client.fetch(uids, ["BODY.PEEK[]"])
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            # One of them is beyond the server; asked for alone, it harms no other.
            return {}
        return {uid: said[b"BODY[]"] for uid, said in found.items() if said.get(b"BODY[]") is not None}

    def _parts(self, one: Listed, raw: bytes | None) -> tuple[bytes | None, str]:
        """The message and, where it could not be had whole, why not; None when it is no longer in the folder."""
        if raw is None and self._can_be_whole(one):
            raw = self._whole([one.uid]).get(one.uid)
        if raw is not None:
            return raw, ""
        if not self.client.search(["UID", str(one.uid)]):
            return None, ""
        if self._can_be_whole(one):
            # It may be the server's trouble of the moment, and what is taken without its body is taken for good.
            self.broken.note([one.uid])
            raise IMAPClientError(f"message {one.uid} cannot be fetched")
        why = "too_large" if one.size > LARGEST else "unfetchable"
        if self.broken.get(one.uid, 0) > PATIENCE:
            return b"", why
        try:
            said = self.client.fetch([one.uid], ["BODY.PEEK[HEADER]"]).get(one.uid, {})
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            said = {}
        return said.get(b"BODY[HEADER]") or b"", why

    def _is_old(self, one: Listed) -> bool:
        if one.uid >= self.old_below or self.began_at is None or one.arrived_at is None:
            return False
        began: datetime = datetime.fromisoformat(self.began_at)
        return one.arrived_at.astimezone(UTC) < began - CLOCKS_DIFFER

    def _move(self, uids: list[int]) -> None:
        """Moves what is journaled out of the folder, and nothing else."""
        for start in range(0, len(uids), MANY):
            names = {f"{self.prefix}{uid}": uid for uid in uids[start : start + MANY]}
            taken = sorted(names[name] for name in journaled(self.channel, names))
            if not taken:
                continue
            if not self.client.folder_exists(self.box.move_to):
                self.client.create_folder(self.box.move_to)
            if self.client.has_capability("MOVE"):
                self.client.move(taken, self.box.move_to)
            else:
                self.client.copy(taken, self.box.move_to)
                imap.remove(self.client, taken)

    def wait(self, stopping: threading.Event) -> None:
        """Until the server speaks of new mail, or it is time to look anyway."""
        if not self.can_idle:
            stopping.wait(POLL)
            self.client.noop()  # a server need not show a SEARCH what came since the last word
            return
        # What the server said of new mail while it was answering, or together with its consent to IDLE, is lost in
        # between, and a Maildir that changed twice in a second may be read once; so we look again soon after mail
        # came, ever more rarely, and every minute whatever the server says.
        until = time.monotonic() + self.pause
        self.client.idle()
        try:
            while time.monotonic() < until and not stopping.is_set():
                asked = time.monotonic()
                said = self.client.idle_check(timeout=min(1.0, max(until - asked, 0.0)))
                counts = [int(answer[0]) for answer in said if answer[1:2] == (b"EXISTS",)]
                if counts:
                    self.exists = counts[-1]
                    return
                if not said and time.monotonic() - asked < 0.01:
                    return  # readable and yet silent: the connection has ended, and the next command says so
        finally:
            self.client.idle_done()


def _lag(batch: list[Listed]) -> dict[str, float]:
    """How many seconds the newest mail of the batch had lain on the server."""
    arrived_at = batch[-1].arrived_at
    if arrived_at is None:
        return {}
    return {"lag": round(max((timezone.now() - arrived_at.astimezone(UTC)).total_seconds(), 0.0), 1)}

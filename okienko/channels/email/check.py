"""The connection test: signs in both ways, sends the mailbox its own tagged mail and waits until it is back.

Runs as a Job. ``job.result`` is ``{"steps": [...], "plus_works": bool}``, kept up to date while it runs, so that a page
can watch it. A step is ``{"name": in|out|back|plus, "state": waiting|running|ok|failed|skipped, "seconds": float,
"problem": {"code", "params"} or None, "about": {...}}``.
"""

from __future__ import annotations

import secrets as random
import smtplib
import time
from contextlib import suppress
from typing import Any

from django.utils import timezone
from imapclient import IMAPClient

from okienko.channels.email import imap, smtp
from okienko.channels.email.config import Mailbox, mailbox
from okienko.channels.email.intake import PROBE_HEADER, PROBE_PURPOSE
from okienko.channels.email.troubles import trouble
from okienko.events.actor import system
from okienko.lib import secrets
from okienko.lib.mail import Address, Outgoing, compose
from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from okienko.outbound.queue import release_held
from okienko.work.jobs import Progress, begin
from okienko.work.models import Job

HANDLER = "mailbox_check"
STEPS = ("in", "out", "back", "plus")
PATIENCE = 30.0
CHECK = system("connection test")


def start(channel: Channel) -> Job:
    """Queues a test of the mailbox; watch the Job's ``result``."""
    return begin(HANDLER, total=len(STEPS), channel=channel.pk)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """The Job's handler."""
    channel = Channel.objects.get(pk=job.arguments["channel"])
    box = mailbox(channel)
    said = Said(job, progress)
    comes_in = box.imap is not None and said.step("in", _comes_in, channel, box)
    goes_out = box.smtp is not None and said.step("out", _goes_out, channel, box)
    plus = False
    if comes_in and goes_out:
        local, _, domain = channel.address.rpartition("@")
        said.step("back", _comes_back, channel, box, channel.address)
        plus = said.step("plus", _comes_back, channel, box, f"{local}+t0.test@{domain}")
    channel.refresh_from_db()
    if plus != mailbox(channel).plus_works and goes_out:
        channels.change_channel(channel, by=CHECK, config=channel.config | {"plus_works": plus})
    if box.smtp is not None:
        # Also when it does not work just now: what was held for want of a server is tried like any other mail.
        release_held(channel)
    said.skip_rest()
    return said.result | {"plus_works": plus}


def folders(channel: Channel) -> list[str]:
    """The mailbox's folders, for a choice. Raises what the connection raises."""
    box = mailbox(channel)
    if box.imap is None:
        return []
    with imap.connected(box.imap, channel.secret("imap")) as client:
        return sorted(name for flags, _, name in client.list_folders() if b"\\Noselect" not in flags)


class Said:
    """The steps of one test, saved as they go."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self.job, self.progress = job, progress
        self.steps: dict[str, dict[str, Any]] = {
            name: {"name": name, "state": "waiting", "seconds": 0.0, "problem": None, "about": {}}
            for name in STEPS
        }
        self._save(0)

    @property
    def result(self) -> dict[str, Any]:
        return {"steps": list(self.steps.values())}

    def step(self, name: str, does: Any, channel: Channel, box: Mailbox, *more: Any) -> bool:
        """Runs one step and keeps what it says; True when it went well."""
        row = self.steps[name]
        row["state"] = "running"
        self._save(STEPS.index(name))
        began = time.monotonic()
        server = box.imap if name == "in" else box.smtp
        try:
            row["about"] = does(channel, box, *more)
            row["state"] = "ok"
        except NotBack:
            row["state"], row["problem"] = (
                "failed",
                {"code": "not_back", "params": {"words": f"{PATIENCE:.0f}"}},
            )
        except Exception as error:
            assert server is not None
            code, params = trouble(error, server)
            row["state"], row["problem"] = "failed", {"code": code, "params": params}
            if name in ("in", "out"):
                channels.went_wrong(channel.pk, name, code, **params)
        row["seconds"] = round(time.monotonic() - began, 1)
        self._save(STEPS.index(name) + 1)
        return bool(row["state"] == "ok")

    def skip_rest(self) -> None:
        for row in self.steps.values():
            if row["state"] == "waiting":
                row["state"] = "skipped"
        self._save(len(STEPS))

    def _save(self, done: int) -> None:
        Job.objects.filter(pk=self.job.pk).update(result=self.result)
        self.progress(done, len(STEPS))


class NotBack(Exception):
    """The test mail did not come back in time."""


def _comes_in(channel: Channel, box: Mailbox) -> dict[str, Any]:
    assert box.imap is not None
    with imap.connected(box.imap, channel.secret("imap")) as client:
        selected = imap.select(client, box.folder)
        idles = bool(client.has_capability("IDLE"))
    channels.went_well(channel.pk, "in")
    return {"messages": int(selected[b"EXISTS"]), "idle": idles}


def _goes_out(channel: Channel, box: Mailbox) -> dict[str, Any]:
    assert box.smtp is not None
    with smtp.connected(box.smtp, channel.secret("smtp")):
        pass
    channels.went_well(channel.pk, "out")
    return {}


def _comes_back(channel: Channel, box: Mailbox, address: str) -> dict[str, Any]:
    assert box.imap is not None
    assert box.smtp is not None
    word = random.token_hex(8)
    tag = f"{word}.{secrets.sign(PROBE_PURPOSE, word)}"
    raw = _test_mail(channel, address, tag)
    with smtp.connected(box.smtp, channel.secret("smtp")) as server:
        refused = server.envelope(channel.address, [address], size=len(raw))
        if refused:
            raise smtplib.SMTPResponseException(*refused[address])
        server.content(raw)
    began = time.monotonic()
    # The fetcher may have been quicker and have moved it.
    folders = [box.folder, *([box.move_to] if box.after == "move" and box.move_to else [])]
    with imap.connected(box.imap, channel.secret("imap")) as client:
        while time.monotonic() < began + PATIENCE:
            for folder in folders:
                if _deleted(client, folder, word):
                    return {"seconds": round(time.monotonic() - began, 1)}
            time.sleep(0.5)
    raise NotBack


def _deleted(client: IMAPClient, folder: str, word: str) -> bool:
    """Looks for the test mail in ``folder`` and deletes it; whether it was there."""
    with suppress(imap.NoFolder):
        imap.select(client, folder, writable=True)
        found = client.search(["HEADER", PROBE_HEADER, word])
        if found:
            imap.remove(client, found)
            return True
    return False


def _test_mail(channel: Channel, address: str, tag: str) -> bytes:
    text = "This is a test mail that Okienko sends to itself. It can be deleted.\n"
    return compose(
        Outgoing(
            message_id=f"{tag}@{channel.address.rpartition('@')[2]}",
            from_=Address("Okienko", channel.address),
            to=(Address("", address),),
            subject="Okienko: test",
            text=text,
            html="",
            date=timezone.now(),
            extra=((PROBE_HEADER, tag), ("Auto-Submitted", "auto-generated")),
        )
    )

"""The job that reads every raw message again when the parser or the sanitiser has become better."""

from __future__ import annotations

from typing import Any

import structlog
from django.db.models import Max

from okienko.events.actor import system
from okienko.files import store
from okienko.inbound.envelope import intakes
from okienko.inbound.process import stored
from okienko.inbound.stages import content_of
from okienko.lib.html import SANITISER_VERSION
from okienko.lib.mail import PARSER_VERSION
from okienko.tickets.derivation import derive_again, outdated
from okienko.tickets.models import Message
from okienko.work.jobs import Progress, begin
from okienko.work.models import Job

log = structlog.get_logger(__name__)
HANDLER = "derive_again"
BATCH = 20
DERIVING = system("derivation")


def begin_if_outdated() -> None:
    """Begins the job once for each pair of versions; a chore looks after every start."""
    versions = {"parser": PARSER_VERSION, "sanitiser": SANITISER_VERSION}
    if Job.objects.filter(handler=HANDLER, arguments=versions).exists():
        return
    begin(HANDLER, **versions)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """The Job's handler: ``done`` is the key of the last message looked at, ``total`` the highest one."""
    total = Message.objects.aggregate(n=Max("pk"))["n"] or 0
    done, again, failed = job.done, 0, 0
    while True:
        rows = outdated(parser=PARSER_VERSION, sanitiser=SANITISER_VERSION, after=done)
        batch = list(rows.select_related("raw", "channel", "received")[:BATCH])
        for message in batch:
            try:
                _read_again(message)
                again += 1
            except Exception:
                # The old reading stays; one message never stops the next.
                log.exception("derivation_failed", message_id=message.pk)
                failed += 1
            done = message.pk
        progress(done if batch else total, total)
        if not batch:
            return {"again": again, "failed": failed}


def _read_again(message: Message) -> None:
    assert message.raw is not None
    assert message.channel is not None
    received = getattr(message, "received", None)
    envelope = received.envelope if received else {}
    inbound = intakes()[message.channel.kind](store.read(message.raw), envelope)
    content = content_of(inbound, stored(inbound), message.channel, message.raw)
    derive_again(message, content=content, by=DERIVING)

"""The lane that files: claim, read outside any transaction, walk the stages, record the verdict."""

from __future__ import annotations

import hashlib
import time
import traceback
from contextlib import suppress
from dataclasses import replace

import structlog
from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from okienko.events.actor import Actor
from okienko.files import store
from okienko.inbound.envelope import Inbound, InboundFile, Person, intakes
from okienko.inbound.models import Received
from okienko.inbound.pipeline import walk
from okienko.inbound.stages import Filing, Stop
from okienko.lib.refusal import Conflict
from okienko.lib.text import normalise_address, squash
from okienko.tickets.content import FileOf
from okienko.work.claim import BATCH, again, claim, due, give_back
from okienko.work.wake import wake

log = structlog.get_logger(__name__)
# The write lock is given back after this long, so that an agent's click never waits for bulk intake.
HOLD = 0.05
FAULTS = 3
KILLS = 30


def run() -> int:
    """Files one batch of due messages, oldest first; returns how many it took.

    Raises OSError or a DatabaseError for troubles of the machine, such as a full disk: no message is blamed for them.
    """
    keys = claim(Received, BATCH)
    try:
        _work(keys)
    except (OSError, OperationalError):
        with suppress(DatabaseError):
            held = Received.objects.filter(pk__in=keys, claimed_until__isnull=False)
            give_back(Received, list(held.values_list("pk", flat=True)))
        raise
    return len(keys)


def _work(keys: list[int]) -> None:
    read: list[tuple[Received, Inbound, tuple[FileOf, ...]]] = []
    for row in Received.objects.select_related("channel__team", "raw").filter(pk__in=keys).order_by("pk"):
        try:
            read.append(_read(row))
        except FileNotFoundError as error:
            _fault(row, error)
        except (OSError, OperationalError):
            raise
        except Exception as error:
            _fault(row, error)
    while read:
        began = time.monotonic()
        with transaction.atomic():
            while read and time.monotonic() - began < HOLD:
                _file(*read.pop(0))


def waiting() -> int:
    """How many messages are due now."""
    return due(Received).count()


def run_again(received: Received, *, by: Actor) -> Received:
    """Puts a message that did not end on a ticket onto its way once more; a parked one passes the loop guard.

    Raises NotAllowed, or Conflict for one that is filed.
    """
    by.must("ledger")
    with transaction.atomic():
        row = Received.objects.select_for_update().get(pk=received.pk)
        if row.state == Received.State.FILED:
            raise Conflict("filed")
        row.envelope = row.envelope | {"released": True}
        row.state, row.verdict, row.ended_at = Received.State.WAITING, None, None
        row.due_at, row.claimed_until, row.attempts, row.error = timezone.now(), None, 0, ""
        row.save()
        wake()
    return row


def _read(row: Received) -> tuple[Received, Inbound, tuple[FileOf, ...]]:
    raw = store.read(row.raw)
    # What has felled us often enough becomes a ticket with what any bytes have, the raw mail attached. A killed worker
    # leaves no error on its rows: a whole batch is not to blame for that, so it gets many more tries.
    is_hopeless = row.attempts > (FAULTS if row.error else KILLS)
    inbound = unreadable(raw, row.error) if is_hopeless else intakes()[row.channel.kind](raw, row.envelope)
    return row, replace(inbound, files=()), stored(inbound)


def stored(inbound: Inbound) -> tuple[FileOf, ...]:
    """The files of what came, stored. Raises OSError when the disk is full."""
    return tuple(
        FileOf(store.store(f.data), f.filename, f.content_type, f.is_inline, f.content_id)
        for f in inbound.files
    )


def unreadable(raw: bytes, error: str) -> Inbound:
    """What can be said of bytes that could not be read: nothing but themselves, as an attached file."""
    return Inbound(
        sender=Person("", ""),
        subject="",
        segments=(),
        files=(InboundFile("message.eml", "message/rfc822", raw),),
        digest=hashlib.sha256(raw).hexdigest(),
        defects=("unreadable", error.strip().rpartition("\n")[2][:200]),
    )


def _file(row: Received, inbound: Inbound, files: tuple[FileOf, ...]) -> None:
    try:
        with transaction.atomic():
            if not _is_ours(row):
                return
            row.sender = normalise_address(inbound.sender.address)[:320]
            row.subject = squash(inbound.subject)[:500]
            row.message_id, row.digest = inbound.message_id[:500], inbound.digest
            row.is_automatic = inbound.is_automatic
            _end(row, walk(inbound, Filing(row, files=files)))
    except OperationalError:
        raise
    except Exception as error:
        _fault(row, error)


def _is_ours(row: Received) -> bool:
    """Whether this worker still holds the row, now locked: a lease that ran out may have made it another's."""
    mine = Received.objects.select_for_update().filter(
        pk=row.pk, state=Received.State.WAITING, claimed_until=row.claimed_until
    )
    return bool(mine.values_list("pk"))


def _end(row: Received, stop: Stop) -> None:
    row.state = stop.state
    row.verdict = {"code": stop.code, "params": stop.params}
    row.ticket, row.filed_as = stop.ticket, stop.message
    row.ended_at = timezone.now()
    row.due_at, row.claimed_until, row.error = None, None, ""
    row.save()


def _fault(row: Received, error: Exception) -> None:
    """A fault of ours: tried again, then filed as unreadable, in the end kept as failed with the error."""
    log.exception("intake_failed", received_id=row.pk)
    if not row.error:
        row.attempts = 1  # those before were cut short by kills
    columns = {"attempts": row.attempts} | again(
        row, "".join(traceback.format_exception(error))[-2000:], limit=FAULTS + 2
    )
    if columns["due_at"] is None:
        columns |= {
            "state": Received.State.FAILED,
            "verdict": {"code": "error", "params": {"text": repr(error)[:300]}},
            "ended_at": timezone.now(),
        }
    Received.objects.filter(pk=row.pk).update(**columns)

"""Queueing, undoing and repeating deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from okienko.events.actor import Actor
from okienko.events.catalog import DeliveryBounced
from okienko.events.record import record
from okienko.lib.refusal import Conflict
from okienko.lib.text import normalise_address
from okienko.mailroom.models import Channel
from okienko.outbound.models import Attempt, Delivery
from okienko.work.wake import wake


def queue(
    *,
    via: Channel,
    to: list[str],
    payload: dict[str, Any],
    key: str,
    about: str,
    message_id: str,
    not_before: datetime | None = None,
) -> Delivery:
    """Puts one delivery into the outbox, in the caller's transaction; the same ``key`` gives the same row.

    ``to`` is every recipient, ``message_id`` is fixed here for all attempts, ``not_before`` leaves time to undo.
    """
    delivery, is_new = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "channel": via,
            "recipients": to,
            "payload": payload,
            "about": about,
            "message_id": message_id,
            "due_at": not_before or timezone.now(),
        },
    )
    if is_new:
        wake()
    return delivery


def sent_as(message_id: str) -> Delivery | None:
    """The delivery that left, or will leave, with this Message-ID."""
    return Delivery.objects.filter(message_id=message_id).first()


def withdraw(delivery: Delivery) -> None:
    """Takes a delivery back before it leaves. Raises Conflict when it is already on its way."""
    taken = Delivery.objects.filter(
        pk=delivery.pk,
        state__in=(Delivery.State.QUEUED, Delivery.State.HELD),
        claimed_until__isnull=True,
        handed_over_at__isnull=True,
    ).update(state=Delivery.State.WITHDRAWN, due_at=None)
    if not taken:
        raise Conflict("already_leaving")


def send_again(delivery: Delivery) -> Delivery:
    """Sends a failed, unsure, held or returned delivery once more, with the same Message-ID. Raises Conflict.

    Where some have it, it goes only to those that it did not reach.
    """
    State = Delivery.State
    with transaction.atomic():
        row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        # Of a report we believe only addresses that we wrote to.
        failed = {normalise_address(address) for address in row.failed_recipients}
        missing = [address for address in row.recipients if normalise_address(address) in failed]
        is_partly_sent = row.state == State.SENT and missing
        if not is_partly_sent and row.state not in (State.FAILED, State.UNSURE, State.HELD, State.BOUNCED):
            raise Conflict("not_failed")
        if missing and row.state in (State.SENT, State.BOUNCED):
            row.recipients = missing
        row.state, row.due_at, row.claimed_until = State.QUEUED, timezone.now(), None
        row.attempts, row.handed_over_at, row.sent_at = 0, None, None
        row.error, row.detail, row.failed_recipients = "", "", []
        row.save()
        wake()
    return row


def release_held(channel: Channel) -> int:
    """Lets go what was held because the channel could not send; returns how many."""
    released = Delivery.objects.filter(channel=channel, state=Delivery.State.HELD).update(
        state=Delivery.State.QUEUED, due_at=timezone.now(), attempts=0, error="", detail=""
    )
    wake()
    return released


def doubt_queued() -> int:
    """After a restore: what was queued then may have left since, so it becomes *unsure* instead of leaving twice.

    Returns how many that concerns.
    """
    queued = Delivery.objects.filter(state=Delivery.State.QUEUED, handed_over_at=None)
    return queued.update(handed_over_at=timezone.now())


def returned(delivery: Delivery, *, recipients: list[str], detail: str, by: Actor) -> None:
    """Notes that a delivery came back from ``recipients``; twice is harmless."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery.pk)
        fresh = [r for r in recipients if r not in row.failed_recipients]
        if not fresh and row.state == Delivery.State.BOUNCED:
            return
        row.failed_recipients = [*row.failed_recipients, *fresh]
        row.state = Delivery.State.BOUNCED
        row.detail = detail[:2000]
        # What came back has left, whatever a queued retry believes.
        row.due_at = None
        row.save(update_fields=["failed_recipients", "state", "detail", "due_at"])
        Attempt.objects.create(delivery=row, outcome="bounced", detail=detail[:2000])
        record(DeliveryBounced(row.pk, row.about, detail[:500], fresh), by=by)

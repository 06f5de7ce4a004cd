"""The lane that sends: claim, send outside any transaction, record."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from okienko.events.actor import system
from okienko.events.catalog import DeliveryFailed, DeliveryHeld, DeliverySent, DeliveryUnsure
from okienko.events.record import record
from okienko.outbound.adapters import (
    Held,
    Outcome,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Unsure,
    adapters,
)
from okienko.outbound.models import Attempt, Delivery
from okienko.work.claim import LEASE, again, claim, due
from okienko.workspace import preferences

log = structlog.get_logger(__name__)
OUTBOUND = system("outbound")
BATCH = 4
# Longer than any adapter waits for an answer once it has handed over.
WHILE_THEY_THINK = timedelta(minutes=8)


class Lost(Exception):
    """Another worker has the delivery: its lease was over before this one came to send it."""


def run() -> int:
    """Sends one small batch of due deliveries; returns how many it took."""
    keys = claim(Delivery, BATCH)
    for key in keys:
        try:
            _deliver(Delivery.objects.select_related("channel").get(pk=key))
        except Lost:
            log.warning("delivery_lost", delivery_id=key)
        except Exception as error:
            # Not the adapter's answer but a fault of ours: kept with the row and tried again, unless it had begun.
            log.exception("delivery_crashed", delivery_id=key)
            row = Delivery.objects.get(pk=key)
            _record(row, Unsure(repr(error)) if row.handed_over_at else TemporaryFailure(repr(error)))
    return len(keys)


def waiting() -> int:
    """How many deliveries are due now."""
    return due(Delivery).count()


def _deliver(delivery: Delivery) -> None:
    if delivery.state == Delivery.State.QUEUED and delivery.handed_over_at:
        _record(delivery, Unsure("interrupted"))
        return
    _hold(delivery, LEASE)
    if settings.OUTBOUND == "log" or preferences.get("is_demo"):
        why = "OKIENKO_OUTBOUND=log" if settings.OUTBOUND == "log" else "demo"
        with transaction.atomic():
            _keep(delivery, Delivery.State.LOGGED, why)
        return
    if not delivery.channel.is_active:
        _record(delivery, Held("paused"))
        return

    def handing_over() -> None:
        _hold(delivery, WHILE_THEY_THINK, handed_over_at=timezone.now())

    adapter = adapters()[delivery.channel.kind]
    outcome = adapter.send(delivery, handing_over)
    _record(delivery, outcome)
    if isinstance(outcome, Receipt):
        try:
            adapter.after_sent(delivery)
        except Exception as error:
            log.warning("after_sent_failed", delivery_id=delivery.pk, error=repr(error))
            Attempt.objects.create(delivery=delivery, outcome="copy_failed", detail=str(error)[:2000])


def _hold(delivery: Delivery, lease: timedelta, **columns: datetime) -> None:
    """Renews this worker's lease by compare-and-set. Raises Lost, so that no two workers ever send one delivery."""
    until = timezone.now() + lease
    mine = Delivery.objects.filter(
        pk=delivery.pk,
        state=Delivery.State.QUEUED,
        claimed_until=delivery.claimed_until,
        handed_over_at__isnull=True,
    )
    if not mine.update(claimed_until=until, **columns):
        raise Lost
    delivery.claimed_until = until


def _record(delivery: Delivery, outcome: Outcome) -> None:
    State = Delivery.State
    with transaction.atomic():
        Attempt.objects.create(
            delivery=delivery, outcome=type(outcome).__name__.lower(), detail=outcome.detail[:2000]
        )
        match outcome:
            case Receipt(detail, refused):
                _finish(delivery, State.SENT, detail, sent_at=timezone.now(), failed_recipients=list(refused))
                record(DeliverySent(delivery.pk, delivery.about, detail[:500]), by=OUTBOUND)
                if refused:
                    words = "; ".join(f"{who}: {why}" for who, why in refused.items())
                    record(
                        DeliveryFailed(delivery.pk, delivery.about, words[:500], list(refused)), by=OUTBOUND
                    )
            case TemporaryFailure(detail, retry_after):
                columns = again(delivery, detail)
                if columns["due_at"] is None:
                    _fail(delivery, detail, ())
                else:
                    if retry_after:
                        columns["due_at"] = timezone.now() + retry_after
                    Delivery.objects.filter(pk=delivery.pk).update(handed_over_at=None, **columns)
            case PermanentFailure(detail, recipients):
                _fail(delivery, detail, recipients)
            case Held(detail):
                _keep(delivery, State.HELD, detail)
            case Unsure(detail):
                _finish(delivery, State.UNSURE, detail)
                record(DeliveryUnsure(delivery.pk, delivery.about, detail[:500]), by=OUTBOUND)


def _fail(delivery: Delivery, detail: str, recipients: tuple[str, ...]) -> None:
    whom = list(recipients or delivery.recipients)
    _finish(delivery, Delivery.State.FAILED, detail, failed_recipients=whom)
    record(DeliveryFailed(delivery.pk, delivery.about, detail[:500], whom), by=OUTBOUND)


def _keep(delivery: Delivery, state: str, detail: str) -> None:
    _finish(delivery, state, detail)
    record(DeliveryHeld(delivery.pk, delivery.about, detail[:500]), by=OUTBOUND)


def _finish(delivery: Delivery, state: str, detail: str, **columns: object) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, detail=detail[:2000], due_at=None, claimed_until=None, **columns
    )

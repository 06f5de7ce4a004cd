"""The journal: every message as it came, and what became of it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from okienko.files.models import Blob
from okienko.mailroom.models import Channel
from okienko.tickets.models import Message, Ticket
from okienko.work.models import Work


class Tally(models.Model):
    """How many messages a channel has journaled, counted as they came and apart from their rows.

    The ledger holds it against the rows, so that one that is lost shows.
    """

    channel = models.OneToOneField(Channel, primary_key=True, on_delete=models.PROTECT)
    received = models.PositiveBigIntegerField(default=0)


class Received(Work):
    """One message that reached us by a channel; ``source_id`` is the source's own name for it (UIDVALIDITY.UID, a
    delivery's id), so that handing it over twice makes one row.

    It ends as exactly one of: filed, duplicate, rejected, parked, failed; until then it is waiting. ``verdict`` says
    why, as a code with parameters. ``sender`` and ``subject`` are for the ledger's page.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "Waiting")
        FILED = "filed", pgettext_lazy("message", "Filed")
        DUPLICATE = "duplicate", pgettext_lazy("message", "Duplicate")
        REJECTED = "rejected", pgettext_lazy("message", "Rejected")
        PARKED = "parked", pgettext_lazy("message", "Parked")
        FAILED = "failed", pgettext_lazy("message", "Failed")

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    source_id = models.CharField(max_length=250)
    raw = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", db_index=False)
    envelope = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    verdict = models.JSONField(null=True)
    message_id = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    is_automatic = models.BooleanField(default=False)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    filed_as = models.OneToOneField(Message, null=True, on_delete=models.PROTECT, related_name="received")
    received_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("channel", "source_id"), name="received_once"),
            # Two workers may hold two copies of one mail at once: the second fails, and is a duplicate when retried.
            models.UniqueConstraint(
                fields=("message_id", "digest"),
                name="filed_once",
                condition=models.Q(state="filed") & ~models.Q(digest=""),
            ),
        ]
        indexes = [
            models.Index("due_at", name="received_due", condition=models.Q(due_at__isnull=False)),
            models.Index("channel", "state", "id", name="received_ledger"),
            models.Index("channel", "received_at", "id", name="received_day"),
            # Whole on purpose: SQLite uses no partial index for a value that is bound when the query runs.
            models.Index("message_id", "digest", name="received_by_id"),
            models.Index(
                "sender", "received_at", name="received_machines", condition=models.Q(is_automatic=True)
            ),
        ]

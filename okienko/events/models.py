"""The spine: one row for each fact, and the names of what changed for live pages."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from okienko.events.catalog import KINDS, Happened, Reason
from okienko.work.models import Work


class Event(Work):
    """One line of history. ``due_at`` is set while subscribers still have to react to it.

    ``ticket`` and ``number`` say which ticket's how-manieth event it is; ``cause``, ``root`` and ``depth`` tell chains.
    """

    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    data = models.JSONField()
    reason = models.JSONField(null=True)
    ticket = models.BigIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    cause = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    root = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index("due_at", name="event_due", condition=models.Q(due_at__isnull=False)),
            models.Index("ticket", "id", name="event_of_ticket"),
        ]

    @property
    def fact(self) -> Happened:
        return KINDS[self.kind].load(self.data)

    @property
    def why(self) -> Reason | None:
        return Reason(**self.reason) if self.reason else None


class Reaction(Work):
    """A subscriber that failed on an event: retried alone, in the end parked (``due_at`` None) and shown."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE)
    subscriber = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("event", "subscriber"), name="reaction_once")]
        indexes = [models.Index("due_at", name="reaction_due", condition=models.Q(due_at__isnull=False))]


class Change(models.Model):
    """Names of what changed, written in the verb's own transaction and read by the live hub; kept for minutes."""

    topics = models.JSONField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

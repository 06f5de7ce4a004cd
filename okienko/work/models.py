"""Rows that are work: the database is the queue."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Work(models.Model):
    """A row that somebody has to look at.

    ``due_at`` is when (None: nothing is left to do), ``claimed_until`` how long a worker's lease lasts: a killed
    worker's row comes back by itself when it passes.
    """

    due_at = models.DateTimeField(default=timezone.now, null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


class Job(Work):
    """A long piece of work that somebody watches: import, demo, bulk change. ``handler`` is named in wiring.JOBS."""

    handler = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    result = models.JSONField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index("due_at", name="job_due", condition=models.Q(due_at__isnull=False))]

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

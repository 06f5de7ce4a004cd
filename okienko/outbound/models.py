"""The way out: everything that leaves the house is a Delivery row."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from okienko.mailroom.models import Channel
from okienko.work.models import Work


class Delivery(Work):
    """One thing that leaves by one channel.

    ``payload`` is the kind's own, JSON only; ``about`` names what it is for (``message:42``); ``key`` makes queueing
    idempotent; ``handed_over_at`` is set just before the other side could have taken it: a row found in state
    *queued* with it set was interrupted there and is *unsure*.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        HELD = "held", _("Held")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        UNSURE = "unsure", _("Unsure")
        BOUNCED = "bounced", _("Returned")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LOGGED = "logged", _("Not sent (sending is switched off)")

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=60, db_index=True)
    message_id = models.CharField(max_length=500, db_index=True)
    recipients = models.JSONField()
    payload = models.JSONField()
    handed_over_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    detail = models.TextField(blank=True)
    failed_recipients = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index("due_at", name="delivery_due", condition=models.Q(due_at__isnull=False))]


class Attempt(models.Model):
    """One try at a delivery, for the log."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20)
    detail = models.TextField(blank=True)

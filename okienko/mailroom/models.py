"""What is configured per team: channels. A mailbox, a form, a number: one row each."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from okienko.lib import secrets
from okienko.people.models import Team


class Channel(models.Model):
    """A way in and out. ``address`` is what customers write to; ``config`` is the kind's own, see channels/.

    Passwords are sealed in ``secrets_sealed``.
    """

    class Kind(models.TextChoices):
        EMAIL = "email"

    class Quote(models.TextChoices):
        NONE = "none"
        LAST = "last"
        ALL = "all"

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.EMAIL)
    address = models.CharField(max_length=320, unique=True)
    name = models.CharField(max_length=120, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    language = models.CharField(max_length=5, default="pl")
    is_active = models.BooleanField(default=True)
    config = models.JSONField(default=dict)
    secrets_sealed = models.JSONField(default=dict)
    signature_html = models.TextField(blank=True)
    quote = models.CharField(max_length=5, choices=Quote.choices, default=Quote.LAST)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address

    def secret(self, name: str) -> str:
        """The password called ``name``, unsealed. Raises secrets.Unreadable."""
        return secrets.unseal(self.secrets_sealed.get(name, ""))


class Health(models.Model):
    """How a channel's one direction does: written by its fetcher or adapter, read by its page and ``doctor``."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="health")
    direction = models.CharField(max_length=3, choices=[("in", "in"), ("out", "out")])
    ok_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    problem = models.JSONField(null=True)
    last_message_at = models.DateTimeField(null=True)
    state = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("channel", "direction"), name="health_once")]

    @property
    def is_well(self) -> bool:
        return self.problem is None

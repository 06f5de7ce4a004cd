"""For the doctor: whether the mailboxes work."""

from __future__ import annotations

from collections.abc import Iterator

from okienko.channels.email.troubles import sentence
from okienko.mailroom.models import Channel, Health
from okienko.work.check import Finding

DIRECTIONS = {"in": "taking mail in", "out": "sending"}


def mailboxes() -> Iterator[Finding]:
    """One finding for each mailbox, and one for each of its directions that fails."""
    ill = Health.objects.exclude(problem=None).filter(channel__is_active=True).select_related("channel")
    for health in ill.order_by("channel__address", "direction"):
        yield Finding(
            False, f"{health.channel.address}, {DIRECTIONS[health.direction]}: {sentence(health.problem)}"
        )
    for channel in Channel.objects.filter(is_active=True).exclude(pk__in=[h.channel_id for h in ill]):
        yield Finding(True, f"{channel.address} has no trouble.")

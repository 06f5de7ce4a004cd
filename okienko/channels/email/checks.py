"""For the doctor: whether the mailboxes work."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from okienko.channels.email.troubles import sentence
from okienko.mailroom.models import Channel, Health
from okienko.work.check import Finding


def mailboxes() -> Iterator[Finding]:
    """One finding for each mailbox, and one for each of its directions that fails."""
    said = {
        "in": _("%(mailbox)s, taking mail in: %(trouble)s"),
        "out": _("%(mailbox)s, sending: %(trouble)s"),
    }
    ill = Health.objects.exclude(problem=None).filter(channel__is_active=True).select_related("channel")
    for health in ill.order_by("channel__address", "direction"):
        values = {"mailbox": health.channel.address, "trouble": sentence(health.problem)}
        yield Finding(False, said[health.direction] % values)
    for channel in Channel.objects.filter(is_active=True).exclude(pk__in=[h.channel_id for h in ill]):
        yield Finding(True, _("%s has no trouble.") % channel.address)

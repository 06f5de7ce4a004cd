"""For the doctor: reactions that were given up."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okienko.events.consume import parked
from okienko.work.check import Finding


def reactions() -> Iterator[Finding]:
    """Parked reactions are a fault: something that should have followed from an event has not."""
    count = parked()
    if not count:
        yield Finding(True, _("No reaction is parked."))
        return
    said = ngettext(
        "%d reaction to an event is parked after all retries.",
        "%d reactions to events are parked after all retries.",
        count,
    )
    yield Finding(False, said % count)

"""Statuses and priorities that every Okienko begins with. Names are translated where they are shown."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

STATUSES: dict[str, tuple[str, str]] = {
    "new": (_("New"), "new"),
    "open": (_("Open"), "open"),
    "pending_customer": (_("Waiting for customer"), "pending_customer"),
    "pending_third_party": (_("Waiting for third party"), "pending_third_party"),
    "solved": (_("Solved"), "solved"),
    "closed": (_("Closed"), "closed"),
}

PRIORITIES: dict[str, tuple[str, int]] = {
    "low": (_("Low"), 10),
    "normal": (_("Normal"), 20),
    "high": (_("High"), 30),
    "urgent": (_("Urgent"), 40),
}

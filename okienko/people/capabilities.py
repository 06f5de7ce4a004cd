"""What a role can allow, and the roles that are shipped. Names are translated where they are shown."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

CAPABILITIES: dict[str, str] = {
    "tickets.all": _("See the tickets of all teams"),
    "tickets.note": _("Write notes"),
    "tickets.reply": _("Write to customers"),
    "tickets.open": _("Open tickets by hand"),
    "tickets.change": _("Change status, priority, category, team, assignee and tags"),
    "tickets.bin": _("Put tickets into the bin and take them back"),
    "customers.change": _("Correct customers"),
    "ledger": _("See the mail ledger and run messages again"),
    "setup": _("Administer Okienko"),
}

_AGENT = ["tickets.note", "tickets.reply", "tickets.open", "tickets.change", "customers.change"]
SHIPPED_ROLES: dict[str, tuple[str, list[str]]] = {
    "administrator": (_("Administrator"), list(CAPABILITIES)),
    "supervisor": (_("Supervisor"), [*_AGENT, "tickets.all", "tickets.bin", "ledger"]),
    "agent": (_("Agent"), [*_AGENT, "tickets.all"]),
    "restricted": (_("Agent of own teams"), _AGENT),
}

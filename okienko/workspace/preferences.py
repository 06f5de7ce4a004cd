"""Settings that an administrator decides: rows, effective at once, with defaults here."""

from __future__ import annotations

from typing import Any

from okienko.events.actor import Actor
from okienko.lib.refusal import Invalid
from okienko.workspace.models import Preference

DEFAULTS: dict[str, Any] = {
    "company": "",
    "language": "en",
    "time_zone": "Europe/Warsaw",
    "undo_seconds": 10,
    "is_demo": False,
}


def get(name: str) -> Any:
    """The value of a preference, its default if nobody has decided."""
    row = Preference.objects.filter(name=name).values_list("value", flat=True).first()
    return DEFAULTS[name] if row is None else row


def everything() -> dict[str, Any]:
    """All preferences in one query."""
    return DEFAULTS | dict(Preference.objects.values_list("name", "value"))


def change(name: str, *, to: Any, by: Actor) -> None:
    """Decides a preference. Raises NotAllowed, or Invalid for an unknown one."""
    by.must("setup")
    if name not in DEFAULTS:
        raise Invalid("preference", name=name)
    Preference.objects.update_or_create(name=name, defaults={"value": to})

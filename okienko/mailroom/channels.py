"""The verbs of channels: adding, changing, pausing; and their health."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from okienko.events.actor import Actor
from okienko.events.record import changed
from okienko.lib import secrets
from okienko.lib.refusal import Conflict, Invalid
from okienko.lib.text import normalise_address
from okienko.mailroom.models import Channel, Health
from okienko.people.models import Team

CHANGEABLE = {"name", "team", "language", "is_active", "config", "signature_html", "quote"}


def add_mailbox(
    address: str,
    *,
    by: Actor,
    name: str = "",
    team: Team | None = None,
    language: str = "pl",
    config: dict[str, Any] | None = None,
    passwords: dict[str, str] | None = None,
) -> Channel:
    """A new mailbox. ``config`` as channels/email/config.py reads it; ``passwords`` by name (imap, smtp) are sealed.

    Raises NotAllowed, Invalid (no address) or Conflict (we have it already).
    """
    by.must("setup")
    address = normalise_address(address)
    if "@" not in address:
        raise Invalid("address", address=address)
    if Channel.objects.filter(address=address).exists():
        raise Conflict("mailbox_exists", address=address)
    with transaction.atomic():
        channel = Channel.objects.create(
            address=address,
            name=name.strip(),
            team=team,
            language=language,
            config=config or {},
            secrets_sealed={k: secrets.seal(v) for k, v in (passwords or {}).items()},
        )
        for direction in ("in", "out"):
            Health.objects.create(channel=channel, direction=direction)
        changed("channels")
    return channel


def change_channel(
    channel: Channel, *, by: Actor, passwords: dict[str, str] | None = None, **fields: Any
) -> Channel:
    """Changes a channel's fields; a password that is given replaces the sealed one. Raises NotAllowed or Invalid."""
    by.must("setup")
    if set(fields) - CHANGEABLE:
        raise Invalid("field", names=sorted(set(fields) - CHANGEABLE))
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=channel.pk)
        for field, value in fields.items():
            setattr(channel, field, value)
        channel.secrets_sealed |= {k: secrets.seal(v) for k, v in (passwords or {}).items() if v}
        channel.save()
        Health.objects.filter(channel=channel).update(problem=None, failures=0)
        changed("channels")
    return channel


def health_of(channel: Channel, direction: str) -> Health:
    """The health row of one direction."""
    return Health.objects.get_or_create(channel=channel, direction=direction)[0]


def went_well(channel_id: int, direction: str, *, with_message: bool = False, **state: Any) -> None:
    """Notes that a direction works; ``state`` is merged into what the channel remembers."""
    _note(channel_id, direction, None, with_message, state)


def went_wrong(channel_id: int, direction: str, code: str, **params: Any) -> None:
    """Notes that a direction fails: ``code`` and ``params`` are put into a plain sentence where it is shown."""
    _note(channel_id, direction, {"code": code, "params": params}, False, {})


def _note(
    channel_id: int, direction: str, problem: dict[str, Any] | None, seen: bool, state: dict[str, Any]
) -> None:
    now = timezone.now()
    with transaction.atomic():
        row = Health.objects.select_for_update().get_or_create(channel_id=channel_id, direction=direction)[0]
        was = row.problem
        row.problem = problem
        row.failures = row.failures + 1 if problem else 0
        if problem:
            row.failed_at = now
        else:
            row.ok_at = now
        if seen:
            row.last_message_at = now
        row.state |= state
        row.save()
        if was != problem:
            changed("channels")


def own_addresses() -> frozenset[str]:
    """Every address that we serve, normalised."""
    return frozenset(Channel.objects.values_list("address", flat=True))

"""What the keys in events are called, read for many events at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from okienko.events.catalog import CustomerChanged
from okienko.events.models import Event
from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Customer, Team
from okienko.tickets.models import Category, Priority, Status

Shown = Mapping[int, str]
EMPTY: Shown = {}


@dataclass(frozen=True, slots=True)
class Names:
    """Names by key; ``of`` answers for a key that has none."""

    agents: Shown = field(default_factory=dict)
    teams: Shown = field(default_factory=dict)
    statuses: Shown = field(default_factory=dict)
    priorities: Shown = field(default_factory=dict)
    categories: Shown = field(default_factory=dict)
    customers: Shown = field(default_factory=dict)
    channels: Shown = field(default_factory=dict)

    def of(self, table: str, key: int | None) -> str:
        """The name of row ``key`` of ``table`` (one of the fields): "none" for None, "unknown" for one gone."""
        if key is None:
            return _("none")
        shown: Shown = getattr(self, table)
        return shown.get(key) or _("unknown")


TABLES: dict[str, type[models.Model]] = {
    "agents": Agent,
    "teams": Team,
    "statuses": Status,
    "priorities": Priority,
    "categories": Category,
    "customers": Customer,
    "channels": Channel,
}
FIELDS = {
    "agent_id": "agents",
    "was_agent_id": "agents",
    "team_id": "teams",
    "was_team_id": "teams",
    "status_id": "statuses",
    "was_status_id": "statuses",
    "priority_id": "priorities",
    "was_priority_id": "priorities",
    "category_id": "categories",
    "was_category_id": "categories",
    "customer_id": "customers",
    "was_customer_id": "customers",
    "channel_id": "channels",
}


def names_of(events: Iterable[Event], **known: Shown) -> Names:
    """The names that the sentences of ``events`` need: one query for each table, none for those in ``known``."""
    wanted: dict[str, set[int]] = {table: set() for table in TABLES if table not in known}
    for event in events:
        for name, value in event.data.items():
            table = FIELDS.get(name)
            if table == "customers" and event.kind != CustomerChanged.kind():
                continue  # others name the customer too, but no sentence says who it was
            if table in wanted and value is not None:
                wanted[table].add(value)
    return Names(**known, **{table: _read(TABLES[table], keys) for table, keys in wanted.items()})


def _read(model: type[models.Model], keys: set[int]) -> dict[int, str]:
    rows: Iterable[Any] = model._default_manager.filter(pk__in=keys) if keys else ()
    return {row.pk: str(row) for row in rows}

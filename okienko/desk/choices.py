"""What a ticket's chips can be changed to; the same rows give the names in its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import Value
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Team
from okienko.tickets.models import Category, Priority, State, Status, Ticket
from okienko.tickets.naming import Shown
from okienko.tickets.shipped import PRIORITIES, STATUSES
from okienko.ui.templatetags.ui import avatar, dot, icon

STATE_ICONS = {
    State.NEW: "circle-dashed",
    State.OPEN: "circle-dot",
    State.PENDING_CUSTOMER: "pause",
    State.PENDING_THIRD_PARTY: "hourglass",
    State.SOLVED: "check",
    State.CLOSED: "check-check",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a vocabulary. ``number`` is a status's position, a priority's rank, a category's hue."""

    key: int
    label: str
    is_active: bool
    state: str
    number: int


@dataclass(frozen=True, slots=True)
class Choices:
    """Every row of each vocabulary in its order, those out of use too: the history still names them."""

    agents: list[Entry]
    teams: list[Entry]
    statuses: list[Entry]
    priorities: list[Entry]
    categories: list[Entry]
    channels: list[Entry]

    @property
    def names(self) -> dict[str, Shown]:
        """By table and key, as naming.names_of() takes them."""
        return {table: {e.key: e.label for e in getattr(self, table)} for table in self.__slots__}

    def label(self, table: str, key: int | None) -> str:
        """The label of a row, "" for none."""
        return next((e.label for e in getattr(self, table) if e.key == key), "")


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """All vocabularies in one statement: six cost more to compile, each time anew, than all of them to run."""
    none, zero = Value(""), Value(0)
    parts: tuple[tuple[str, type[models.Model], str, str | Value, str | Value, str | Value], ...] = (
        ("agents", Agent, "name", none, none, zero),
        ("teams", Team, "name", none, none, zero),
        ("statuses", Status, "name", "code", "state", "position"),
        ("priorities", Priority, "name", "code", none, "rank"),
        ("categories", Category, "name", none, none, "hue"),
        ("channels", Channel, "address", none, none, zero),
    )
    rows = [
        model._default_manager.order_by().values_list(
            Value(table), "pk", label, "is_active", code, state, number
        )
        for table, model, label, code, state, number in parts
    ]
    sql, params = rows[0].union(*rows[1:], all=True).query.sql_with_params()
    return sql, params


def choices() -> Choices:
    """One query for all of them."""
    found: dict[str, list[Entry]] = {table: [] for table in Choices.__slots__}
    shipped = {"statuses": STATUSES, "priorities": PRIORITIES}
    with connection.cursor() as cursor:
        cursor.execute(*_statement())
        for table, key, name, is_active, code, state, number in cursor.fetchall():
            label = name or _(shipped[table][code][0])  # type: ignore[index]
            found[table].append(Entry(key, label, bool(is_active), state, number))
    for table, entries in found.items():
        by_number = table in ("statuses", "priorities")
        entries.sort(key=lambda e: (e.number, e.key) if by_number else (0, e.label.casefold()))
    return Choices(**found)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a chip's menu; ``value`` is posted."""

    value: int | str
    label: str
    is_chosen: bool
    icon: str = ""
    hue: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One menu of the head: what is chosen now and what can be. ``place`` is its noun, ``field`` what is posted there.

    ``says`` is what it is about, ``face`` the person whose initials it shows.
    """

    place: str
    field: str
    says: str
    label: str
    options: list[Option]
    key: str = ""
    icon: str = ""
    face: str = ""
    hue: int | None = None

    @property
    def before(self) -> SafeString:
        """What stands before the label: the assignee's face, the category's colour."""
        if self.face:
            return avatar(self.face, beside=True)
        return dot(self.hue) if self.hue is not None else SafeString()

    @property
    def is_long(self) -> bool:
        return len(self.options) > 10

    @property
    def buttons(self) -> SafeString:
        """The choices as buttons of the menu's form; by hand, because there can be hundreds."""
        return mark_safe("".join(_button(self.field, option) for option in self.options))  # noqa: S308 - escaped there


def _button(field: str, option: Option) -> str:
    label = escape(option.label)
    key = f' data-key="{option.key}" data-key-label="{label}"' if option.key else ""
    cap = f'<kbd aria-hidden="true">{option.key}</kbd>' if option.key else ""
    mark = icon(option.icon) if option.icon else dot(option.hue or 0)
    pressed = ' aria-pressed="true"' if option.is_chosen else ""
    return f'<button name="{field}" value="{option.value}"{pressed}{key}>{mark}{label}{cap}</button>'


def chips(ticket: Ticket, choices: Choices, agent: Agent) -> list[Chip]:
    """Status, priority, assignee, team, category, as they stand on the page."""
    return [
        _status(ticket, choices),
        _priority(ticket, choices),
        _assignee(ticket, choices, agent),
        _team(ticket, choices),
        _category(ticket, choices),
    ]


def _usable(entries: Iterable[Entry], chosen: int | None) -> list[Entry]:
    return [entry for entry in entries if entry.is_active or entry.key == chosen]


def _status(ticket: Ticket, choices: Choices) -> Chip:
    shown = _usable(choices.statuses, ticket.status_id)
    solving = next((e.key for e in shown if e.state == State.SOLVED), None)
    options = [
        Option(
            e.key,
            e.label,
            e.key == ticket.status_id,
            STATE_ICONS[State(e.state)],
            key="e" if e.key == solving else "",
        )
        for e in shown
    ]
    label = choices.label("statuses", ticket.status_id)
    return Chip(
        "status", "status", _("Status"), label, options, key="s", icon=STATE_ICONS[State(ticket.state)]
    )


def _priority(ticket: Ticket, choices: Choices) -> Chip:
    shown = reversed(_usable(choices.priorities, ticket.priority_id))
    options = [Option(e.key, e.label, e.key == ticket.priority_id, "signal") for e in shown]
    label = choices.label("priorities", ticket.priority_id)
    return Chip("priority", "priority", _("Priority"), label, options, key="p", icon="signal")


def _assignee(ticket: Ticket, choices: Choices, agent: Agent) -> Chip:
    me = _("%(name)s (me)") % {"name": agent.name}
    options = [
        Option(agent.pk, me, agent.pk == ticket.assignee_id, "user-check", key="i"),
        Option("", _("Nobody"), ticket.assignee_id is None, "circle-dashed"),
    ]
    options += [
        Option(e.key, e.label, e.key == ticket.assignee_id, "user")
        for e in _usable(choices.agents, ticket.assignee_id)
        if e.key != agent.pk
    ]
    name = choices.label("agents", ticket.assignee_id)
    icon = "" if name else "circle-dashed"
    shown = name or _("Unassigned")
    return Chip("assignment", "agent", _("Assigned to"), shown, options, key="a", icon=icon, face=name)


def _team(ticket: Ticket, choices: Choices) -> Chip:
    options = [Option("", _("No team"), ticket.team_id is None, "minus")]
    shown = _usable(choices.teams, ticket.team_id)
    options += [Option(e.key, e.label, e.key == ticket.team_id, "users") for e in shown]
    label = choices.label("teams", ticket.team_id) or _("No team")
    return Chip("team", "team", _("Team"), label, options, key="t", icon="users")


def _category(ticket: Ticket, choices: Choices) -> Chip:
    options = [Option("", _("No category"), ticket.category_id is None, "minus")]
    shown = _usable(choices.categories, ticket.category_id)
    options += [Option(e.key, e.label, e.key == ticket.category_id, hue=e.number) for e in shown]
    chosen = next((e for e in shown if e.key == ticket.category_id), None)
    if chosen is None:
        return Chip("category", "category", _("Category"), _("No category"), options, icon="layout-list")
    return Chip("category", "category", _("Category"), chosen.label, options, hue=chosen.number)

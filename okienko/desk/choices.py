"""What a ticket's chips can be changed to; the same rows give the names in its history."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Team
from okienko.tickets.models import Category, Priority, State, Status, Tag, Ticket
from okienko.tickets.naming import Shown
from okienko.ui.templatetags.ui import avatar, dot, icon

MOST_TAGS = 200
STATE_ICONS = {
    State.NEW: "circle-dashed",
    State.OPEN: "circle-dot",
    State.PENDING_CUSTOMER: "pause",
    State.PENDING_THIRD_PARTY: "hourglass",
    State.SOLVED: "check",
    State.CLOSED: "check-check",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Every row of each vocabulary, those out of use too: the history still names them."""

    agents: list[Agent]
    teams: list[Team]
    statuses: list[Status]
    priorities: list[Priority]
    categories: list[Category]
    channels: list[Channel]
    tags: list[Tag]
    known_tags: list[str]

    @property
    def names(self) -> dict[str, Shown]:
        """By table and key, as naming.names_of() takes them."""
        return {
            "agents": {a.pk: a.name for a in self.agents},
            "teams": {t.pk: t.name for t in self.teams},
            "statuses": {s.pk: s.label for s in self.statuses},
            "priorities": {p.pk: p.label for p in self.priorities},
            "categories": {c.pk: c.name for c in self.categories},
            "channels": {c.pk: c.address for c in self.channels},
        }


def choices_for(ticket: Ticket) -> Choices:
    """One query for each vocabulary, two for the tags."""
    return Choices(
        agents=list(Agent.objects.only("name", "is_active")),
        teams=list(Team.objects.all()),
        statuses=list(Status.objects.all()),
        priorities=list(Priority.objects.all()),
        categories=list(Category.objects.all()),
        channels=list(Channel.objects.only("address", "name", "is_active", "team_id", "language")),
        tags=list(ticket.tags.all()),
        known_tags=list(Tag.objects.values_list("name", flat=True)[:MOST_TAGS]),
    )


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


def _status(ticket: Ticket, choices: Choices) -> Chip:
    shown = [s for s in choices.statuses if s.is_active or s.pk == ticket.status_id]
    solving = next((s.pk for s in shown if s.state == State.SOLVED), None)
    options = [
        Option(
            s.pk,
            s.label,
            s.pk == ticket.status_id,
            STATE_ICONS[State(s.state)],
            key="e" if s.pk == solving else "",
        )
        for s in shown
    ]
    icon = STATE_ICONS[State(ticket.state)]
    return Chip("status", "status", _("Status"), ticket.status.label, options, key="s", icon=icon)


def _priority(ticket: Ticket, choices: Choices) -> Chip:
    options = [
        Option(p.pk, p.label, p.pk == ticket.priority_id, "signal")
        for p in reversed(choices.priorities)
        if p.is_active or p.pk == ticket.priority_id
    ]
    return Chip("priority", "priority", _("Priority"), ticket.priority.label, options, key="p", icon="signal")


def _assignee(ticket: Ticket, choices: Choices, agent: Agent) -> Chip:
    me = _("%(name)s (me)") % {"name": agent.name}
    options = [
        Option(agent.pk, me, agent.pk == ticket.assignee_id, "user-check", key="i"),
        Option("", _("Nobody"), ticket.assignee_id is None, "circle-dashed"),
    ]
    options += [
        Option(a.pk, a.name, a.pk == ticket.assignee_id, "user")
        for a in choices.agents
        if a.pk != agent.pk and (a.is_active or a.pk == ticket.assignee_id)
    ]
    name = ticket.assignee.name if ticket.assignee else ""
    icon = "" if name else "circle-dashed"
    shown = name or _("Unassigned")
    return Chip("assignment", "agent", _("Assigned to"), shown, options, key="a", icon=icon, face=name)


def _team(ticket: Ticket, choices: Choices) -> Chip:
    options = [Option("", _("No team"), ticket.team_id is None, "minus")]
    options += [
        Option(t.pk, t.name, t.pk == ticket.team_id, "users")
        for t in choices.teams
        if t.is_active or t.pk == ticket.team_id
    ]
    shown = ticket.team.name if ticket.team else _("No team")
    return Chip("team", "team", _("Team"), shown, options, key="t", icon="users")


def _category(ticket: Ticket, choices: Choices) -> Chip:
    options = [Option("", _("No category"), ticket.category_id is None, "minus")]
    options += [
        Option(c.pk, c.name, c.pk == ticket.category_id, hue=c.hue)
        for c in choices.categories
        if c.is_active or c.pk == ticket.category_id
    ]
    if ticket.category is None:
        return Chip("category", "category", _("Category"), _("No category"), options, icon="layout-list")
    return Chip("category", "category", _("Category"), ticket.category.name, options, hue=ticket.category.hue)

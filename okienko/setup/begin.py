"""Setting an Okienko up for the first time: what the wizard and ``okienko init`` do."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from okienko.events.actor import system
from okienko.lib.refusal import Conflict
from okienko.people import directory
from okienko.people.models import Agent, Role, Team
from okienko.tickets.lifecycle import ship_vocabulary
from okienko.tickets.models import Category
from okienko.tickets.tagging import save_category
from okienko.workspace import preferences

BEGINNING = system("setup")


def begin(
    *, company: str, email: str, password: str, language: str, time_zone: str, name: str = "", team: str = ""
) -> Agent:
    """Makes roles, statuses and priorities, the company, a first team and its first agent, who administers.

    ``time_zone`` is an IANA name, ``team`` the team's name, by default the language's word for customer service.
    Raises Conflict when there is an administrator already, Invalid for an address or password that can't be used.
    """
    with transaction.atomic():
        agent = first_account(email=email, password=password, name=name, language=language)
        name_company(company, language=language, time_zone=time_zone)
        first_team(team, agent=agent)
        return directory.change_agent(agent, by=BEGINNING, time_zone=time_zone)


def first_account(*, email: str, password: str, name: str, language: str) -> Agent:
    """The first agent, who administers, with the shipped roles, statuses and priorities.

    Raises Conflict when there is an administrator already, Invalid for an address or password that can't be used.
    """
    with transaction.atomic():
        directory.ship_roles()
        # The roles are locked, so that of two who begin at once one comes second.
        role = Role.objects.select_for_update().get(code="administrator")
        if directory.has_administrator():
            raise Conflict("set_up_already")
        ship_vocabulary()
        preferences.change("language", to=language, by=BEGINNING)
        return directory.add_agent(
            email=email, name=name, role=role, by=BEGINNING, password=password, language=language
        )


def name_company(company: str, *, language: str, time_zone: str) -> None:
    """The company's name, language and time zone (an IANA name), and some categories in that language."""
    with transaction.atomic():
        for preference, value in (
            ("company", company.strip()),
            ("language", language),
            ("time_zone", time_zone),
        ):
            preferences.change(preference, to=value, by=BEGINNING)
        if not Category.objects.exists():
            with override(language):
                for hue, category in enumerate(_first_categories()):
                    save_category(None, by=BEGINNING, name=category, hue=hue)


def first_team(name: str, *, agent: Agent) -> Team:
    """The first team, by default called customer service in the company's language, with the agent in it.

    Asked again, it renames that team. Raises Conflict when another team has the name.
    """
    with transaction.atomic(), override(preferences.get("language")):
        name = name.strip() or _("Customer service")
        known = Team.objects.order_by("pk").first()
        if known is None:
            team = directory.add_team(name, by=BEGINNING)
        else:
            agents = list(known.agents.all())
            team = directory.change_team(known, by=BEGINNING, name=name, is_active=True, agents=agents)
        team.agents.add(agent)
    return team


def _first_categories() -> tuple[str, ...]:
    return (
        _("Orders"),
        _("Delivery"),
        _("Returns"),
        _("Complaints"),
        _("Invoices and payments"),
        _("Products and advice"),
        _("Other"),
    )

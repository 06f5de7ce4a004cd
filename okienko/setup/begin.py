"""Setting an Okienko up for the first time: what the wizard and ``okienko init`` do."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from okienko.events.actor import system
from okienko.lib.refusal import Conflict
from okienko.people import directory
from okienko.people.models import Agent, Role
from okienko.tickets.lifecycle import ship_vocabulary
from okienko.workspace import preferences

BEGINNING = system("setup")


def begin(
    *, company: str, email: str, password: str, language: str, time_zone: str, name: str = "", team: str = ""
) -> Agent:
    """Makes roles, statuses and priorities, the company, a first team and its first agent, who administers.

    ``time_zone`` is an IANA name, ``team`` the team's name, by default the language's word for customer service.
    Raises Conflict when there is an administrator already, Invalid for an address or password that can't be used.
    """
    if directory.has_administrator():
        raise Conflict("set_up_already")
    with transaction.atomic(), override(language):
        directory.ship_roles()
        ship_vocabulary()
        for preference, value in (
            ("company", company.strip()),
            ("language", language),
            ("time_zone", time_zone),
        ):
            preferences.change(preference, to=value, by=BEGINNING)
        first = directory.add_team(team or _("Customer service"), by=BEGINNING)
        return directory.add_agent(
            email=email,
            name=name,
            role=Role.objects.get(code="administrator"),
            by=BEGINNING,
            password=password,
            teams=[first],
            language=language,
            time_zone=time_zone,
        )

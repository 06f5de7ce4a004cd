"""The made-up company: Bez – kwiaty i ogród, its teams, agents and mailboxes."""

from __future__ import annotations

from django.db import transaction

from okienko.events.actor import system
from okienko.mailroom.channels import add_mailbox, change_channel
from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Agent, Role, Team
from okienko.tickets.models import Category
from okienko.tickets.tagging import save_category
from okienko.workspace import preferences

DEMO = system("demo")
NAME = "Bez – kwiaty i ogród"
SERVICE, RETURNS, WHOLESALE = "Obsługa klienta", "Zwroty i reklamacje", "Hurt"
ADMINISTRATOR = "Hania Zięba"
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "Ola Wiśniewska": ("agent", (SERVICE,)),
    "Marek Kos": ("supervisor", (SERVICE, RETURNS, WHOLESALE)),
    "Iga Nowicka": ("agent", (SERVICE, RETURNS)),
    "Tomasz Bielak": ("agent", (WHOLESALE,)),
    "Kasia Wrona": ("agent", (SERVICE, RETURNS)),
    "Piotr Malec": ("agent", (SERVICE, RETURNS, WHOLESALE)),
    "Zofia Adamska": ("agent", (RETURNS,)),
    "Hania Zięba": ("administrator", (SERVICE, RETURNS, WHOLESALE)),
}
MAILBOXES = {
    "kontakt": ("kontakt@bez.example", SERVICE, "<p>Bez – kwiaty i ogród<br>ul. Lipowa 4, Łódź</p>"),
    "zwroty": ("zwroty@bez.example", RETURNS, "<p>Bez – zwroty i reklamacje<br>ul. Lipowa 4, Łódź</p>"),
}
CATEGORIES = (
    "Zamówienia",
    "Dostawa",
    "Zwroty",
    "Reklamacje",
    "Faktury i płatności",
    "Produkty i porady",
    "Konto i sklep internetowy",
    "Hurt i oferty",
    "Współpraca i inne",
)


def email_of(name: str) -> str:
    """Where this agent signs in: ola@bez.example."""
    return f"{name.split()[0].lower()}@bez.example"


def found(password: str) -> None:
    """Makes what is missing of the company; whoever administers already stays.

    All its agents sign in with ``password``. A team that the wizard made becomes the company's first.
    """
    with transaction.atomic():
        for name, value in (("company", NAME), ("is_demo", True)):
            preferences.change(name, to=value, by=DEMO)
        first = Team.objects.order_by("pk").first()
        if first and not Team.objects.filter(name=SERVICE).exists():
            agents = list(first.agents.all())
            directory.change_team(first, by=DEMO, name=SERVICE, is_active=True, agents=agents)
        teams = {name: directory.add_team(name, by=DEMO) for name in (SERVICE, RETURNS, WHOLESALE)}
        known = {agent.user.email: agent for agent in Agent.objects.select_related("user")}
        for name, (role, theirs) in PEOPLE.items():
            if there := known.get(email_of(name)):
                own = {*there.teams.all(), *(teams[team] for team in theirs)}
                directory.change_agent(there, by=DEMO, teams=own)
            else:
                directory.add_agent(
                    email=email_of(name),
                    name=name,
                    role=Role.objects.get(code=role),
                    by=DEMO,
                    password=password,
                    teams=[teams[team] for team in theirs],
                    language="pl",
                )
        for address, team, signature in MAILBOXES.values():
            if not Channel.objects.filter(address=address).exists():
                channel = add_mailbox(address, by=DEMO, name=NAME, team=teams[team])
                change_channel(channel, by=DEMO, signature_html=signature)
        for hue, category in enumerate(CATEGORIES):
            if not Category.objects.filter(name=category).exists():
                save_category(None, by=DEMO, name=category, hue=hue)
        for unused in Category.objects.exclude(name__in=CATEGORIES):
            save_category(unused, by=DEMO, name=unused.name, hue=unused.hue, is_active=False)


def sign_ins() -> list[Agent]:
    """The made-up agents, with user and role."""
    return list(Agent.objects.select_related("user", "role").filter(user__email__in=map(email_of, PEOPLE)))

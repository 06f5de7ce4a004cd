"""The cast: Ola and Marek of Support (Marek is its lead), Iga of Sales, Celina the customer, Drugi the stranger."""

from __future__ import annotations

import pytest

from okienko.lib import secrets
from okienko.mailroom.models import Channel
from okienko.people import directory
from okienko.people.models import Agent, Role, Team
from okienko.tickets.lifecycle import ship_vocabulary
from okienko.workspace import preferences
from tests.builders import SETUP, a_mailbox


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """On SQLite the tests' database is a file, as in life: threads wait for each other's transactions."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "tests.sqlite3")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, settings: object) -> None:
    from okienko.config.env import DataDirectory

    data = DataDirectory(tmp_path_factory.mktemp("data"))
    data.prepare()
    settings.DATA = data  # type: ignore[attr-defined]
    secrets.use(data.keys)


@pytest.fixture
def house(db: None) -> None:
    """An Okienko that has been set up: roles, statuses, priorities, a company."""
    directory.ship_roles()
    ship_vocabulary()
    preferences.change("company", to="Bez – kwiaty i ogród", by=SETUP)


@pytest.fixture
def support(house: None) -> Team:
    return directory.add_team("Support", by=SETUP)


@pytest.fixture
def sales(house: None) -> Team:
    return directory.add_team("Sales", by=SETUP)


def _agent(name: str, role: str, *teams: Team) -> Agent:
    return directory.add_agent(
        email=f"{name.split()[0].lower()}@bez.example",
        name=name,
        role=Role.objects.get(code=role),
        by=SETUP,
        password="rower-na-balkonie",
        teams=teams,
    )


@pytest.fixture
def ola(support: Team) -> Agent:
    return _agent("Ola Wiśniewska", "agent", support)


@pytest.fixture
def marek(support: Team) -> Agent:
    return _agent("Marek Kos", "supervisor", support)


@pytest.fixture
def iga(sales: Team) -> Agent:
    """Sees the tickets of Sales only."""
    return _agent("Iga Nowicka", "restricted", sales)


@pytest.fixture
def hania(support: Team) -> Agent:
    return _agent("Hania Zięba", "administrator")


@pytest.fixture
def pomoc(support: Team) -> Channel:
    return a_mailbox(team=support)

"""The first run: from the printed address to an open desk."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from okienko.demo import load
from okienko.events.actor import system
from okienko.mailroom.models import Channel
from okienko.people.directory import has_administrator
from okienko.people.models import Agent, Team
from okienko.tickets.models import Category
from okienko.work.models import Job
from okienko.workspace import preferences

pytestmark = pytest.mark.django_db
TOKEN = "okno-przy-ladzie"
HANIA = {"name": "Hania Zięba", "email": "hania@bez.example", "password": "rower-na-balkonie"}
COMPANY = {"company": "Bez – kwiaty i ogród", "language": "pl", "time_zone": "Europe/Warsaw"}


@pytest.fixture
def token() -> None:
    (settings.DATA.run / "first-run-token").write_text(TOKEN, encoding="ascii")


@pytest.fixture
def first(client: Client, token: None) -> Client:
    """Whoever opened the printed address."""
    assert client.get("/setup/first", {"token": TOKEN}, headers={"Accept-Language": "pl"}).status_code == 302
    return client


def test_the_whole_way(first: Client) -> None:
    page = first.get("/setup/first/account?lang=pl")
    assert page.status_code == 200
    assert first.cookies["okienko_language"].value == "pl"
    assert first.post("/setup/first/account", HANIA).url == "/setup/first/company"  # type: ignore[attr-defined]
    assert not (settings.DATA.run / "first-run-token").exists()
    assert first.post("/setup/first/company", COMPANY).url == "/setup/first/team"  # type: ignore[attr-defined]
    assert first.post("/setup/first/team", {"name": "Obsługa"}).url == "/setup/first/mailbox"  # type: ignore[attr-defined]
    box = {"address": "kontakt@bez.example", "password": "tajne-haslo-skrzynki"}
    assert first.post("/setup/first/mailbox", box).status_code == 302

    hania = Agent.objects.get()
    assert (hania.role.code, hania.language, hania.time_zone) == ("administrator", "pl", "Europe/Warsaw")
    assert [t.name for t in hania.teams.all()] == ["Obsługa"]
    assert preferences.get("company") == "Bez – kwiaty i ogród"
    assert Category.objects.count() > 3
    channel = Channel.objects.get()
    assert channel.config["imap"]["host"] == "imap.bez.example"
    assert channel.secret("imap") == channel.secret("smtp") == "tajne-haslo-skrzynki"
    assert Job.objects.get().arguments == {"channel": channel.pk}
    page = first.get("/setup/first/mailbox")
    assert "tajne-haslo-skrzynki" not in page.content.decode()
    assert first.get("/setup/first/finish").status_code == 200
    assert first.get("/").status_code == 302


def test_before_there_is_a_company_the_browser_says_the_language(client: Client, token: None) -> None:
    polish = {"Accept-Language": "pl-PL,pl;q=0.9"}
    assert client.get("/setup/first", headers=polish)["Content-Language"] == "pl"
    assert client.get("/sign-in", headers=polish)["Content-Language"] == "pl"
    preferences.change("company", to="Bez", by=system("tests"))
    preferences.change("language", to="en", by=system("tests"))
    assert client.get("/sign-in", headers=polish)["Content-Language"] == "en"


def test_without_the_token_there_is_no_way_in(client: Client, token: None) -> None:
    for asked in ({}, {"token": "zgadnij"}, {"token": "ż"}):
        assert client.get("/setup/first", asked).status_code == 403
    assert client.get("/setup/first/account").url == "/setup/first"  # type: ignore[attr-defined]
    client.post("/setup/first/account", HANIA)
    assert not has_administrator()


def test_the_token_is_worth_nothing_once_there_is_an_administrator(first: Client, hania: Agent) -> None:
    other = {**HANIA, "email": "obcy@bez.example"}
    first.post("/setup/first/account", other)
    assert Agent.objects.count() == 1
    assert first.get("/setup/first", {"token": TOKEN}).url == "/sign-in"  # type: ignore[attr-defined]


def test_one_may_close_the_window_and_come_back(first: Client) -> None:
    first.post("/setup/first/account", HANIA)
    assert first.get("/setup/first").url == "/setup/first/company"  # type: ignore[attr-defined]
    first.post("/setup/first/company", COMPANY)
    assert first.get("/setup/first").url == "/setup/first/team"  # type: ignore[attr-defined]


def test_going_back_corrects_what_was_said(first: Client) -> None:
    first.post("/setup/first/account", HANIA)
    first.post("/setup/first/account", {"name": "Hanna Zięba", "password": ""})
    assert Agent.objects.get().name == "Hanna Zięba"
    first.post("/setup/first/account", {"name": "Hanna Zięba", "password": "inny-rower-na-balkonie"})
    assert Agent.objects.get().user.check_password("inny-rower-na-balkonie")
    first.post("/setup/first/company", COMPANY)
    first.post("/setup/first/team", {"name": "Obsługa"})
    first.post("/setup/first/team", {"name": "Obsługa klienta"})
    assert [t.name for t in Team.objects.all()] == ["Obsługa klienta"]
    assert first.get("/setup/first/account").status_code == 200


@pytest.mark.parametrize("wrong", [{"password": "krótkie"}, {"email": "nie-adres"}, {"name": ""}])
def test_what_cannot_be_used_is_said_at_its_field(first: Client, wrong: dict[str, str]) -> None:
    answer = first.post("/setup/first/account", {**HANIA, **wrong})
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
    assert not has_administrator()


def test_the_known_providers_servers_are_known(first: Client) -> None:
    first.post("/setup/first/account", HANIA)
    first.post("/setup/first/company", COMPANY)
    first.post("/setup/first/team", {"name": "Obsługa"})
    first.post("/setup/first/mailbox", {"address": "kwiaty@gmail.com", "password": "x-x-x"})
    config = Channel.objects.get().config
    assert (config["imap"]["host"], config["smtp"]["host"]) == ("imap.gmail.com", "smtp.gmail.com")
    first.post(
        "/setup/first/mailbox",
        {
            "imap_host": "mail.bez.example",
            "imap_port": "143",
            "imap_security": "starttls",
            "smtp_host": "mail.bez.example",
            "smtp_password": "osobne",
            "imap_user": "kwiaty",
        },
    )
    channel = Channel.objects.get()
    assert channel.config["imap"] == {
        "host": "mail.bez.example",
        "port": 143,
        "security": "starttls",
        "user": "kwiaty",
    }
    assert (channel.secret("imap"), channel.secret("smtp")) == ("x-x-x", "osobne")


def test_a_demo_company_instead(first: Client) -> None:
    first.post("/setup/first/account", HANIA)
    first.post("/setup/first/company", COMPANY)
    assert first.post("/setup/first/finish").status_code == 302
    job = Job.objects.get()
    assert "every 1s" in first.get("/setup/first/demo").content.decode()
    load.fill(password=load.password_of(job), now=job.created_at, progress=lambda done, total: None, most=3)
    Job.objects.update(ended_at=job.created_at, result={"tickets": 3}, done=3, total=3)
    page = first.get("/setup/first/finish").content.decode()
    assert load.password_of(job) in page
    assert "ola@bez.example" in page
    assert first.post("/setup/first/finish").status_code == 409

"""One's own settings, signing in and out."""

from __future__ import annotations

import pytest
from django.test import Client

from okienko.people.models import Agent

PASSWORD = "rower-na-balkonie"
NEW = "kajak-w-przedpokoju"


@pytest.fixture
def desk(ola: Agent, client: Client) -> Client:
    client.force_login(ola.user)
    return client


def test_language_and_time_zone_are_ones_own(desk: Client, ola: Agent) -> None:
    said = {"form": "mine", "language": "pl", "time_zone": "Europe/Lisbon"}
    assert desk.post("/me", said)["Location"] == "/me"
    ola.refresh_from_db()
    assert (ola.language, ola.time_zone) == ("pl", "Europe/Lisbon")
    assert '<html lang="pl"' in desk.get("/me").content.decode()


@pytest.mark.parametrize("wrong", [{"language": "de"}, {"time_zone": "Mars/Olympus"}])
def test_what_we_do_not_speak_is_refused(desk: Client, wrong: dict[str, str]) -> None:
    assert desk.post("/me", {"form": "mine", **wrong}).status_code == 422


def test_a_new_password_keeps_one_signed_in(desk: Client, ola: Agent) -> None:
    answer = desk.post("/me", {"form": "password", "old": PASSWORD, "new": NEW}, follow=True)
    assert "Your password is changed." in answer.content.decode()
    assert desk.get("/me").status_code == 200
    ola.user.refresh_from_db()
    assert ola.user.check_password(NEW)


@pytest.mark.parametrize(("old", "new"), [("wrong", NEW), (PASSWORD, "12345678"), (PASSWORD, "")])
def test_a_wrong_or_weak_password_is_refused(desk: Client, ola: Agent, old: str, new: str) -> None:
    answer = desk.post("/me", {"form": "password", "old": old, "new": new})
    assert answer.status_code == 422
    assert NEW not in answer.content.decode()
    ola.user.refresh_from_db()
    assert ola.user.check_password(PASSWORD)


def test_signing_in_leads_to_where_one_wanted_to_go(ola: Agent, client: Client) -> None:
    asked = client.get("/customers")["Location"]
    assert client.get(asked).status_code == 200
    answer = client.post(asked, {"login": "ola@bez.example", "password": PASSWORD})
    assert answer["Location"] == "/customers"


def test_signing_in_never_leads_elsewhere(ola: Agent, client: Client) -> None:
    said = {"login": "ola@bez.example", "password": PASSWORD, "next": "https://zly.example/"}
    assert client.post("/sign-in", said)["Location"] == "/"


def test_a_wrong_password_is_told_without_saying_who_exists(ola: Agent, client: Client) -> None:
    pages = [
        client.post("/sign-in", {"login": login, "password": "wrong"}).content.decode()
        for login in ("ola@bez.example", "nikt@bez.example")
    ]
    said = [
        page[page.index('role="alert"') : page.index("</b>", page.index('role="alert"'))] for page in pages
    ]
    assert said[0] == said[1]


def test_trying_too_often_is_answered_kindly(ola: Agent, client: Client) -> None:
    for _ in range(7):
        answer = client.post("/sign-in", {"login": "ola@bez.example", "password": "wrong"})
    assert "Too many tries" in answer.content.decode()
    right = client.post("/sign-in", {"login": "ola@bez.example", "password": PASSWORD})
    assert right.status_code == 200


def test_signing_out_asks_and_does(desk: Client) -> None:
    assert desk.get("/sign-out").status_code == 200
    assert desk.get("/me").status_code == 200
    assert desk.post("/sign-out")["Location"] == "/sign-in"
    assert desk.get("/me").status_code == 302


@pytest.mark.parametrize("address", ["/accounts/signup/", "/sign-up", "/signup"])
def test_nobody_registers_themselves(house: None, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404

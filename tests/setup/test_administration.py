"""Every page of administration, for everybody; and what they do."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from okienko.inbound.models import Received
from okienko.inbound.receive import Arrival, receive
from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Role, Team
from okienko.tickets.models import Category, Priority, Status
from okienko.workspace import preferences
from tests.builders import a_mail, a_ticket, arrives

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "mailboxes",
    "mailboxes/new",
    "mailboxes/{box}",
    "mailboxes/{box}/test",
    "mailboxes/{box}/signature",
    "mailboxes/{box}/folders",
    "outbox",
    "agents",
    "agents/new",
    "agents/{agent}",
    "teams",
    "teams/new",
    "teams/{team}",
    "roles",
    "statuses",
    "statuses/new",
    "statuses/{status}",
    "categories",
    "categories/new",
    "priorities",
    "priorities/new",
    "priorities/{priority}",
    "company",
    "system",
    "first/account",
    "first/company",
    "first/team",
    "first/mailbox",
    "first/mailbox/test",
    "first/finish",
    "first/demo",
]
LEDGER = [
    "ledger",
    "ledger?mailbox={box}",
    "ledger?state=filed",
    "ledger?day=2026-11-18",
    "ledger/{row}/source",
]


@pytest.fixture
def admin(client: Client, hania: Agent) -> Client:
    client.force_login(hania.user)
    return client


def at(page: str, **keys: object) -> str:
    return f"/setup/{page.format(**keys)}"


@pytest.fixture
def keys(pomoc: Channel, support: Team, ola: Agent) -> dict[str, object]:
    a_ticket(pomoc)
    return {
        "box": pomoc.pk,
        "agent": ola.pk,
        "team": support.pk,
        "status": Status.objects.first().pk,  # type: ignore[union-attr]
        "priority": Priority.objects.first().pk,  # type: ignore[union-attr]
        "row": Received.objects.get().pk,
    }


@pytest.mark.parametrize("language", ["pl", "en"])
def test_an_administrator_sees_every_page(
    admin: Client, keys: dict[str, object], language: str, hania: Agent
) -> None:
    Agent.objects.filter(pk=hania.pk).update(language=language)
    for page in PAGES + LEDGER:
        answer = admin.get(at(page, **keys))
        assert answer.status_code == 200, page


def test_a_supervisor_sees_the_ledger_and_nothing_else(
    client: Client, keys: dict[str, object], marek: Agent
) -> None:
    client.force_login(marek.user)
    for page in LEDGER:
        assert client.get(at(page, **keys)).status_code == 200, page
    for page in PAGES:
        if page != "first/account":
            assert client.get(at(page, **keys)).status_code == 403, page


def test_an_agent_sees_none_of_it(client: Client, keys: dict[str, object], ola: Agent) -> None:
    client.force_login(ola.user)
    for page in PAGES + LEDGER:
        if page != "first/account":
            assert client.get(at(page, **keys)).status_code == 403, page
    assert client.get("/setup/first/account").status_code == 302


def test_a_stranger_is_asked_to_sign_in(client: Client, keys: dict[str, object], hania: Agent) -> None:
    for page in PAGES + LEDGER:
        assert client.get(at(page, **keys)).url.startswith(("/sign-in", "/setup/first")), page  # type: ignore[attr-defined]


def test_a_part_of_a_page_that_is_read_again_leads_to_signing_in(client: Client, pomoc: Channel) -> None:
    answer = client.get(f"/setup/mailboxes/{pomoc.pk}/test", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_an_agent_with_a_made_up_password_that_is_shown_once(admin: Client, support: Team) -> None:
    form = {"name": "Kasia Wrona", "email": "kasia@bez.example", "teams": [support.pk]}
    form["role"] = Role.objects.get(code="agent").pk
    answer = admin.post("/setup/agents/new", form)
    kasia = Agent.objects.get(user__email="kasia@bez.example")
    shown = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", answer.content.decode())
    assert shown is not None
    assert kasia.user.check_password(shown[0])
    assert answer["Cache-Control"] == "no-store"
    assert shown[0] not in admin.get(f"/setup/agents/{kasia.pk}").content.decode()
    again = admin.post("/setup/agents/new", form)
    assert again.status_code == 422
    assert "kasia@bez.example already" in again.content.decode()


def test_a_typed_password_is_never_shown(admin: Client, ola: Agent) -> None:
    answer = admin.post(f"/setup/agents/{ola.pk}/password", {"password": "nowy-rower-oli"})
    assert "nowy-rower-oli" not in answer.content.decode()
    ola.user.refresh_from_db()
    assert ola.user.check_password("nowy-rower-oli")
    refused = admin.post(f"/setup/agents/{ola.pk}/password", {"password": "krótkie"})
    assert refused.status_code == 422
    assert "krótkie" not in refused.content.decode()


def test_an_agent_changes_role_teams_and_leaves(admin: Client, ola: Agent, sales: Team) -> None:
    form = {"name": "Ola W.", "role": Role.objects.get(code="supervisor").pk, "teams": [sales.pk]}
    admin.post(f"/setup/agents/{ola.pk}", form)
    ola = Agent.objects.get(pk=ola.pk)
    assert (ola.name, ola.role.code, list(ola.teams.all())) == ("Ola W.", "supervisor", [sales])
    assert not ola.is_active
    assert not ola.user.is_active


def test_the_last_administrator_stays(admin: Client, hania: Agent) -> None:
    role = hania.role_id
    for form in (
        {"name": "Hania", "role": role},
        {"name": "Hania", "role": Role.objects.get(code="agent").pk, "is_active": "on"},
    ):
        answer = admin.post(f"/setup/agents/{hania.pk}", form)
        assert answer.status_code == 422
        assert "last administrator" in answer.content.decode()
    hania = Agent.objects.get(pk=hania.pk)
    assert (hania.is_active, hania.role_id, hania.user.is_active) == (True, role, True)


def test_teams(admin: Client, ola: Agent, support: Team) -> None:
    admin.post("/setup/teams/new", {"name": "Hurt", "agents": [ola.pk], "is_active": "on"})
    assert list(Team.objects.get(name="Hurt").agents.all()) == [ola]
    answer = admin.post(f"/setup/teams/{support.pk}", {"name": "Hurt", "is_active": "on"})
    assert answer.status_code == 422


def test_roles_keep_their_shipped_names_and_the_administrators_may_all(admin: Client) -> None:
    supervisor = Role.objects.get(code="supervisor")
    administrator = Role.objects.get(code="administrator")
    before = list(administrator.capabilities)
    admin.post("/setup/roles/new", {"name": "Stażysta"})
    admin.post(
        "/setup/roles",
        {
            f"role-{supervisor.pk}": ["ledger", "tickets.all", "no.such"],
            f"name-{supervisor.pk}": "Supervisor",
            f"role-{administrator.pk}": [],
        },
    )
    supervisor.refresh_from_db()
    administrator.refresh_from_db()
    assert (supervisor.name, supervisor.capabilities) == ("", ["tickets.all", "ledger"])
    assert administrator.capabilities == before
    assert Role.objects.get(name="Stażysta").capabilities == []


def test_statuses_categories_priorities(admin: Client, house: None) -> None:
    admin.post("/setup/categories/new", {"name": "Zwroty", "hue": "4", "is_active": "on"})
    assert Category.objects.get().hue == 4
    assert admin.post("/setup/categories/new", {"name": "Zwroty", "hue": "1"}).status_code == 422
    status = {"name": "Eskalacja", "state": "open", "position": "15", "is_active": "on"}
    admin.post("/setup/statuses/new", status)
    assert Status.objects.get(name="Eskalacja").state == "open"
    solved = Status.objects.get(code="solved")
    refused = admin.post(
        f"/setup/statuses/{solved.pk}", {"name": "Solved", "state": "solved", "position": "40"}
    )
    assert "at least one active status" in refused.content.decode()
    assert Status.objects.get(code="solved").is_active
    admin.post(f"/setup/statuses/{solved.pk}", {**status, "name": "Solved", "state": "solved"})
    assert Status.objects.get(code="solved").name == ""
    admin.post("/setup/priorities/new", {"name": "Pożar", "rank": "50", "is_active": "on"})
    assert Priority.objects.get(name="Pożar").rank == 50
    assert admin.post("/setup/priorities/new", {"name": "Inny", "rank": "50"}).status_code == 422


def test_the_company(admin: Client) -> None:
    form = {"company": "Bez", "language": "pl", "time_zone": "Europe/Berlin", "undo_seconds": "20"}
    assert admin.post("/setup/company", form).status_code == 302
    assert (preferences.get("undo_seconds"), preferences.get("time_zone")) == (20, "Europe/Berlin")
    assert admin.post("/setup/company", {**form, "undo_seconds": "999"}).status_code == 422


def test_the_ledger_adds_up_and_decisions_stand_first(client: Client, marek: Agent, pomoc: Channel) -> None:
    client.force_login(marek.user)
    a_ticket(pomoc)
    mail = a_mail(message_id="ten-sam@poczta.example")
    arrives(mail, pomoc)
    arrives(mail, pomoc)
    parked = arrives(a_mail("x"), pomoc)
    Received.objects.filter(pk=parked.pk).update(
        state="parked",
        filed_as=None,
        verdict={"code": "loop", "params": {"count": 11, "minutes": 10}},
    )
    receive(pomoc, [Arrival(a_mail("y"), "czeka", {})])
    page = client.get(f"/setup/ledger?mailbox={pomoc.pk}")
    shown = {term["state"]: term["count"] for term in page.context["equation"]["terms"]}
    assert shown == {"filed": 2, "duplicate": 1, "rejected": 0, "parked": 1, "waiting": 1, "failed": 0}
    assert page.context["equation"]["total"] == 5
    html = page.content.decode()
    assert html.index("To decide") < html.index("All, newest first")
    assert "11 automatic messages" in html
    client.post(f"/setup/ledger/{parked.pk}/runs", {"back": f"/setup/ledger?mailbox={pomoc.pk}"})
    assert Received.objects.get(pk=parked.pk).state == "waiting"
    filed = Received.objects.filter(state="filed").first()
    assert client.post(f"/setup/ledger/{filed.pk}/runs").status_code == 409  # type: ignore[union-attr]


def test_only_what_waits_for_a_decision_can_be_run_again(
    client: Client, marek: Agent, pomoc: Channel
) -> None:
    client.force_login(marek.user)
    row = arrives(a_mail("x"), pomoc)
    for state, may_run in (("rejected", False), ("duplicate", False), ("parked", True), ("failed", True)):
        Received.objects.filter(pk=row.pk).update(state=state)
        page = client.get(f"/setup/ledger?mailbox={pomoc.pk}").content.decode()
        assert (f"/setup/ledger/{row.pk}/runs" in page) == may_run


def test_too_many_messages_are_drawn_in_proportion() -> None:
    from okienko.setup.ledger import MOST_WINDOWS, ORDER, _equation

    drawn = _equation(dict.fromkeys(ORDER, 0) | {"filed": 5000, "failed": 1})
    assert len(drawn["terms"][0]["windows"]) <= MOST_WINDOWS
    assert drawn["each"] == 13
    assert len(drawn["terms"][-1]["windows"]) == 1


def test_the_journal_hides_what_its_reader_may_not_see(
    client: Client, iga: Agent, pomoc: Channel, support: Team
) -> None:
    role = Role.objects.create(name="Księga", capabilities=["ledger"])
    Agent.objects.filter(pk=iga.pk).update(role=role)
    client.force_login(iga.user)
    a_ticket(pomoc)
    row = Received.objects.get()
    html = client.get("/setup/ledger").content.decode()
    assert "celina@" not in html
    assert "Gdzie jest paczka" not in html
    assert client.get(f"/setup/ledger/{row.pk}/source").status_code == 404


def test_a_source_is_only_text(client: Client, marek: Agent, pomoc: Channel) -> None:
    client.force_login(marek.user)
    row = arrives(a_mail("x", html="<script>alert(1)</script>"), pomoc)
    answer = client.get(f"/setup/ledger/{row.pk}/source")
    assert answer["Content-Type"].startswith("text/plain")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_way_back_stays_in_the_house(client: Client, marek: Agent, pomoc: Channel) -> None:
    client.force_login(marek.user)
    row = arrives(a_mail("x"), pomoc)
    Received.objects.filter(pk=row.pk).update(state="failed")
    answer = client.post(f"/setup/ledger/{row.pk}/runs", {"back": "https://zly.example/"})
    assert answer.url == "/setup/ledger"  # type: ignore[attr-defined]

"""The pages of mailboxes."""

from __future__ import annotations

import pytest
from django.test import Client

from okienko.channels.email import check
from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.outbound.queue import queue
from okienko.people.models import Agent, Team
from okienko.work.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, hania: Agent) -> Client:
    client.force_login(hania.user)
    return client


FORM = {
    "address": "zwroty@bez.example",
    "password": "tajne-haslo",
    "name": "Bez",
    "language": "pl",
    "after": "keep",
    "copy": "none",
    "quote": "last",
}


def test_an_address_and_a_password_are_enough(admin: Client, support: Team) -> None:
    assert "No mailbox yet" in admin.get("/setup/mailboxes").content.decode()
    assert admin.get("/setup/mailboxes/new").status_code == 200
    answer = admin.post("/setup/mailboxes/new", {**FORM, "team": support.pk})
    channel = Channel.objects.get()
    assert answer.url == f"/setup/mailboxes/{channel.pk}"  # type: ignore[attr-defined]
    assert (channel.team, channel.config["smtp"]["host"]) == (support, "smtp.bez.example")
    assert Job.objects.get().handler == check.HANDLER
    for page in ("/setup/mailboxes", answer.url, f"{answer.url}/signature", f"{answer.url}/test"):  # type: ignore[attr-defined]
        shown = admin.get(page)
        assert shown.status_code == 200
        assert "tajne-haslo" not in shown.content.decode()


def test_a_second_one_with_the_same_address_is_refused_at_its_field(admin: Client, pomoc: Channel) -> None:
    answer = admin.post("/setup/mailboxes/new", {**FORM, "address": "pomoc@bez.example"})
    assert answer.status_code == 422
    assert "There is a mailbox pomoc@bez.example already." in answer.content.decode()


def test_changing_keeps_the_password_that_was_not_entered(admin: Client, support: Team) -> None:
    admin.post("/setup/mailboxes/new", {**FORM, "smtp_host": "smtp.x.example", "smtp_password": "do-wysylki"})
    channel = Channel.objects.get()
    admin.post(
        f"/setup/mailboxes/{channel.pk}",
        {**FORM, "imap_host": "imap.x.example", "after": "move", "move_to": "Przyjęte", "password": "nowe"},
    )
    channel.refresh_from_db()
    assert (channel.secret("imap"), channel.secret("smtp")) == ("nowe", "do-wysylki")
    assert (channel.config["after"], channel.config["move_to"]) == ("move", "Przyjęte")
    answer = admin.post(f"/setup/mailboxes/{channel.pk}", {**FORM, "password": "", "after": "move"})
    assert answer.status_code == 422


def test_pausing_and_going_on(admin: Client, pomoc: Channel) -> None:
    admin.post(f"/setup/mailboxes/{pomoc.pk}/activity")
    assert not Channel.objects.get().is_active
    assert "Paused" in admin.get(f"/setup/mailboxes/{pomoc.pk}").content.decode()
    held = queue(via=pomoc, to=["x@y.example"], payload={}, key="k", about="note:1", message_id="m")
    Delivery.objects.update(state="held", due_at=None)
    admin.post(f"/setup/mailboxes/{pomoc.pk}/activity", {"is_active": "1"})
    assert Channel.objects.get().is_active
    assert Delivery.objects.get(pk=held.pk).state == "queued"


def test_trouble_is_told_in_a_plain_sentence(admin: Client, pomoc: Channel) -> None:
    channels.went_wrong(pomoc.pk, "in", "sign_in", server="imap.bez.example:993", words="[AUTH] no")
    assert "did not accept the user name and password" in admin.get("/setup/mailboxes").content.decode()


def test_the_test_is_told_step_by_step(admin: Client, support: Team) -> None:
    admin.post("/setup/mailboxes/new", {**FORM, "password": "x"})
    channel = Channel.objects.get()
    shown = admin.get(f"/setup/mailboxes/{channel.pk}/test").content.decode()
    assert "every 1s" in shown
    rows = [
        {"name": "in", "state": "ok", "seconds": 0.4, "about": {"messages": 1204, "idle": True}},
        {
            "name": "out",
            "state": "failed",
            "seconds": 2.1,
            "problem": {"code": "sign_in", "params": {"server": "smtp.bez.example:465"}},
        },
        {"name": "back", "state": "skipped"},
        {"name": "plus", "state": "skipped"},
    ]
    Job.objects.update(result={"steps": rows}, ended_at=channel.created_at)
    shown = admin.get(f"/setup/mailboxes/{channel.pk}/test").content.decode()
    assert "every 1s" not in shown
    assert "Receiving works" in shown
    assert "1204 messages" in shown
    assert "Sending does not work yet" in shown


def test_a_signature_keeps_only_what_the_editor_can_write(admin: Client, pomoc: Channel) -> None:
    written = {"html": "<p>Ola, <b>Bez</b></p><script>alert(1)</script>"}
    admin.post(f"/setup/mailboxes/{pomoc.pk}/signature", written)
    assert Channel.objects.get().signature_html == "<p>Ola, <b>Bez</b></p>"
    assert "<b>Bez</b>" in admin.get(f"/setup/mailboxes/{pomoc.pk}/signature").content.decode()


def test_folders_that_cannot_be_asked_for_say_why(admin: Client, pomoc: Channel) -> None:
    config = {"imap": {"host": "127.0.0.1", "port": 9, "security": "none", "user": "x"}}
    channels.change_channel(pomoc, by=hania_actor(), config=config)
    assert "127.0.0.1:9" in admin.get(f"/setup/mailboxes/{pomoc.pk}/folders").content.decode()


def hania_actor():  # type: ignore[no-untyped-def]
    return Agent.objects.get().actor

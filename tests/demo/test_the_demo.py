"""The made-up company: believable, dated, and never mailing anybody."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from okienko.config.worker import drain
from okienko.demo import load
from okienko.demo.company import email_of
from okienko.demo.files import made
from okienko.demo.stories import lines, stories
from okienko.events.models import Event
from okienko.files import store
from okienko.inbound.ledger import sums
from okienko.lib.mail import parse
from okienko.lib.refusal import Conflict
from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Team
from okienko.setup.begin import begin
from okienko.tickets.conversation import newest_seen, reply
from okienko.tickets.models import Message, Ticket
from okienko.workspace import preferences
from tests.builders import SETUP
from tests.config.house import a_house

PASSWORD = "rower-na-balkonie"


@pytest.fixture
def founded(db: None) -> Agent:
    return begin(
        company="Moja firma",
        email="szefowa@bez.example",
        password=PASSWORD,
        language="pl",
        time_zone="Europe/Warsaw",
        name="Szefowa",
    )


def filled(most: int | None = None) -> dict[str, object]:
    return load.fill(password=PASSWORD, now=timezone.now(), progress=lambda done, total: None, most=most)


def test_the_stories_are_many_labelled_and_past() -> None:
    now = timezone.now()
    told = stories(now)
    assert len(told) >= 1500
    assert told == stories(now)
    assert len({story.id for story in told}) == len(told)
    assert {story.language for story in told} == {"pl", "en", "de"}
    assert all(story.category and story.priority for story in told)
    assert all(a.at < b.at for story in told for a, b in zip(story.pieces, story.pieces[1:], strict=False))
    assert max(story.pieces[-1].at for story in told) < now
    assert min(story.begins_at for story in told) > now - timedelta(days=75)
    days = Counter(story.begins_at.date() for story in told)
    assert len(days) > 50
    by_agents = [piece.at for story in told for piece in story.pieces[1:] if piece.kind == "agent"]
    assert sum(at.weekday() < 5 for at in by_agents) == len(by_agents)


def test_a_filled_desk_is_one_that_agents_could_have_left(founded: Agent) -> None:
    made = filled(most=60)
    assert made["tickets"] == 60
    assert Agent.objects.count() == 9
    assert {team.name for team in Team.objects.all()} == {"Obsługa klienta", "Zwroty i reklamacje", "Hurt"}
    assert Agent.objects.get(user__email=email_of("Hania Zięba")).user.check_password(PASSWORD)
    assert Agent.objects.get(name="Marek Kos").role.code == "supervisor"
    for ticket in Ticket.objects.select_related("status"):
        assert ticket.created_at == ticket.messages.order_by("pk")[0].at
        assert ticket.created_at <= ticket.updated_at < timezone.now()
        assert ticket.category is not None
        assert ticket.version == Event.objects.filter(ticket=ticket.pk).count()
        times = list(Event.objects.filter(ticket=ticket.pk).order_by("pk").values_list("at", flat=True))
        assert times == sorted(times)
        assert times[0] < timezone.now() - timedelta(minutes=5)
    numbers = list(Ticket.objects.order_by("number").values_list("created_at", flat=True))
    assert numbers == sorted(numbers)


def test_the_ledger_knows_every_message(founded: Agent) -> None:
    filled(most=30)
    accounts = sums()
    assert [account.mailbox for account in accounts] == ["kontakt@bez.example", "zwroty@bez.example"]
    assert all(account.balanced for account in accounts)
    received = Message.objects.filter(kind="received").select_related("raw")
    assert sum(account.filed for account in accounts) == received.count() >= 30
    row = received.exclude(attachments=None).first() or received[0]
    assert row.raw is not None
    mail = parse(store.read(row.raw))
    assert mail.message_id == row.message_id
    assert [a.filename for a in mail.attachments] == [a.filename for a in row.attachments.all()]


def test_nothing_leaves_neither_then_nor_later(founded: Agent, settings: object) -> None:
    settings.OUTBOUND = "send"  # type: ignore[attr-defined]
    filled(most=60)
    sent = Message.objects.filter(kind="sent").select_related("delivery")
    assert sent
    assert {message.delivery.state for message in sent if message.delivery} == {"logged"}
    ticket = Ticket.objects.first()
    assert ticket is not None
    preferences.change("undo_seconds", to=0, by=SETUP)
    content = load_content()
    new = reply(ticket, content=content, by=founded.actor, seen=newest_seen(ticket))
    drain()
    assert Message.objects.select_related("delivery").get(pk=new.pk).delivery.state == "logged"  # type: ignore[union-attr]


def load_content():  # type: ignore[no-untyped-def]
    from okienko.tickets.content import plain

    return plain("Już odpisuję.", to=[{"name": "", "address": "ktos@poczta.example"}])


def test_a_filling_that_was_cut_off_goes_on_where_it_was(founded: Agent) -> None:
    now = timezone.now()
    for begun, most in ((0, 10), (10, 20)):
        load.fill(password=PASSWORD, now=now, progress=lambda done, total: None, begun=begun, most=most)
    subjects = Counter(Ticket.objects.values_list("subject", "customer__identities__value"))
    assert Ticket.objects.count() == 20
    assert subjects.most_common(1)[0][1] == 1


def test_it_is_never_mixed_with_real_work(founded: Agent, pomoc: Channel) -> None:
    with pytest.raises(Conflict):
        load.begin_loading(by=founded.actor)


def test_the_job_tells_no_password_in_the_open(founded: Agent) -> None:
    job = load.begin_loading(by=founded.actor)
    assert load.password_of(job) not in str(job.arguments)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("faktura (1) żółta.pdf", b"%PDF-"),
        ("róża.jpg", b"\xff\xd8\xff\xe0"),
        ("etykieta.png", b"\x89PNG"),
        ("umowa.docx", b"PK"),
        ("cennik.xlsx", b"PK"),
        ("uwagi.txt", b"uwagi"),
    ],
)
def test_attachments_are_what_they_are_called(name: str, begins: bytes) -> None:
    data, content_type = made(name)
    assert data.startswith(begins)
    assert "/" in content_type
    assert made(name) == (data, content_type)


def test_every_file_in_the_stories_has_a_known_type() -> None:
    from okienko.demo.files import TYPES

    named = {
        a.rpartition(".")[2] for line in lines() for m in line["messages"] for a in m.get("attachments", [])
    }
    assert named <= set(TYPES)


@pytest.mark.skipif("OKIENKO_SLOW" not in os.environ, reason="fills everything; OKIENKO_SLOW=1 runs it")
def test_the_whole_company_is_there_within_two_minutes(founded: Agent) -> None:
    began = time.monotonic()
    filled()
    assert Ticket.objects.count() >= 1500
    assert time.monotonic() - began < 120


def test_the_command_refuses_a_directory_that_is_not_empty(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        (house.data / "notatki.txt").parent.mkdir(parents=True, exist_ok=True)
        (house.data / "notatki.txt").write_text("moje")
        done = house.okienko("demo")
        assert done.returncode == 1
        assert b"is not empty" in done.stderr
        assert not (house.data / "okienko.sqlite3").exists()


@pytest.mark.skipif("OKIENKO_SLOW" not in os.environ, reason="fills everything; OKIENKO_SLOW=1 runs it")
def test_the_command_prints_a_sign_in(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        said = house.okienko("demo").stdout.decode()
        assert "hania@bez.example with the password " in said

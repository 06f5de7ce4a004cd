"""Reactions: each subscriber by itself, one that fails is tried again alone and in the end parked."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import timezone

from okienko.events import checks, consume
from okienko.events.actor import Actor, system
from okienko.events.catalog import DeliverySent, NoteAdded, TicketBinned
from okienko.events.models import Change, Event, Reaction
from okienko.events.record import changed, record
from okienko.lib.refusal import NotAllowed

pytestmark = pytest.mark.django_db
BY = system("tests")


class Room(SimpleNamespace):
    """A subscriber that writes a diary, as long as it is well."""

    def __init__(self, name: str, diary: list[str]) -> None:
        super().__init__(__name__=name, REACTIONS={NoteAdded: self.react}, is_ill=False, diary=diary)

    def react(self, event: Event) -> None:
        Change.objects.create(topics=[self.__name__])
        if self.is_ill:
            raise RuntimeError(f"{self.__name__} is ill")
        self.diary.append(self.__name__)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Room]]:
    diary: list[str] = []
    made = [Room("first", diary), Room("second", diary)]
    monkeypatch.setattr(consume, "subscribers", lambda: tuple(made))
    consume._with_reactions.cache_clear()
    yield made
    consume._with_reactions.cache_clear()


def again() -> None:
    Reaction.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    consume.run()


def test_rooms_react_in_their_order_and_once(rooms: list[Room]) -> None:
    record(NoteAdded(1, 2), by=BY)
    assert consume.waiting() == 1
    assert (consume.run(), consume.run()) == (1, 0)
    assert rooms[0].diary == ["first", "second"]


def test_an_event_that_nobody_reacts_to_is_no_work(rooms: list[Room]) -> None:
    event = record(TicketBinned(1), by=BY)
    assert (event.due_at, consume.waiting()) == (None, 0)


def test_one_that_fails_undoes_only_its_own_and_is_tried_again_alone(rooms: list[Room]) -> None:
    rooms[0].is_ill = True
    record(NoteAdded(1, 2), by=BY)
    consume.run()
    assert rooms[0].diary == ["second"]
    assert list(Change.objects.values_list("topics", flat=True)) == [["second"]]
    row = Reaction.objects.get()
    assert "first is ill" in row.error
    assert row.due_at is not None
    rooms[0].is_ill = False
    again()
    assert rooms[0].diary == ["second", "first"]
    assert Reaction.objects.count() == 0


def test_one_that_never_gets_well_is_parked_and_the_doctor_says_so(rooms: list[Room]) -> None:
    assert [f.is_good for f in checks.reactions()] == [True]
    rooms[1].is_ill = True
    record(NoteAdded(1, 2), by=BY)
    consume.run()
    for _ in range(12):
        again()
    assert consume.parked() == 1
    assert rooms[0].diary == ["first"]
    assert [f.is_good for f in checks.reactions()] == [False]


def test_the_retry_of_a_room_that_is_gone_is_dropped(rooms: list[Room]) -> None:
    rooms[1].is_ill = True
    record(NoteAdded(1, 2), by=BY)
    consume.run()
    rooms.pop()
    again()
    assert Reaction.objects.count() == 0


def test_a_chain_knows_its_cause_its_root_and_its_depth(rooms: list[Room]) -> None:
    root = record(NoteAdded(1, 2), by=BY)
    child = record(NoteAdded(1, 3), by=BY, cause=root)
    grandchild = record(NoteAdded(1, 4), by=BY, cause=child)
    assert (root.depth, child.root, grandchild.root, grandchild.depth) == (0, root.pk, root.pk, 2)


def test_naming_nothing_tells_nothing() -> None:
    changed()
    assert Change.objects.count() == 0


def test_an_actor_may_what_their_role_allows() -> None:
    with pytest.raises(NotAllowed):
        Actor("agent", 1).must("setup")
    Actor("agent", 1, capabilities=frozenset({"setup"})).must("setup")
    system("x").must("setup")
    assert (system("x").key, Actor("agent", 7).key) == (0, 7)


@pytest.mark.skipif(settings.ON_SQLITE, reason="SQLite has one worker; PostgreSQL has many")
@pytest.mark.django_db(transaction=True)
def test_one_worker_consumes_at_a_time() -> None:
    import psycopg

    from okienko.config.boot import connection_parameters

    record(DeliverySent(1, "message:1"), by=system("tests"))
    with psycopg.connect(**connection_parameters()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [consume.TURN])
        assert consume.run() == 0
    assert consume.run() == 1

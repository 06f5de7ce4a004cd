"""The standing views: who sees what, in which order, a page at a time, and along which index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okienko.lib.refusal import Invalid
from okienko.mailroom.models import Channel
from okienko.people.models import Agent, Team
from okienko.tickets import standing
from okienko.tickets.assignment import assign, move_to_team
from okienko.tickets.lifecycle import put_in_bin, set_status
from okienko.tickets.models import Priority, State, Status, Ticket
from okienko.tickets.standing import ORDERS, VIEWS
from tests.builders import SETUP, a_ticket

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
EVERY_ORDER = [(view.name, order) for view in VIEWS.values() for order in view.orders]
HERE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def many(minutes: list[int], **more: object) -> list[Ticket]:
    """Tickets whose times are these minutes after START; rows alone, for what only reads rows."""
    status, priority = Status.objects.get(code="open"), Priority.objects.get(is_default=True)
    given = {"status": status, "priority": priority, "state": State.OPEN, **more}
    last = Ticket.objects.order_by("-number").values_list("number", flat=True).first() or 0
    rows = [
        Ticket(
            number=last + 1 + n,
            subject=f"Sprawa {n}",
            updated_at=START + timedelta(minutes=at),
            created_at=START + timedelta(minutes=-at),
            waiting_since=START + timedelta(minutes=at // 2),
            priority_rank=at % 3,
            **given,
        )
        for n, at in enumerate(minutes)
    ]
    return Ticket.objects.bulk_create(rows)


def forwards(view: standing.View, agent: Agent, order: str, size: int) -> list[list[int]]:
    pages, cursor = [], ""
    while True:
        page = standing.page(view, agent.actor, order=order, cursor=cursor, size=size)
        pages.append([ticket.pk for ticket in page.tickets])
        if not page.after:
            return pages
        cursor = page.after


@settings(max_examples=15, deadline=None, suppress_health_check=HERE)
@given(minutes=st.lists(st.integers(0, 6), min_size=1, max_size=12), size=st.integers(1, 5))
@pytest.mark.parametrize("order", ORDERS)
def test_pages_cover_everything_once_and_in_order(
    ola: Agent, order: str, minutes: list[int], size: int
) -> None:
    view = VIEWS["unanswered"] if order == "waiting" else VIEWS["open"]
    with transaction.atomic():
        many(minutes)
        chosen = ORDERS[order]
        expected = sorted(
            Ticket.objects.all(), key=lambda t: (getattr(t, chosen.column), t.pk), reverse=chosen.is_down
        )
        pages = forwards(view, ola, order, size)
        assert [pk for page in pages for pk in page] == [ticket.pk for ticket in expected]
        assert all(len(page) == size for page in pages[:-1])
        assert pages[-1]
        transaction.set_rollback(True)


@pytest.mark.parametrize(("name", "order"), EVERY_ORDER)
def test_stepping_back_shows_the_same_pages(ola: Agent, name: str, order: str) -> None:
    more = {"state": State.PENDING_CUSTOMER} if name == "waiting" else {}
    if name == "solved":
        more = {"state": State.SOLVED}
    many([3, 1, 1, 2, 5, 1, 4], assignee=ola if name == "mine" else None, team=ola.teams.first(), **more)
    view = VIEWS[name]
    seen, cursor = [], ""
    for _ in range(3):
        page = standing.page(view, ola.actor, order=order, cursor=cursor, size=3)
        seen.append(page)
        cursor = page.after or ""
    assert [len(page.tickets) for page in seen] == [3, 3, 1]
    for earlier, later in zip(reversed(seen[:-1]), reversed(seen), strict=False):
        assert later.before
        back = standing.page(view, ola.actor, order=order, cursor=later.before, size=3)
        assert back.tickets == earlier.tickets
    assert seen[0].before is None


def test_what_changes_between_two_pages_neither_repeats_nor_hides_the_rest(ola: Agent) -> None:
    tickets = many([1, 2, 3, 4, 5, 6])
    first = standing.page(VIEWS["open"], ola.actor, order="oldest", size=2)
    Ticket.objects.filter(pk=tickets[1].pk).update(is_open=False)  # the row that the cursor names
    many([0])
    second = standing.page(VIEWS["open"], ola.actor, order="oldest", cursor=first.after or "", size=2)
    assert [t.pk for t in second.tickets] == [tickets[2].pk, tickets[3].pk]


def test_a_cursor_with_nothing_beyond_it_gives_the_first_page(ola: Agent) -> None:
    tickets = many([1, 2, 3])
    page = standing.page(VIEWS["open"], ola.actor, order="oldest", size=2)
    Ticket.objects.filter(pk=tickets[2].pk).update(is_open=False)
    beyond = standing.page(VIEWS["open"], ola.actor, order="oldest", cursor=page.after or "", size=2)
    assert beyond.tickets == tickets[:2]
    assert (beyond.before, beyond.after) == (None, None)


def test_going_back_to_the_beginning_shows_a_whole_page(ola: Agent) -> None:
    many([2, 3, 4, 5])
    first = standing.page(VIEWS["open"], ola.actor, order="oldest", size=2)
    second = standing.page(VIEWS["open"], ola.actor, order="oldest", cursor=first.after or "", size=2)
    many([1])
    once = standing.page(VIEWS["open"], ola.actor, order="oldest", cursor=second.before or "", size=2)
    assert once.tickets == first.tickets
    twice = standing.page(VIEWS["open"], ola.actor, order="oldest", cursor=once.before or "", size=2)
    assert len(twice.tickets) == 2
    assert twice.before is None


CURSORS = [
    "x",
    "%00",
    "ż",
    "W10",
    "bnVsbA",
    "WzEsMiwzXQ",
    "W2ZhbHNlLCI5OTk5LTEyLTMxVDIzOjU5OjU5LTEyOjAwIiwxXQ",
    "A" * 400,
]


@pytest.mark.parametrize("cursor", CURSORS)
@pytest.mark.parametrize("order", ["newest", "priority"])
def test_a_broken_cursor_is_refused(ola: Agent, cursor: str, order: str) -> None:
    with pytest.raises(Invalid):
        standing.page(VIEWS["open"], ola.actor, order=order, cursor=cursor)


def test_an_order_of_another_view_is_refused(ola: Agent) -> None:
    with pytest.raises(Invalid):
        standing.page(VIEWS["mine"], ola.actor, order="priority")


def names(agent: Agent) -> dict[str, int]:
    return {v.name: len(standing.page(v, agent.actor, size=100).tickets) for v in VIEWS.values()}


def test_each_view_holds_what_its_name_says(pomoc: Channel, ola: Agent, sales: Team) -> None:
    mine, other, waiting, solved, binned = (a_ticket(pomoc, subject=f"Sprawa {n}") for n in range(5))
    assign(mine, to=ola, by=ola.actor)
    move_to_team(other, to=sales, by=ola.actor)
    set_status(waiting, to=Status.objects.get(code="pending_customer"), by=ola.actor)
    set_status(solved, to=Status.objects.get(code="solved"), by=ola.actor)
    put_in_bin(binned, by=SETUP)
    shown = {v.name: {t.pk for t in standing.page(v, ola.actor).tickets} for v in VIEWS.values()}
    assert shown["mine"] == {mine.pk}
    assert shown["waiting"] == {waiting.pk}
    assert shown["solved"] == {solved.pk}
    assert shown["all"] == {mine.pk, other.pk, waiting.pk, solved.pk}
    assert shown["open"] == {mine.pk, other.pk, waiting.pk}
    assert shown["unassigned"] == {other.pk, waiting.pk}
    assert shown["team"] == {mine.pk, waiting.pk}
    assert mine.pk in shown["unanswered"]
    counted = standing.counts(ola.actor)
    assert counted == {name: len(shown[name]) for name in counted}


def test_lists_and_counts_hold_nothing_that_the_agent_may_not_see(
    pomoc: Channel, ola: Agent, iga: Agent
) -> None:
    a_ticket(pomoc)
    assert set(names(iga).values()) == {0}
    assert set(standing.counts(iga.actor).values()) == {0}
    handed = a_ticket(pomoc, subject="Dla Igi")
    assign(handed, to=iga, by=ola.actor)
    assert [t.pk for t in standing.page(VIEWS["open"], iga.actor).tickets] == [handed.pk]
    assert standing.counts(iga.actor)["mine"] == 1


def test_a_count_stops_beyond_what_is_shown(ola: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST_COUNTED", 3)
    many([1] * 6)
    assert standing.count(VIEWS["open"], ola.actor) == 4


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's plans")
@pytest.mark.parametrize(("name", "order"), EVERY_ORDER)
@pytest.mark.parametrize("is_restricted", [False, True])
def test_every_order_runs_along_a_partial_index(
    ola: Agent, iga: Agent, name: str, order: str, is_restricted: bool
) -> None:
    many([1, 2, 3])
    who = (iga if is_restricted else ola).actor
    chosen = ORDERS[order]
    sign = "-" if chosen.is_down else ""
    tickets = standing.tickets_of(VIEWS[name], who).order_by(f"{sign}{chosen.column}", f"{sign}pk")[:51]
    plan = tickets.explain()
    assert "tickets_ticket USING INDEX t_" in plan
    if name == "waiting":  # two states, each along t_state: what is pending is sorted, nothing else
        assert "INDEX t_state (state=?)" in plan
    else:
        assert "TEMP B-TREE" not in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's plans")
def test_counts_of_open_tickets_are_read_from_one_index_alone(ola: Agent) -> None:
    many([1, 2, 3])
    who = ola.actor
    with CaptureQueriesContext(connection) as asked:
        standing.counts(who)
    assert len(asked) == 2
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert "SCAN tickets_ticket USING COVERING INDEX t_open_team" in plan


def test_counts_stay_true_where_there_is_more_than_is_counted(
    ola: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "MOST_COUNTED", 3)
    many([1] * 6)
    many([1] * 2, assignee=ola)
    counted = standing.counts(ola.actor)
    assert (counted["mine"], counted["open"], counted["waiting"]) == (2, 4, 0)

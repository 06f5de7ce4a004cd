"""The ticket list: its rows, its order, its pages, and what stands in the rail beside it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets import standing
from okienko.tickets.assignment import assign
from okienko.tickets.lifecycle import set_status
from okienko.tickets.models import Status, Ticket
from tests.builders import a_ticket
from tests.tickets.test_standing import many

MOST_QUERIES = 12


@pytest.fixture
def desk(ola: Agent, client: Client) -> Client:
    client.force_login(ola.user)
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def numbers(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'id="row-(\d+)"', page)]


def link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return unescape(found[1]) if found else ""


def test_the_desk_opens_at_ones_own_tickets_or_at_what_nobody_has(
    desk: Client, ola: Agent, pomoc: Channel
) -> None:
    assert desk.get("/")["Location"] == "/tickets?view=unassigned"
    assign(a_ticket(pomoc), to=ola, by=ola.actor)
    assert desk.get("/")["Location"] == "/tickets?view=mine"


def test_a_row_says_who_waits_since_when_for_what(desk: Client, ola: Agent, pomoc: Channel) -> None:
    ticket = a_ticket(pomoc, subject="Gdzie jest <paczka> & rower")
    assign(ticket, to=ola, by=ola.actor)
    page = desk.get("/tickets?view=mine").content.decode()
    row = page[page.index(f'id="row-{ticket.number}"') - 30 : page.index("</article>")]
    assert 'class="row new"' in row
    assert "Gdzie jest &lt;paczka&gt; &amp; rower" in row
    for said in ("Celina Bez", "Dzień dobry", f"#{ticket.number}", "waiting since", 'data-initials="OW"'):
        assert said in row
    assert f'href="/tickets/{ticket.number}?view=mine"' in row


def test_a_reply_that_did_not_arrive_is_a_chip(desk: Client, ola: Agent, pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    Ticket.objects.filter(pk=ticket.pk).update(failure_of=ola)
    assert "Not delivered" in text(desk, "/tickets?view=mine")


def test_a_ticket_that_waits_for_the_customer_says_so(desk: Client, ola: Agent, pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    set_status(ticket, to=Status.objects.get(code="pending_customer"), by=ola.actor)
    assert text(desk, "/tickets?view=waiting").count("Waiting for customer") == 1


def test_pages_follow_each_other_and_keep_view_and_order(desk: Client, ola: Agent) -> None:
    many(list(range(120)))
    seen, page = [], text(desk, "/tickets?view=open&order=oldest")
    while following := link(page, "next"):
        seen += numbers(page)
        assert "view=open&order=oldest" in following
        page = text(desk, following)
    assert [*seen, *numbers(page)] == list(range(1, 121))
    assert numbers(text(desk, link(page, "prev"))) == list(range(51, 101))


def test_the_order_is_remembered_for_its_view_alone(desk: Client, ola: Agent) -> None:
    many([1, 2, 3])
    assert numbers(text(desk, "/tickets?view=open")) == [3, 2, 1]
    text(desk, "/tickets?view=open&order=oldest")
    assert numbers(text(desk, "/tickets?view=open")) == [1, 2, 3]
    assert numbers(text(desk, "/tickets?view=all")) == [3, 2, 1]


def test_reading_the_column_again_remembers_nothing(desk: Client, ola: Agent) -> None:
    many([1, 2])
    text(desk, "/tickets/column?view=open&order=oldest")
    assert numbers(text(desk, "/tickets?view=open")) == [2, 1]


@pytest.mark.parametrize(
    "query",
    ["view=none", "view=mine&order=none", "view=mine&order=priority", "view=open&cursor=none", "view=%00"],
)
def test_an_address_that_says_nothing_is_not_found(desk: Client, query: str) -> None:
    assert desk.get(f"/tickets?{query}").status_code == 404


def test_the_column_re_reads_the_very_page_that_is_shown(desk: Client, ola: Agent) -> None:
    many([1, 2])
    page = text(desk, "/tickets?view=open&order=oldest")
    again = re.search(r'id="list"[^>]* hx-get="([^"]+)"', page)
    assert again
    assert again[1] == "/tickets/column?view=open&order=oldest"
    assert numbers(text(desk, again[1])) == [1, 2]


def test_an_empty_desk_says_how_a_mailbox_is_connected_to_who_may_do_it(
    ola: Agent, hania: Agent, client: Client
) -> None:
    client.force_login(ola.user)
    page = text(client, "/tickets")
    assert "No mailbox yet" in page
    assert "/setup/mailboxes" not in page
    client.force_login(hania.user)
    assert "/setup/mailboxes" in text(client, "/tickets")


def test_a_list_with_nothing_in_it_says_so(desk: Client, pomoc: Channel) -> None:
    assert "Nothing here" in text(desk, "/tickets?view=solved")


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/tickets", "/tickets?view=mine"),
        ("/tickets?view=open", "/tickets?view=open"),
        ("/tickets/10001?view=all", "/tickets?view=all"),
        ("/tickets/new", None),
        ("/customers?view=open", "/customers"),
        ("/me", None),
    ],
)
def test_the_rail_marks_where_one_is_also_when_it_is_read_again(
    desk: Client, pomoc: Channel, address: str, current: str | None
) -> None:
    a_ticket(pomoc)
    page = text(desk, address)
    again = re.search(r'id="rail"[^>]* hx-get="([^"]+)"', page)
    assert again
    for rail in (page[page.index('id="rail"') : page.index("</nav>")], text(desk, again[1])):
        marked = re.findall(r'class="to" href="([^"]+)" aria-current="page"', rail)
        assert marked == ([current] if current else [])


def test_an_address_in_the_rail_cannot_break_out(desk: Client) -> None:
    page = desk.get('/rail?at=/"><script>x&view="><script>y').content.decode()
    assert "<script>" not in page


def test_counts_beyond_what_is_counted_say_only_that(
    desk: Client, ola: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "MOST_COUNTED", 2)
    many([1, 2, 3])
    assert "2+" in text(desk, "/rail")


def queries(client: Client, address: str) -> int:
    text(client, address)
    with CaptureQueriesContext(connection) as asked:
        text(client, address)
    return len(asked)


def test_a_list_of_fifty_asks_as_often_as_a_list_of_one(desk: Client, ola: Agent) -> None:
    many([1], assignee=ola)
    one = queries(desk, "/tickets?view=open")
    many(list(range(60)), assignee=ola)
    assert queries(desk, "/tickets?view=open") == one <= MOST_QUERIES
    assert len(numbers(text(desk, "/tickets?view=open"))) == standing.PAGE

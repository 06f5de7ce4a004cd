"""The ticket's page: who sees it, and what it shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets import assignment, conversation, lifecycle
from okienko.tickets.content import plain
from okienko.tickets.drafts import content_of
from okienko.tickets.models import Message, Seen, Status, Ticket
from tests.builders import a_mail, a_ticket, arrives
from tests.desk.ticket.conftest import HTMX, Browses

PAGES = ("", "/parts", "/tags", "/messages/{key}/body", "/messages/{key}/raw", "/messages/{key}/original")
ACTS = (
    *("/assignment", "/team", "/status", "/priority", "/category", "/tags", "/subject", "/customer", "/bin"),
    *("/failure", "/replies", "/notes", "/forwards", "/drafts/reply", "/drafts/reply/files", "/seen"),
    *("/messages/{key}/undo", "/messages/{key}/again"),
)


def _key(ticket: Ticket) -> int:
    return ticket.messages.get().pk


@pytest.mark.parametrize("page", PAGES)
def test_nobody_looks_without_signing_in(page: str, ticket: Ticket, celinas: str, client: Client) -> None:
    answer = client.get(celinas + page.format(key=_key(ticket)))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in?next=/tickets/")


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_without_signing_in(act: str, ticket: Ticket, celinas: str, client: Client) -> None:
    answer = client.post(celinas + act.format(key=_key(ticket)))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/")
    again = client.post(celinas + act.format(key=_key(ticket)), headers=HTMX)
    assert again.headers["HX-Redirect"] == "/sign-in"


@pytest.mark.parametrize("page", PAGES)
def test_an_agent_of_the_team_looks(
    page: str, ticket: Ticket, celinas: str, ola: Agent, browses: Browses
) -> None:
    answer = browses(ola).get(celinas + page.format(key=_key(ticket)), headers=HTMX)
    assert answer.status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_another_teams_ticket_is_not_there(
    page: str, ticket: Ticket, celinas: str, iga: Agent, browses: Browses
) -> None:
    assert browses(iga).get(celinas + page.format(key=_key(ticket))).status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_to_another_teams_ticket(
    act: str, ticket: Ticket, celinas: str, iga: Agent, browses: Browses
) -> None:
    before = ticket.version
    assert browses(iga).post(celinas + act.format(key=_key(ticket))).status_code == 404
    ticket.refresh_from_db()
    assert ticket.version == before


def test_what_one_may_not_do_is_not_offered(
    ticket: Ticket, celinas: str, reader: Agent, browses: Browses
) -> None:
    page = browses(reader).get(celinas).content.decode()
    for missing in ("/status", "/replies", "/notes", "/bin", "/subject", "/undo", 'name="message"'):
        assert f'{celinas}{missing}"' not in page
    assert "popovertarget=status" not in page


def test_the_page_says_who_wrote_what(
    ticket: Ticket, celinas: str, ola: Agent, marek: Agent, browses: Browses
) -> None:
    conversation.note(ticket, content=content_of("<p>Paczka <b>leży</b> w sortowni</p>"), by=marek.actor)
    assignment.assign(ticket, to=ola, by=marek.actor)
    page = browses(ola).get(celinas).content.decode()
    assert "gdzie jest moja paczka?" in page
    assert "Note · team only" in page
    assert "<p>Paczka <b>leży</b> w sortowni</p>" in page
    assert "Assigned to <b>Ola Wiśniewska</b> · Status: <b>New</b> → <b>Open</b> · Marek Kos" in page
    assert "celina@kwiaciarnia.example" in page


def test_quotes_and_signatures_are_folded_and_links_can_be_pressed(
    pomoc: Channel, ola: Agent, browses: Browses
) -> None:
    text = "Proszę zobaczyć https://sklep.example/?a=1&b=2.\n\n-- \nCelina\ntel. 600\n\n> dawne słowa\n> i więcej\n"
    ticket = a_ticket(pomoc, text)
    page = browses(ola).get(f"/tickets/{ticket.number}").content.decode()
    assert (
        'href="https://sklep.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow"' in page
    )
    folded = page.partition('<details class="q">')[2].partition("</details>")[0]
    assert "tel. 600" in folded or "dawne słowa" in folded


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        'https://x.example/"onmouseover=alert(1)',
        "javascript:alert(1)",
    ],
)
def test_no_script_survives_from_a_mail(evil: str, pomoc: Channel, ola: Agent, browses: Browses) -> None:
    mail = a_mail(
        evil, subject=evil, from_='"evil <b>" <celina@kwiaciarnia.example>', files=((f"{evil}.txt", b"x"),)
    )
    row = arrives(mail, pomoc)
    assert row.ticket is not None
    lifecycle.correct_subject(row.ticket, to=f"{evil}!", by=ola.actor)
    page = browses(ola).get(f"/tickets/{row.ticket.number}").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<svg onload" not in page
    assert 'href="javascript' not in page
    assert '"onmouseover' not in page
    assert "evil <b>" not in page


def test_a_note_loses_what_runs(ticket: Ticket, celinas: str, ola: Agent, browses: Browses) -> None:
    html = '<p onclick="x()">a</p><script>alert(1)</script><a href="javascript:x()">b</a><img src="https://e.example/x">'
    browses(ola).post(f"{celinas}/notes", {"html": html, "rich": "1"})
    page = browses(ola).get(celinas).content.decode()
    body = page.partition('class="msg note"')[2].partition("</article>")[0]
    for gone in ("onclick", "alert(1)", "javascript", "e.example"):
        assert gone not in body


def test_the_past_is_folded_into_one_line(
    pomoc: Channel, ticket: Ticket, celinas: str, ola: Agent, browses: Browses
) -> None:
    for n in range(25):
        conversation.note(ticket, content=plain(f"uwaga {n:02}"), by=ola.actor)
    browser = browses(ola)
    page = browser.get(celinas).content.decode()
    assert "uwaga 24" in page
    assert "uwaga 05" in page
    assert "uwaga 04" not in page
    assert "6 earlier · since" in page
    whole = browser.get(f"{celinas}?all=1").content.decode()
    assert "uwaga 00" in whole
    assert "gdzie jest moja paczka" in whole
    assert "earlier · since" not in whole


def test_it_opens_at_the_first_unread_message(
    ticket: Ticket, celinas: str, ola: Agent, marek: Agent, browses: Browses
) -> None:
    browser = browses(ola)
    assert "data-unread" not in browser.get(celinas).content.decode()
    first = ticket.messages.get().pk
    assert browser.post(f"{celinas}/seen", {"message": first}).status_code == 204
    assert Seen.objects.get().message == first
    own = conversation.note(ticket, content=plain("moja"), by=ola.actor)
    theirs = conversation.note(ticket, content=plain("Marka"), by=marek.actor)
    page = browser.get(celinas).content.decode()
    assert page.index(f'id="m-{own.pk}"') < page.index("data-unread") < page.index(f'id="m-{theirs.pk}"')
    browser.post(f"{celinas}/seen", {"message": 10**17})
    assert Seen.objects.get().message == theirs.pk
    browser.post(f"{celinas}/seen", {"message": first})
    assert Seen.objects.get().message == theirs.pk


def _queries(browser: Client, address: str, **headers: str) -> int:
    browser.get(address, headers=headers)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address, headers=headers).status_code == 200
    return len(queries)


def test_a_page_costs_the_same_queries_however_long_the_ticket_is(
    pomoc: Channel, ticket: Ticket, celinas: str, ola: Agent, marek: Agent, browses: Browses
) -> None:
    browser = browses(ola)
    assignment.assign(ticket, to=ola, by=marek.actor)
    arrives(a_mail("x", subject=f"[#{ticket.number}]", files=(("a.pdf", b"%PDF"),)), pomoc)
    short = _queries(browser, celinas), _queries(browser, f"{celinas}/parts", **HTMX)
    for n in range(30):
        arrives(a_mail(f"{n}", subject=f"[#{ticket.number}]", files=(("a.pdf", b"%PDF"),)), pomoc)
        conversation.note(ticket, content=plain("n"), by=(ola if n % 2 else marek).actor)
    long = _queries(browser, celinas), _queries(browser, f"{celinas}/parts", **HTMX)
    assert long == short
    assert _queries(browser, f"{celinas}?all=1") == short[0]
    assert short[1] <= 18


def test_parts_come_without_the_composer(ticket: Ticket, celinas: str, ola: Agent, browses: Browses) -> None:
    answer = browses(ola).get(f"{celinas}/parts", headers=HTMX)
    parts = answer.content.decode()
    assert answer.headers["HX-Reswap"] == "none"
    assert parts.count('hx-swap-oob="morph"') == 4
    assert f'data-topic="{ticket.topic} ' in parts
    assert 'class="pen"' not in parts


def test_the_customers_card_counts_only_what_one_may_see(
    pomoc: Channel, ticket: Ticket, celinas: str, ola: Agent, iga: Agent, browses: Browses
) -> None:
    other = a_ticket(pomoc, subject="Druga sprawa")
    lifecycle.set_status(other, to=Status.objects.get(code="solved"), by=ola.actor)
    page = browses(ola).get(celinas).content.decode()
    assert "2 tickets" in page
    assert "Druga sprawa" in page
    assignment.assign(ticket, to=iga, by=ola.actor)
    page = browses(iga).get(celinas).content.decode()
    assert "1 ticket<" in page.replace("</div>", "<")
    assert "Druga sprawa" not in page


def test_a_ticket_in_the_bin_says_so_and_takes_no_answer(
    ticket: Ticket, celinas: str, ola: Agent, marek: Agent, browses: Browses
) -> None:
    lifecycle.put_in_bin(ticket, by=marek.actor, why="to był spam")
    page = browses(ola).get(celinas).content.decode()
    assert "to był spam" in page
    assert 'class="pen"' not in page
    assert "Give back" not in page
    assert "Give back" in browses(marek).get(celinas).content.decode()


def test_it_speaks_polish_to_those_who_read_polish(
    ticket: Ticket, celinas: str, ola: Agent, browses: Browses
) -> None:
    type(ola).objects.filter(pk=ola.pk).update(language="pl")
    answer = browses(ola).get(celinas)
    assert answer.headers["Content-Language"] == "pl"
    assert '<html lang="pl"' in answer.content.decode()


def test_a_message_without_sender_is_shown_too(pomoc: Channel, ola: Agent, browses: Browses) -> None:
    row = arrives(b"\x00\xff not a mail", pomoc)
    assert row.ticket is not None
    assert Message.objects.filter(ticket=row.ticket).exists()
    assert browses(ola).get(f"/tickets/{row.ticket.number}").status_code == 200

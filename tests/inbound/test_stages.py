"""Where a message belongs: joined with proof, never by guess, never lost, and never in a loop."""

from __future__ import annotations

import pytest

from okienko.events.models import Event
from okienko.inbound import ledger
from okienko.inbound.models import Received
from okienko.inbound.process import run_again
from okienko.inbound.stages import LOOP_LIMIT
from okienko.lib.refusal import Conflict, NotAllowed
from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.people.models import Agent, Customer, Identity
from okienko.tickets import conversation
from okienko.tickets.drafts import content_of
from okienko.tickets.models import Message, State, Ticket
from okienko.tickets.threading import reply_address
from tests.builders import a_mail, a_mailbox, a_ticket, arrives, drain

CELINA = [{"name": "Celina Bez", "address": "celina@kwiaciarnia.example"}]
STRANGER = "Drugi <drugi@obcy.example>"
AUTOMATIC = {"Auto_Submitted": "auto-replied"}


def reply(ticket: Ticket, by: Agent) -> Message:
    content = content_of("<p>Już sprawdzam.</p>", to=CELINA, subject=f"Re: [#{ticket.number}]")
    return conversation.reply(ticket, content=content, by=by.actor, seen=conversation.newest_seen(ticket))


def why(row: Received) -> str:
    assert row.verdict
    return str(row.verdict["code"])


def balanced() -> bool:
    return all(account.balanced for account in ledger.sums())


def test_headers_join_when_the_number_was_stripped_and_the_subject_rewritten(
    pomoc: Channel, ola: Agent
) -> None:
    ticket = a_ticket(pomoc)
    sent = reply(ticket, ola)
    row = arrives(a_mail("I?", subject="zupełnie inny", References=f"<x@y> <{sent.message_id}>"), pomoc)
    assert (row.ticket_id, why(row)) == (ticket.pk, "header")


@pytest.mark.parametrize("prefix", ["Re:", "Odp:", "PD:", "AW:", "WG:", "SV:", "RE[2]:", "re: fwd:"])
def test_a_number_joins_whatever_the_prefix(pomoc: Channel, prefix: str) -> None:
    ticket = a_ticket(pomoc)
    row = arrives(a_mail(subject=f"{prefix} Gdzie jest paczka [#{ticket.number}]"), pomoc)
    assert (row.ticket_id, why(row)) == (ticket.pk, "number")


def test_a_token_joins_whoever_writes_and_wherever_it_stands(pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    token = reply_address(ticket, pomoc)
    in_cc = arrives(a_mail(from_=STRANGER, subject="?", Cc=token), pomoc)
    delivered_to = arrives(a_mail(from_=STRANGER, subject="?", Delivered_To=token), pomoc)
    by_envelope = arrives(a_mail(from_=STRANGER, subject="?"), pomoc, rcpt_to=[token])
    assert {(r.ticket_id, why(r)) for r in (in_cc, delivered_to, by_envelope)} == {(ticket.pk, "token")}


def test_a_forged_token_joins_nothing(pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    forged = f"pomoc+t{ticket.number}.aaaaaaaaaaaaaaaaaaaa@bez.example"
    assert arrives(a_mail(from_=STRANGER, subject="?", Cc=forged), pomoc).ticket_id != ticket.pk


@pytest.mark.parametrize("evidence", ["number", "header"])
def test_a_stranger_with_anothers_number_or_header_gets_a_ticket_of_their_own(
    pomoc: Channel, evidence: str
) -> None:
    ticket = a_ticket(pomoc, message_id="pierwsza@poczta.example")
    headers = {"In_Reply_To": "<pierwsza@poczta.example>"} if evidence == "header" else {}
    subject = "Cześć" if evidence == "header" else f"Re: [#{ticket.number}]"
    row = arrives(a_mail(from_=STRANGER, subject=subject, **headers), pomoc)
    assert row.ticket_id != ticket.pk
    opened = Event.objects.get(ticket=row.ticket_id, kind="TicketOpened")
    assert opened.reason == {
        "code": f"stranger_{evidence}",
        "params": {"number": ticket.number, "address": "drugi@obcy.example"},
    }


def test_somebody_who_was_in_copy_takes_part(pomoc: Channel) -> None:
    ticket = a_ticket(pomoc, Cc=STRANGER)
    assert arrives(a_mail(from_=STRANGER, subject=f"[#{ticket.number}]"), pomoc).ticket_id == ticket.pk


def test_the_customer_from_another_address_of_theirs_takes_part(pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    assert ticket.customer
    Identity.objects.create(
        customer=ticket.customer, kind="email", value="celina@dom.example", shown="celina@dom.example"
    )
    row = arrives(a_mail(from_="celina@dom.example", subject=f"[#{ticket.number}]"), pomoc)
    assert row.ticket_id == ticket.pk


def test_the_same_subject_from_two_customers_is_two_tickets(pomoc: Channel) -> None:
    assert a_ticket(pomoc) != a_ticket(pomoc, from_=STRANGER)


def test_the_same_mail_again_and_at_another_address_is_one_conversation_and_noted(pomoc: Channel) -> None:
    other = a_mailbox("zwroty@bez.example")
    raw = a_mail(message_id="ta-sama@poczta.example")
    first, again, elsewhere = arrives(raw, pomoc), arrives(raw, pomoc), arrives(raw, other)
    assert [r.state for r in (first, again, elsewhere)] == ["filed", "duplicate", "duplicate"]
    assert elsewhere.ticket_id == first.ticket_id
    assert Message.objects.count() == 1
    noted = Event.objects.filter(ticket=first.ticket_id, kind="MessageAlsoReceived").order_by("pk")
    assert [e.data["address"] for e in noted] == ["pomoc@bez.example", "zwroty@bez.example"]
    assert balanced()


def test_a_mail_without_an_id_is_known_by_what_it_says(pomoc: Channel) -> None:
    raw = a_mail(message_id="")
    assert [arrives(raw, pomoc).state, arrives(raw, pomoc).state] == ["filed", "duplicate"]
    assert arrives(a_mail("Coś innego", message_id=""), pomoc).state == "filed"


def test_a_copy_that_a_list_has_changed_is_in_the_same_conversation(pomoc: Channel) -> None:
    first = arrives(a_mail("Halo", message_id="lista@poczta.example"), pomoc)
    copy = arrives(a_mail("Halo\n-- \nStopka listy", message_id="lista@poczta.example"), pomoc)
    assert (copy.state, copy.ticket_id) == ("filed", first.ticket_id)


def test_a_reused_id_hides_nobody_elses_mail(pomoc: Channel) -> None:
    first = arrives(a_mail("Halo", message_id="1@drukarka"), pomoc)
    other = arrives(a_mail("Coś innego", message_id="1@drukarka", from_=STRANGER), pomoc)
    assert other.state == "filed"
    assert other.ticket_id != first.ticket_id


def test_our_own_reply_that_comes_back_is_a_duplicate(pomoc: Channel, ola: Agent) -> None:
    ticket = a_ticket(pomoc)
    sent = reply(ticket, ola)
    row = arrives(a_mail(from_="pomoc@bez.example", message_id=sent.message_id), pomoc)
    assert (row.state, why(row), row.ticket_id) == ("duplicate", "own_mail", ticket.pk)


def test_a_machine_that_writes_without_end_is_parked_and_can_be_let_in(pomoc: Channel, marek: Agent) -> None:
    rows = [arrives(a_mail(f"Nr {n}", subject=f"Nr {n}", **AUTOMATIC), pomoc) for n in range(LOOP_LIMIT + 2)]
    assert [r.state for r in rows] == ["filed"] * LOOP_LIMIT + ["parked"] * 2
    assert why(rows[-1]) == "loop"
    assert balanced()
    run_again(rows[-1], by=marek.actor)
    drain()
    rows[-1].refresh_from_db()
    assert rows[-1].state == Received.State.FILED


def test_people_may_write_as_often_as_they_like(pomoc: Channel) -> None:
    states = {arrives(a_mail(f"Nr {n}"), pomoc).state for n in range(LOOP_LIMIT + 2)}
    assert states == {"filed"}


def test_an_auto_reply_neither_starts_a_wait_nor_reopens(pomoc: Channel, ola: Agent) -> None:
    ticket = a_ticket(pomoc)
    reply(ticket, ola)
    row = arrives(a_mail("Nie ma mnie", subject=f"[#{ticket.number}]", **AUTOMATIC), pomoc)
    assert row.ticket_id == ticket.pk
    ticket.refresh_from_db()
    assert ticket.waiting_since is None
    machine = arrives(a_mail("Kopia zapasowa gotowa", from_="cron@serwer.example", **AUTOMATIC), pomoc)
    assert Ticket.objects.get(pk=machine.ticket_id).waiting_since is None


def test_a_person_reopens_what_was_solved(pomoc: Channel) -> None:
    ticket = a_ticket(pomoc)
    Ticket.objects.filter(pk=ticket.pk).update(state=State.SOLVED, is_open=False, waiting_since=None)
    arrives(a_mail("Jednak nie działa", subject=f"[#{ticket.number}]"), pomoc)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.is_open, ticket.waiting_since is None) == (State.OPEN, True, False)


def a_bounce(message_id: str, recipient: str = "celina@kwiaciarnia.example") -> bytes:
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nTo: pomoc@bez.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        f"Message-ID: <bounce.{abs(hash((message_id, recipient)))}@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nUnknown user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\n\r\n--b--\r\n"
    ).encode()


def test_a_bounce_marks_the_reply_and_brings_the_ticket_back_to_its_author(
    pomoc: Channel, ola: Agent
) -> None:
    ticket = a_ticket(pomoc)
    since = ticket.waiting_since
    sent = reply(ticket, ola)
    Delivery.objects.update(state="sent", due_at=None)
    row = arrives(a_bounce(sent.message_id), pomoc)
    assert (row.ticket_id, why(row)) == (ticket.pk, "bounce")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.failed_recipients) == ("bounced", ["celina@kwiaciarnia.example"])
    ticket.refresh_from_db()
    assert (ticket.failure_of_id, ticket.assignee_id, ticket.waiting_since) == (ola.pk, ola.pk, since)
    assert Identity.objects.get(value="celina@kwiaciarnia.example").bounced_at is not None


def test_a_bounce_with_an_id_that_we_did_not_sign_is_nobodys(pomoc: Channel, ola: Agent) -> None:
    ticket = a_ticket(pomoc)
    reply(ticket, ola)
    row = arrives(a_bounce("t10001.abcdefabcdef.aaaaaaaaaaaaaaaaaaaa@bez.example"), pomoc)
    assert row.ticket_id != ticket.pk
    assert Delivery.objects.get().state == "queued"


def test_headers_of_a_mail_set_no_field_of_a_ticket(pomoc: Channel) -> None:
    plain, cunning = (
        a_ticket(pomoc),
        a_ticket(pomoc, from_=STRANGER, X_Priority="1", X_Ticket_Status="solved"),
    )
    assert (plain.status_id, plain.priority_id) == (cunning.status_id, cunning.priority_id)


def test_a_nul_and_lone_halves_of_letters_are_filed(pomoc: Channel) -> None:
    raw = b"From: a@b.example\r\nSubject: nul \x00 =?utf-8?B?AEE=?=\r\n\r\ntekst \x00 \xed\xa0\x80 koniec\r\n"
    row = arrives(raw, pomoc)
    assert row.state == Received.State.FILED


def test_a_message_without_a_sender_is_a_ticket_without_a_customer(pomoc: Channel) -> None:
    row = arrives(b"\r\n\r\ntylko tekst\r\n", pomoc)
    assert Ticket.objects.get(pk=row.ticket_id).customer is None
    assert Customer.objects.count() == 0


def test_running_again_is_for_who_may_and_never_for_what_is_filed(
    pomoc: Channel, ola: Agent, marek: Agent
) -> None:
    row = arrives(a_mail(), pomoc)
    with pytest.raises(NotAllowed):
        run_again(row, by=ola.actor)
    with pytest.raises(Conflict):
        run_again(row, by=marek.actor)

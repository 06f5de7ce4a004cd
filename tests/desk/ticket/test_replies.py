"""Answering, noting, forwarding; taking back and sending again."""

from __future__ import annotations

import pytest
from django.test import Client

from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.people.models import Agent
from okienko.tickets import conversation
from okienko.tickets.models import Draft, Message, State, Status, Ticket
from tests.builders import a_mail, a_mailbox, a_ticket, arrives
from tests.desk.ticket.conftest import HTMX, Browses

CELINA = "Celina Bez <celina@kwiaciarnia.example>"


@pytest.fixture
def browser(ola: Agent, browses: Browses) -> Client:
    return browses(ola)


def written(ticket: Ticket, html: str = "<p>Już sprawdzam.</p>", **more: object) -> dict[str, object]:
    """What the composer posts."""
    seen = conversation.newest_seen(ticket)
    return {
        "html": html,
        "rich": "1",
        "to": CELINA,
        "cc": "",
        "subject": "Re: paczka",
        "seen": seen,
        "then": "",
        **more,
    }


def test_a_reply_reaches_exactly_those_who_are_shown(ticket: Ticket, celinas: str, browser: Client) -> None:
    page = browser.get(celinas).content.decode()
    assert 'name="to" value="Celina Bez &lt;celina@kwiaciarnia.example&gt;"' in page
    posted = written(ticket, cc="Jan <jan@x.example>; ola@y.example")
    assert browser.post(f"{celinas}/replies", posted).status_code == 302
    delivery = Delivery.objects.get()
    assert delivery.recipients == ["celina@kwiaciarnia.example", "jan@x.example", "ola@y.example"]
    assert [p["address"] for p in delivery.payload["cc"]] == ["jan@x.example", "ola@y.example"]
    message = ticket.messages.get(kind="sent")
    assert (message.text, message.html) == ("Już sprawdzam.", "<p>Już sprawdzam.</p>")


def test_a_reply_moves_the_ticket_in_the_same_act(ticket: Ticket, celinas: str, browser: Client) -> None:
    browser.post(f"{celinas}/replies", written(ticket, then=Status.objects.get(code="solved").pk))
    ticket.refresh_from_db()
    assert ticket.state == State.SOLVED
    assert ticket.waiting_since is None


def test_the_answer_brings_an_empty_composer_and_the_way_back(
    ticket: Ticket, celinas: str, browser: Client
) -> None:
    browser.post(f"{celinas}/drafts/reply", {**written(ticket), "version": "0"})
    assert Draft.objects.count() == 1
    answer = browser.post(f"{celinas}/replies", written(ticket), headers=HTMX).content.decode()
    key = ticket.messages.get(kind="sent").pk
    assert Draft.objects.count() == 0
    assert f'action="{celinas}/messages/{key}/undo"' in answer
    assert 'data-undo-seconds-value="10"' in answer
    assert f'id="pen-reply-{ticket.number}"' in answer
    assert 'name="html" value=""' in answer


def test_a_reply_to_all_leaves_our_own_addresses_out(pomoc: Channel, ola: Agent, browser: Client) -> None:
    a_mailbox("zwroty@bez.example")
    mail = a_mail(
        to="pomoc+t1.abc@bez.example, Szef <szef@kwiaciarnia.example>",
        Cc="zwroty@bez.example, jan@x.example, Szef <szef@kwiaciarnia.example>",
        Reply_To="sklep@kwiaciarnia.example",
    )
    ticket = arrives(mail, pomoc).ticket
    assert ticket is not None
    page = browser.get(f"/tickets/{ticket.number}").content.decode()
    assert 'name="to" value="sklep@kwiaciarnia.example"' in page
    assert 'data-pens-to-param="sklep@kwiaciarnia.example, Szef &lt;szef@kwiaciarnia.example&gt;"' in page
    assert 'data-pens-cc-param="jan@x.example"' in page
    assert "Reply to all (2 more)" in page


def test_a_machine_that_wrote_last_is_not_answered(
    pomoc: Channel, ticket: Ticket, celinas: str, browser: Client
) -> None:
    arrives(
        a_mail(
            "urlop",
            subject=f"Re: [#{ticket.number}]",
            Auto_Submitted="auto-replied",
            Reply_To="bot@x.example",
        ),
        pomoc,
    )
    page = browser.get(celinas).content.decode()
    assert "Automatic message" in page
    assert 'name="to" value="Celina Bez' in page


def test_an_older_state_is_not_answered(
    pomoc: Channel, ticket: Ticket, celinas: str, browser: Client, marek: Agent
) -> None:
    old = written(ticket, "<p>Stara odpowiedź</p>", pen="pen-reply-7")
    row = arrives(a_mail("Znalazła się!", subject=f"[#{ticket.number}]"), pomoc)
    answer = browser.post(f"{celinas}/replies", old, headers=HTMX)
    said = answer.content.decode()
    assert answer.status_code == 409
    assert answer.headers["HX-Reswap"] == "none"
    assert "Znalazła się!" in said
    assert f'form="pen-reply-7" name="read" value="{row.filed_as_id}"' in said
    assert 'class="pen"' not in said
    assert not Delivery.objects.exists()
    assert (
        browser.post(f"{celinas}/replies", {**old, "read": row.filed_as_id}, headers=HTMX).status_code == 200
    )
    assert Delivery.objects.count() == 1


def test_without_script_the_text_that_was_refused_is_kept(
    pomoc: Channel, ticket: Ticket, celinas: str, browser: Client
) -> None:
    old = {**written(ticket), "rich": "", "html": "", "text": "Pierwszy\n\n<b>drugi</b>"}
    arrives(a_mail("Znalazła się!", subject=f"[#{ticket.number}]"), pomoc)
    answer = browser.post(f"{celinas}/replies", old)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Znalazła się!" in page
    assert "Pierwszy" in page.partition("<textarea")[2]
    assert Draft.objects.get().html == "<p>Pierwszy</p><p></p><p>&lt;b&gt;drugi&lt;/b&gt;</p>"


def test_undo_puts_everything_back_into_the_composer(ticket: Ticket, celinas: str, browser: Client) -> None:
    browser.post(
        f"{celinas}/replies", written(ticket, cc="jan@x.example", then=Status.objects.get(code="solved").pk)
    )
    message = ticket.messages.get(kind="sent")
    answer = browser.post(f"{celinas}/messages/{message.pk}/undo", headers=HTMX)
    said = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="pen-reply-{ticket.number}-again-{message.pk}"' in said
    assert "Już sprawdzam." in said
    assert 'name="cc" value="jan@x.example"' in said
    assert "Reply taken back before it left" in said
    assert Delivery.objects.get().state == Delivery.State.WITHDRAWN
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since is None) == (State.NEW, False)


def test_undo_keeps_what_was_begun_meanwhile(
    ticket: Ticket, celinas: str, browser: Client, ola: Agent
) -> None:
    browser.post(f"{celinas}/replies", written(ticket))
    browser.post(f"{celinas}/drafts/reply", {**written(ticket, "<p>Nowy szkic</p>"), "version": "0"})
    message = ticket.messages.get(kind="sent")
    browser.post(f"{celinas}/messages/{message.pk}/undo")
    assert Draft.objects.get(kind="reply").html == "<p>Już sprawdzam.</p><p>Nowy szkic</p>"


def test_only_its_author_takes_a_reply_back_and_only_in_time(
    ticket: Ticket, celinas: str, browser: Client, marek: Agent, browses: Browses
) -> None:
    browser.post(f"{celinas}/replies", written(ticket))
    message = ticket.messages.get(kind="sent")
    assert f"{message.pk}/undo" not in browses(marek).get(celinas).content.decode()
    assert browses(marek).post(f"{celinas}/messages/{message.pk}/undo").status_code == 422
    Delivery.objects.update(state=Delivery.State.SENT, due_at=None)
    assert browser.post(f"{celinas}/messages/{message.pk}/undo").status_code == 409
    assert "Sent" in browser.get(celinas).content.decode()


@pytest.mark.parametrize(
    ("state", "told", "can_repeat"),
    [
        ("failed", "Not delivered to celina@kwiaciarnia.example", True),
        ("bounced", "Came back from celina@kwiaciarnia.example", True),
        ("unsure", "Nobody knows whether it left", True),
        ("held", "No outgoing server is set", True),
        ("sent", "Not delivered to celina@kwiaciarnia.example", True),
        ("logged", "sending is switched off", False),
    ],
)
def test_the_message_says_what_became_of_it(
    state: str, told: str, can_repeat: bool, ticket: Ticket, celinas: str, browser: Client
) -> None:
    browser.post(f"{celinas}/replies", written(ticket))
    failed = [] if state == "held" else ["celina@kwiaciarnia.example"]
    detail = "no_smtp" if state == "held" else "550 <b>no such user</b>"
    Delivery.objects.update(state=state, due_at=None, failed_recipients=failed, detail=detail)
    page = browser.get(celinas).content.decode()
    assert told in page
    assert "<b>no such" not in page
    key = ticket.messages.get(kind="sent").pk
    assert (f'action="{celinas}/messages/{key}/again"' in page) == can_repeat
    assert browser.post(f"{celinas}/messages/{key}/again").status_code == (302 if can_repeat else 409)
    assert (Delivery.objects.get().state == Delivery.State.QUEUED) == can_repeat


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"to": ""}, "Nobody would receive this"),
        ({"to": "celina"}, "“celina” is not an address"),
        ({"to": "a@b.example, jan@"}, "“jan@” is not an address"),
        ({"cc": "x@y@z.example"}, "is not an address"),
        ({"html": "<p> </p>"}, "nothing to send"),
        ({"then": "4711"}, "no such status"),
    ],
)
def test_what_cannot_be_sent_is_explained(
    posted: dict[str, str], told: str, ticket: Ticket, celinas: str, browser: Client
) -> None:
    answer = browser.post(f"{celinas}/replies", written(ticket, **posted), headers=HTMX)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not ticket.messages.filter(kind="sent").exists()


def test_a_ticket_without_mailbox_asks_which_one(
    pomoc: Channel, ticket: Ticket, celinas: str, browser: Client
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(channel=None)
    assert 'name="via"' in browser.get(celinas).content.decode()
    assert browser.post(f"{celinas}/replies", written(ticket)).status_code == 422
    assert browser.post(f"{celinas}/replies", written(ticket, via=pomoc.pk)).status_code == 302
    assert Delivery.objects.get().channel == pomoc


def test_no_header_is_smuggled_in(ticket: Ticket, celinas: str, browser: Client) -> None:
    posted = written(
        ticket,
        subject="Re: a\r\nBcc: evil@x.example",
        to='"a\r\nBcc: evil@x.example" <celina@kwiaciarnia.example>',
    )
    browser.post(f"{celinas}/replies", posted)
    delivery = Delivery.objects.get()
    assert delivery.recipients == ["celina@kwiaciarnia.example"]
    assert delivery.payload["subject"] == "Re: a Bcc: evil@x.example"
    assert delivery.payload["to"][0]["name"] == "a Bcc: evil@x.example"


def test_nothing_that_runs_leaves_the_house(ticket: Ticket, celinas: str, browser: Client) -> None:
    html = '<p style="x" onclick="y()">a</p><script>z()</script><img src="/sign-out"><img src="https://e.example/t.gif">'
    browser.post(f"{celinas}/replies", written(ticket, html))
    assert ticket.messages.get(kind="sent").html == "<p>a</p><img>"


def test_a_note_stays_with_the_team(ticket: Ticket, celinas: str, browser: Client) -> None:
    browser.post(f"{celinas}/notes", {"html": "<p>tylko dla nas</p>", "rich": "1", "to": CELINA})
    note = ticket.messages.get(kind="note")
    assert (note.text, note.to, note.delivery) == ("tylko dla nas", [], None)
    assert not Delivery.objects.exists()
    assert browser.post(f"{celinas}/notes", {"html": "", "rich": "1"}, headers=HTMX).status_code == 422


def test_a_message_is_handed_on_with_its_files(pomoc: Channel, ola: Agent, browser: Client) -> None:
    row = arrives(a_mail("Proszę o fakturę", files=(("nip.pdf", b"%PDF"),)), pomoc)
    assert row.ticket is not None
    place, key = f"/tickets/{row.ticket.number}", row.filed_as_id
    answer = browser.post(f"{place}/drafts/forward", {"message": key})
    assert answer.headers["Location"] == f"{place}?write=forward#composer"
    draft = Draft.objects.get()
    assert "Proszę o fakturę" in draft.html
    assert draft.subject == "Fwd: Gdzie jest paczka"
    assert "nip.pdf" in browser.get(f"{place}?write=forward").content.decode()
    assert browser.post(f"{place}/drafts/forward", {"message": key}).status_code == 409
    posted = written(row.ticket, draft.html, to="ksiegowa@biuro.example", subject=draft.subject)
    posted["file"] = draft.files.get().pk
    since = row.ticket.waiting_since
    assert browser.post(f"{place}/forwards", posted).status_code == 302
    message = row.ticket.messages.get(kind="sent")
    assert [a.filename for a in message.attachments.all()] == ["nip.pdf"]
    assert message.in_reply_to == ""
    row.ticket.refresh_from_db()
    assert row.ticket.waiting_since == since
    assert "Message forwarded" in browser.get(place).content.decode()
    browser.post(f"{place}/messages/{message.pk}/undo")
    assert Draft.objects.get().kind == "forward"


def test_a_note_is_never_handed_on(ticket: Ticket, celinas: str, browser: Client) -> None:
    browser.post(f"{celinas}/notes", {"html": "<p>sekret</p>", "rich": "1"})
    key = ticket.messages.get(kind="note").pk
    assert browser.post(f"{celinas}/drafts/forward", {"message": key}).status_code == 422
    assert f'name="message" value="{key}"' not in browser.get(celinas).content.decode()


def test_messages_of_another_ticket_are_not_reached(pomoc: Channel, celinas: str, browser: Client) -> None:
    other = Message.objects.get(ticket=a_ticket(pomoc, subject="inna"))
    for act in ("undo", "again"):
        assert browser.post(f"{celinas}/messages/{other.pk}/{act}").status_code == 404
    for page in ("body", "raw", "original"):
        assert browser.get(f"{celinas}/messages/{other.pk}/{page}").status_code == 404
    assert browser.post(f"{celinas}/drafts/forward", {"message": other.pk}).status_code == 404

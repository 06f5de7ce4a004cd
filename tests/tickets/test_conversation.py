"""Replying, noting, taking back, sending again; drafts, forwards, and what a reply looks like outside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from okienko.events.catalog import KINDS, Reason
from okienko.events.models import Event
from okienko.files import store
from okienko.lib.refusal import Conflict, Invalid, NotAllowed
from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.people.models import Agent, Role
from okienko.tickets import conversation, drafts, forwarding, letter, lifecycle, reading, sentences, threading
from okienko.tickets.change import status_for
from okienko.tickets.content import FileOf, plain
from okienko.tickets.drafts import Writing, content_of
from okienko.tickets.models import Attachment, Draft, Message, State, Ticket
from okienko.tickets.naming import Names, names_of
from tests.builders import SETUP, a_mail, a_ticket, arrives
from tests.events.test_samples import stored

CELINA = [{"name": "Celina Bez", "address": "celina@kwiaciarnia.example"}]


@pytest.fixture
def ticket(pomoc: Channel) -> Ticket:
    return a_ticket(pomoc)


def reply(ticket: Ticket, by: Agent, text: str = "<p>Już sprawdzam.</p>", **more: Any) -> Message:
    content = content_of(text, to=more.pop("to", CELINA), subject="Re: paczka", files=more.pop("files", ()))
    more.setdefault("seen", conversation.newest_seen(ticket))
    return conversation.reply(ticket, content=content, by=by.actor, **more)


def kinds(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket.pk).order_by("number").values_list("kind", flat=True))


def test_a_reply_answers_the_wait_and_is_one_delivery_and_one_event(ticket: Ticket, ola: Agent) -> None:
    message = reply(ticket, ola, status=status_for(State.PENDING_CUSTOMER))
    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.state) == (None, State.PENDING_CUSTOMER)
    assert ticket.first_answered_at is not None
    assert kinds(ticket) == ["TicketOpened", "ReplySent"]
    delivery = Delivery.objects.get()
    assert (delivery.recipients, delivery.message_id) == ([CELINA[0]["address"]], message.message_id)
    assert threading.is_own_message_id(message.message_id)


def test_threading_headers_name_the_customers_mail(ticket: Ticket, ola: Agent) -> None:
    first = Message.objects.get()
    reply(ticket, ola)
    second = reply(ticket, ola, "<p>I jeszcze to.</p>")
    assert second.in_reply_to != first.message_id
    assert second.references[0] == first.message_id


@pytest.mark.parametrize(("what", "code"), [({"to": []}, "no_recipient"), ({"text": "<p> </p>"}, "empty")])
def test_a_reply_to_nobody_or_of_nothing_is_refused(
    ticket: Ticket, ola: Agent, what: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        reply(ticket, ola, **what)
    assert refused.value.code == code
    assert Delivery.objects.count() == 0


def test_who_may_only_write_moves_no_status_by_writing(ticket: Ticket, ola: Agent) -> None:
    Role.objects.filter(pk=ola.role_id).update(capabilities=["tickets.all", "tickets.reply"])
    ola = Agent.objects.get(pk=ola.pk)
    with pytest.raises(NotAllowed):
        reply(ticket, ola, status=status_for(State.SOLVED))
    assert reply(ticket, ola).pk


def test_without_a_mailbox_there_is_no_reply(ticket: Ticket, ola: Agent) -> None:
    Ticket.objects.update(channel=None)
    with pytest.raises(Invalid):
        reply(ticket, ola)


def test_the_stranger_neither_replies_nor_notes_nor_drafts(ticket: Ticket, iga: Agent) -> None:
    for refused in (
        lambda: reply(ticket, iga),
        lambda: conversation.note(ticket, content=plain("x"), by=iga.actor),
        lambda: drafts.save(ticket, kind="reply", writing=Writing("x"), by=iga.actor),
        lambda: drafts.attach(
            ticket, kind="reply", filename="x", content_type="text/plain", data=b"", by=iga.actor
        ),
        lambda: reading.mark_seen(ticket, message=1, by=iga.actor),
        lambda: forwarding.begin_forward(Message.objects.get(), by=iga.actor),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_a_colleagues_reply_makes_ours_stale_and_a_machine_does_not(
    ticket: Ticket, ola: Agent, marek: Agent, pomoc: Channel
) -> None:
    seen = conversation.newest_seen(ticket)
    arrives(a_mail("Nie ma mnie", subject=f"[#{ticket.number}]", Auto_Submitted="auto-replied"), pomoc)
    newer = reply(ticket, ola, seen=seen)
    with pytest.raises(Conflict) as refused:
        reply(ticket, marek, seen=seen)
    assert refused.value.details["newer"] == [newer.pk]


def test_a_reply_taken_back_leaves_the_ticket_as_it_was_and_is_a_draft_again(
    ticket: Ticket, ola: Agent, marek: Agent
) -> None:
    message = reply(ticket, ola, status=status_for(State.SOLVED))
    with pytest.raises(Invalid):
        conversation.withdraw_reply(message, by=marek.actor)
    conversation.withdraw_reply(message, by=ola.actor)
    conversation.withdraw_reply(message, by=ola.actor)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.message_count, ticket.waiting_since is None) == (State.NEW, 1, False)
    assert kinds(ticket) == ["TicketOpened", "ReplySent", "ReplyWithdrawn"]
    draft = drafts.reopen_withdrawn(message, by=ola.actor)
    assert (draft.kind, draft.to) == ("reply", CELINA)
    assert "Już sprawdzam" in draft.html


def test_a_list_shows_the_customers_words_again_and_no_note_when_a_reply_is_taken_back(
    ticket: Ticket, ola: Agent
) -> None:
    conversation.note(ticket, content=plain("Wraca często."), by=ola.actor)
    conversation.withdraw_reply(reply(ticket, ola), by=ola.actor)
    ticket.refresh_from_db()
    assert (ticket.last_from, ticket.message_count) == ("Celina Bez", 2)
    assert "gdzie jest moja paczka" in ticket.preview
    assert ticket.first_answered_at is None


def test_a_reply_on_its_way_cannot_be_taken_back(ticket: Ticket, ola: Agent) -> None:
    message = reply(ticket, ola)
    Delivery.objects.update(state="sent", due_at=None)
    with pytest.raises(Conflict):
        conversation.withdraw_reply(message, by=ola.actor)


def test_only_a_reply_that_did_not_arrive_is_sent_again(ticket: Ticket, ola: Agent) -> None:
    message = reply(ticket, ola)
    with pytest.raises(Conflict):
        conversation.send_again(message, by=ola.actor)
    Delivery.objects.update(state="unsure", due_at=None)
    Ticket.objects.update(failure_of=ola)
    conversation.send_again(message, by=ola.actor)
    ticket.refresh_from_db()
    assert ticket.failure_of is None
    assert Delivery.objects.get().state == "queued"
    with pytest.raises(Conflict):
        conversation.send_again(Message.objects.filter(delivery=None).get(), by=ola.actor)


def test_sending_again_ends_the_wait_that_the_failure_gave_back(
    ticket: Ticket, ola: Agent, pomoc: Channel
) -> None:
    message = reply(ticket, ola)
    assert message.answers_since is not None
    for with_newer in (False, True):
        Delivery.objects.update(state="failed", due_at=None)
        Ticket.objects.update(waiting_since=message.answers_since)
        if with_newer:
            arrives(a_mail("Halo?", subject=f"[#{ticket.number}]"), pomoc)
        conversation.send_again(message, by=ola.actor)
        ticket.refresh_from_db()
        assert (ticket.waiting_since is not None) == with_newer


def test_a_customers_next_mail_takes_a_ticket_from_the_bin_and_says_so(
    ticket: Ticket, marek: Agent, pomoc: Channel
) -> None:
    lifecycle.put_in_bin(ticket, by=marek.actor, why="pomyłka")
    arrives(a_mail("Halo?", subject=f"[#{ticket.number}]"), pomoc)
    ticket.refresh_from_db()
    assert (ticket.binned_at, ticket.bin_reason) == (None, "")
    event = Event.objects.filter(ticket=ticket.pk).latest("number")
    assert "Taken back from the bin" in sentences.sentence(event, names_of([event]))


def test_a_note_is_for_the_house_only(ticket: Ticket, ola: Agent) -> None:
    note = conversation.note(ticket, content=plain("Uwaga, wraca często."), by=ola.actor)
    assert (note.kind, note.delivery, Delivery.objects.count()) == (Message.Kind.NOTE, None, 0)
    assert kinds(ticket)[-1] == "NoteAdded"
    reply(ticket, ola)
    assert "wraca często" not in str(Delivery.objects.get().payload)
    with pytest.raises(Invalid):
        conversation.note(ticket, content=plain("  "), by=ola.actor)


@pytest.mark.parametrize(("policy", "quoted"), [("none", 0), ("last", 1), ("all", 2)])
def test_history_is_quoted_by_the_mailboxs_policy(
    ticket: Ticket, ola: Agent, pomoc: Channel, policy: str, quoted: int
) -> None:
    arrives(a_mail("Halo, jest tam kto?", subject=f"[#{ticket.number}]"), pomoc)
    changed = channels.change_channel(
        pomoc, by=SETUP, quote=policy, signature_html="<b>Bez</b>", config=pomoc.config | {"plus_works": True}
    )
    reply(ticket, ola, via=changed)
    said = Delivery.objects.get().payload
    assert said["html"].count("<blockquote") == quoted
    assert said["text"].count("\n> ") >= quoted
    assert "-- \nBez" in said["text"]
    assert threading.number_in_address([said["reply_to"]]) == ticket.number


def test_the_subject_of_a_reply_has_one_prefix_and_the_number(ticket: Ticket) -> None:
    assert letter.subject_of_reply(ticket) == "Re: Gdzie jest paczka [#10001]"


def test_files_go_with_the_reply(ticket: Ticket, ola: Agent) -> None:
    blob = store.store(b"etykieta")
    message = reply(ticket, ola, files=(FileOf(blob, "etykieta.pdf", "application/pdf"),))
    assert Attachment.objects.get(message=message).filename == "etykieta.pdf"
    assert Delivery.objects.get().payload["files"][0]["blob"] == blob.pk


def test_a_draft_is_saved_found_again_and_guarded_against_another_tab(ticket: Ticket, ola: Agent) -> None:
    first = drafts.save(ticket, kind="reply", writing=Writing("<p>Zaczy</p>"), by=ola.actor)
    drafts.save(ticket, kind="reply", writing=Writing("<p>Zaczynam</p>"), by=ola.actor, revision=1)
    with pytest.raises(Conflict) as refused:
        drafts.save(ticket, kind="reply", writing=Writing("x"), by=ola.actor, revision=first.revision)
    assert "Zaczynam" in str(refused.value.details["html"])
    with pytest.raises(Invalid):
        drafts.save(ticket, kind="poem", writing=Writing("x"), by=ola.actor)
    drafts.discard(ticket, kind="reply", by=ola.actor)
    assert Draft.objects.count() == 0


def test_a_drafts_pictures_go_only_while_its_text_shows_them(ticket: Ticket, ola: Agent) -> None:
    picture = {"kind": "reply", "content_type": "image/png", "data": b"png", "by": ola.actor}
    drafts.attach(ticket, filename="a.png", inline_id="one@x", **picture)
    file = drafts.attach(ticket, filename="b.png", **picture)
    draft = Draft.objects.get()
    assert [f.filename for f in drafts.files_of(draft, "<p>no picture</p>")] == ["b.png"]
    assert len(drafts.files_of(draft, '<img src="cid:one@x">')) == 2
    drafts.detach(file, by=ola.actor)
    assert draft.files.count() == 1
    with pytest.raises(Invalid):
        drafts.attach(ticket, filename="c", **(picture | {"kind": "poem"}))


def test_a_forward_begins_as_a_draft_with_the_message_and_its_files(
    pomoc: Channel, ola: Agent, marek: Agent
) -> None:
    row = arrives(a_mail("Zdjęcie w załączniku", files=(("paczka.jpg", b"jpeg"),)), pomoc)
    message = Message.objects.get(pk=row.filed_as_id)
    draft = forwarding.begin_forward(message, by=ola.actor)
    assert "Zdjęcie w załączniku" in draft.html
    assert draft.files.get().filename == "paczka.jpg"
    with pytest.raises(Conflict):
        forwarding.begin_forward(message, by=ola.actor)
    note = conversation.note(message.ticket, content=plain("x"), by=ola.actor)
    with pytest.raises(Invalid):
        forwarding.begin_forward(note, by=ola.actor)
    sent = reply(message.ticket, marek, is_forward=True)
    assert (sent.in_reply_to, drafts.kind_of(sent)) == ("", "forward")
    message.ticket.refresh_from_db()
    assert message.ticket.waiting_since is not None, "a forward answers nobody"
    assert "<blockquote>" in forwarding.begin_forward(sent, by=marek.actor).html


def test_what_an_agent_has_seen_only_grows(ticket: Ticket, ola: Agent) -> None:
    assert reading.seen_by(ticket, who=ola.actor) == 0
    assert reading.mark_seen(ticket, message=5, by=ola.actor)
    assert reading.mark_seen(ticket, message=7, by=ola.actor)
    assert not reading.mark_seen(ticket, message=6, by=ola.actor)
    assert reading.seen_by(ticket, who=ola.actor) == 7


def test_every_event_of_a_busy_ticket_is_told_with_its_names(
    ticket: Ticket, ola: Agent, django_assert_max_num_queries: Any
) -> None:
    reply(ticket, ola)
    events = list(Event.objects.filter(ticket=ticket.pk))
    with translation.override("en"), django_assert_max_num_queries(8):
        names = names_of(events)
        told = [sentences.sentence(e, names) for e in events]
    assert told == [
        "Ticket opened by a message to <b>pomoc@bez.example</b>",
        "Reply sent · Status: <b>New</b> → <b>Open</b>",
    ]


def test_each_kind_is_told_whatever_it_holds(house: None) -> None:
    with translation.override("en"):
        for kind, fact in stored().items():
            moved = replace(fact, was_status_id=2) if hasattr(fact, "was_status_id") else fact
            assert sentences.SENTENCES[KINDS[kind]](moved, Names()), kind


def test_reasons_are_words_and_an_unknown_one_is_its_code() -> None:
    with translation.override("en"):
        assert sentences.why(Reason("token")) == "It was sent to this ticket's own reply address."
        assert "a@b, c@d" in sentences.why(Reason("bounce", {"recipients": ["a@b", "c@d"]}))
    assert sentences.why(Reason("never heard of")) == "never heard of"

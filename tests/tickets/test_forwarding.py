"""A message handed on begins as a draft."""

from __future__ import annotations

import pytest

from okienko.events.models import Event
from okienko.lib.refusal import Conflict, Invalid, NotAllowed
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets import conversation, drafts
from okienko.tickets.content import plain
from okienko.tickets.drafts import Writing
from okienko.tickets.forwarding import begin_forward
from okienko.tickets.models import Message
from tests.builders import a_mail, a_ticket, arrives

CELINA = [{"name": "Celina Bez", "address": "celina@kwiaciarnia.example"}]


def test_the_draft_says_who_wrote_what_in_the_mailboxs_language(pomoc: Channel, ola: Agent) -> None:
    row = arrives(a_mail("Proszę <b>pilnie</b>\n\nCelina", files=(("nip.pdf", b"%PDF"),)), pomoc)
    message = Message.objects.get(pk=row.filed_as_id)
    events = Event.objects.count()
    draft = begin_forward(message, by=ola.actor)
    assert "celina@kwiaciarnia.example" in draft.html
    assert "<blockquote><p>Proszę &lt;b&gt;pilnie&lt;/b&gt;</p><p>Celina</p></blockquote>" in draft.html
    assert draft.subject == "Fwd: Gdzie jest paczka"
    assert [f.filename for f in draft.files.all()] == ["nip.pdf"]
    assert Event.objects.count() == events


def test_a_forward_that_is_begun_is_not_overwritten(pomoc: Channel, ola: Agent) -> None:
    message = a_ticket(pomoc).messages.get()
    begin_forward(message, by=ola.actor)
    with pytest.raises(Conflict):
        begin_forward(message, by=ola.actor)


def test_notes_stay_and_strangers_hand_nothing_on(pomoc: Channel, ola: Agent, iga: Agent) -> None:
    ticket = a_ticket(pomoc)
    note = conversation.note(ticket, content=plain("sekret"), by=ola.actor)
    with pytest.raises(Invalid):
        begin_forward(note, by=ola.actor)
    with pytest.raises(NotAllowed):
        begin_forward(ticket.messages.get(kind="received"), by=iga.actor)


def test_a_taken_back_reply_is_its_authors_draft_again(pomoc: Channel, ola: Agent) -> None:
    ticket = a_ticket(pomoc)
    content = drafts.content_of("<p>Już jadę.</p>", to=CELINA)
    message = conversation.reply(
        ticket, content=content, by=ola.actor, seen=conversation.newest_seen(ticket), is_forward=True
    )
    drafts.save(ticket, kind="forward", writing=Writing(html="<p>Inny</p>"), by=ola.actor)
    conversation.withdraw_reply(message, by=ola.actor)
    draft = drafts.reopen_withdrawn(message, by=ola.actor)
    assert (draft.kind, draft.html, draft.to, draft.revision) == (
        "forward",
        "<p>Już jadę.</p><p>Inny</p>",
        CELINA,
        2,
    )


def test_files_alone_are_a_reply_and_nothing_is_none(pomoc: Channel, ola: Agent) -> None:
    ticket = a_ticket(pomoc)
    drafts.attach(
        ticket, kind="reply", filename="a.pdf", content_type="application/pdf", data=b"%PDF", by=ola.actor
    )
    draft = drafts.Draft.objects.get()
    seen = conversation.newest_seen(ticket)
    files = drafts.files_of(draft, "")
    message = conversation.reply(
        ticket, content=drafts.content_of("", files, to=CELINA), by=ola.actor, seen=seen
    )
    assert message.attachments.get().filename == "a.pdf"
    with pytest.raises(Invalid):
        conversation.reply(ticket, content=drafts.content_of("", to=CELINA), by=ola.actor, seen=message.pk)

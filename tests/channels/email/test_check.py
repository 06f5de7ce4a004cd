"""The connection test sends the mailbox its own mail and says step by step what it found."""

from __future__ import annotations

from typing import Any

import pytest

from okienko.channels.email import check
from okienko.channels.email.config import Server, mailbox
from okienko.inbound.models import Received
from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.tickets.models import Ticket
from okienko.work.models import Job
from tests.builders import drain
from tests.channels.email.conftest import MakesMailbox, user_of
from tests.channels.email.test_folder import look
from tests.channels.email.test_sending import a_delivery
from tests.servers import Dovecot, Sink, free_port

pytestmark = [pytest.mark.server, pytest.mark.django_db]


def run_test(channel: Channel) -> dict[str, Any]:
    """The steps by name, after the worker has run the test."""
    job = check.start(channel)
    drain()
    job = Job.objects.get(pk=job.pk)
    assert job.is_over, job.error
    assert job.done == len(check.STEPS)
    return {step["name"]: step for step in job.result["steps"]}


def states(steps: dict[str, Any]) -> dict[str, str]:
    return {name: step["state"] for name, step in steps.items()}


def test_a_mailbox_that_works_gets_its_own_mail_back_and_keeps_none_of_it(
    mailbox_with: MakesMailbox, relay: Sink, post_office: Dovecot
) -> None:
    box = mailbox_with(out=relay)
    look(box)
    held = a_delivery(box)
    Delivery.objects.filter(pk=held.pk).update(state="held", due_at=None)
    steps = run_test(box)
    assert states(steps) == dict.fromkeys(check.STEPS, "ok")
    assert steps["in"]["about"] == {"messages": 1, "idle": True}
    box.refresh_from_db()
    assert mailbox(box).plus_works
    assert Delivery.objects.get().state == "sent", "what was held has left"
    with post_office.reading(user_of(box)) as person:
        assert len(person.search("ALL")) == 1
    assert look(box) == []


def test_a_test_mail_that_the_fetcher_sees_is_no_ticket(
    mailbox_with: MakesMailbox, relay: Sink, post_office: Dovecot
) -> None:
    box = mailbox_with(out=relay, after="move", move_to="Okienko")
    look(box)
    deliver = relay.deliver
    assert deliver

    def deliver_and_fetch(address: str, raw: bytes) -> None:
        deliver(address, raw)
        with post_office.reading(user_of(box)) as person:
            if not person.folder_exists("Okienko"):
                person.create_folder("Okienko")
            person.copy(person.search("ALL")[-1:], "Okienko")
            person.delete_messages(person.search("ALL")[-1:])
            person.expunge()

    relay.deliver = deliver_and_fetch
    assert set(states(run_test(box)).values()) == {"ok"}, "it looks where taken mail is moved to"
    assert Ticket.objects.count() == 0


def test_the_pipeline_knows_our_own_test_mail(
    mailbox_with: MakesMailbox, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check.imap, "remove", lambda client, uids: None)
    box = mailbox_with(out=relay)
    look(box)
    run_test(box)
    assert {(r.state, r.verdict["code"]) for r in look(box)} == {("rejected", "connection_test")}
    assert Received.objects.count() == 2


def test_a_server_without_plus_addresses_is_no_failure_of_the_mailbox(
    mailbox_with: MakesMailbox, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "PATIENCE", 0.2)
    box = mailbox_with(out=relay, plus_works=True)
    relay.on_rcpt = lambda address: "550 5.1.1 unknown" if "+" in address else None
    steps = run_test(box)
    assert (steps["back"]["state"], steps["plus"]["state"]) == ("ok", "failed")
    assert steps["plus"]["problem"]["params"]["words"] == "550 5.1.1 unknown"
    box.refresh_from_db()
    assert not mailbox(box).plus_works


def test_a_mail_that_does_not_come_back_is_said(
    mailbox_with: MakesMailbox, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "PATIENCE", 0.2)
    relay.deliver = None
    assert run_test(mailbox_with(out=relay))["back"]["problem"]["code"] == "not_back"


def test_a_refused_password_ends_the_test_with_its_reason(mailbox_with: MakesMailbox, relay: Sink) -> None:
    steps = run_test(mailbox_with("falsch", out=relay))
    assert states(steps) == {"in": "failed", "out": "ok", "back": "skipped", "plus": "skipped"}
    assert steps["in"]["problem"]["code"] == "sign_in"


def test_a_missing_folder_and_a_silent_server_are_named(mailbox_with: MakesMailbox) -> None:
    steps = run_test(mailbox_with(folder="Brak", smtp=Server("127.0.0.1", free_port(), "none")))
    assert steps["in"]["problem"] == {
        "code": "folder",
        "params": steps["in"]["problem"]["params"] | {"folder": "Brak"},
    }
    assert steps["out"]["problem"]["code"] == "refused"


def test_the_folders_can_be_chosen_from(mailbox_with: MakesMailbox) -> None:
    assert check.folders(mailbox_with()) == ["INBOX", "Sent"]
    assert check.folders(mailbox_with(imap=None)) == []

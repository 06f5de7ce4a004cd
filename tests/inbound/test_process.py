"""The lane that files: what fails is tried again, what can't be read is a ticket all the same, and it all adds up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from okienko.files import store
from okienko.inbound import checks, ledger, process
from okienko.inbound.envelope import Inbound, intakes
from okienko.inbound.models import Received
from okienko.inbound.receive import Arrival, journaled, receive
from okienko.mailroom.models import Channel
from okienko.people.models import Agent
from okienko.tickets.models import Attachment, Message, Ticket
from tests.builders import a_mail, arrives

Reads = Callable[[bytes, dict[str, Any]], Inbound]


def taken(channel: Channel, *raws: bytes) -> list[Received]:
    return receive(channel, [Arrival(raw, f"t:{n}") for n, raw in enumerate(raws)])


def due_now() -> None:
    Received.objects.filter(due_at__isnull=False).update(due_at=timezone.now(), claimed_until=None)


def fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def read(raw: bytes, envelope: dict[str, Any]) -> Inbound:
        raise error

    monkeypatch.setitem(intakes(), "email", read)


def test_what_the_source_hands_over_twice_is_one_row(pomoc: Channel) -> None:
    assert taken(pomoc, a_mail()) == taken(pomoc, b"other bytes under the same name")
    assert journaled(pomoc, ["t:0", "t:1"]) == {"t:0"}


def test_a_mail_that_cannot_be_read_is_tried_again_and_then_filed_with_its_raw_bytes(
    pomoc: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(monkeypatch, ValueError("a parser's bug"))
    bad, twin = taken(pomoc, b"From: a@b\r\n\r\nx", b"From: c@d\r\n\r\ny")
    for _ in range(process.FAULTS + 1):
        due_now()
        process.run()
    for row in (bad, twin):
        row.refresh_from_db()
        assert row.state == Received.State.FILED, "another unreadable mail is no duplicate of it"
        message = Message.objects.get(pk=row.filed_as_id)
        assert message.defects[0] == "unreadable"
        assert "a parser's bug" in message.defects[1]
        file = Attachment.objects.get(message=message)
        assert store.read(file.blob) == store.read(row.raw)
    assert all(account.balanced for account in ledger.sums())


def test_a_mail_that_cannot_even_be_filed_so_is_kept_as_failed_and_can_run_again(
    pomoc: Channel, marek: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(process, "walk", lambda *_: 1 / 0)
        (row,) = taken(pomoc, a_mail())
        for _ in range(process.FAULTS + 2):
            due_now()
            process.run()
    row.refresh_from_db()
    assert (row.state, row.due_at) == (Received.State.FAILED, None)
    assert "ZeroDivisionError" in row.error
    (account,) = ledger.sums()
    assert (account.failed, account.balanced) == (1, True)
    assert [f.is_good for f in checks.ledger()] == [False]
    process.run_again(row, by=marek.actor)
    process.run()
    row.refresh_from_db()
    assert row.state == Received.State.FILED
    assert [f.is_good for f in checks.ledger()] == [True]


def test_one_bad_mail_does_not_stop_the_next(pomoc: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Reads = intakes()["email"]

    def read(raw: bytes, envelope: dict[str, Any]) -> Inbound:
        if b"broken" in raw:
            raise ValueError("a parser's bug")
        return reads(raw, envelope)

    monkeypatch.setitem(intakes(), "email", read)
    rows = taken(pomoc, b"From: a@b\r\n\r\nbroken", a_mail())
    process.run()
    for row in rows:
        row.refresh_from_db()
    assert [r.state for r in rows] == ["waiting", "filed"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OperationalError("disk is full")])
def test_a_full_disk_is_blamed_on_no_mail(
    pomoc: Channel, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    (row,) = taken(pomoc, a_mail())
    with monkeypatch.context() as patched:
        fails(patched, error)
        with pytest.raises(type(error)):
            process.run()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.claimed_until) == (Received.State.WAITING, 0, None)
    assert process.waiting() == 1
    process.run()
    row.refresh_from_db()
    assert row.state == Received.State.FILED


def test_raw_bytes_that_are_gone_are_this_mails_own_fault(pomoc: Channel) -> None:
    (row,) = taken(pomoc, a_mail("x" * 100_000))
    store.path(row.raw.sha256).unlink()
    process.run()
    row.refresh_from_db()
    assert "FileNotFoundError" in row.error


def test_a_row_whose_lease_was_lost_is_left_to_the_other_worker(
    pomoc: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: Reads = intakes()["email"]

    def slowly(raw: bytes, envelope: dict[str, Any]) -> Inbound:
        Received.objects.update(claimed_until=timezone.now() + timedelta(minutes=9))
        return reads(raw, envelope)

    monkeypatch.setitem(intakes(), "email", slowly)
    taken(pomoc, a_mail())
    process.run()
    assert Ticket.objects.count() == 0


def test_the_ledger_sees_a_row_that_says_filed_and_lies_nowhere(pomoc: Channel) -> None:
    row = arrives(a_mail(), pomoc)
    Received.objects.filter(pk=row.pk).update(filed_as=None)
    (account,) = ledger.sums()
    assert not account.balanced
    assert account.as_json()["balanced"] is False
    assert [f.is_good for f in checks.ledger()] == [False]

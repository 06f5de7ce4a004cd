"""The lane that sends: each outcome has one end, and nothing that may have left goes twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from okienko.events.catalog import DeliveryBounced, DeliveryHeld
from okienko.events.models import Event
from okienko.lib.refusal import Conflict
from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from okienko.outbound import dispatch, queue
from okienko.outbound.adapters import (
    Held,
    Outcome,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Unsure,
    adapters,
)
from okienko.outbound.models import Delivery
from okienko.work.claim import BACK_OFF
from tests.builders import SETUP

State = Delivery.State
CELINA = "celina@kwiaciarnia.example"


class Carrier:
    """A way out of which a test says what it answers."""

    def __init__(self) -> None:
        self.answer: Outcome | Exception = Receipt("taken")
        self.sent: list[int] = []
        self.copies: list[int] = []
        self.copy_fails = False
        self.meanwhile: Callable[[Delivery], object] = lambda delivery: None

    def send(self, delivery: Delivery, handing_over: Callable[[], None]) -> Outcome:
        self.meanwhile(delivery)
        if isinstance(self.answer, Receipt | Unsure | RuntimeError):
            handing_over()
        if isinstance(self.answer, Exception):
            raise self.answer
        self.sent.append(delivery.pk)
        return self.answer

    def after_sent(self, delivery: Delivery) -> None:
        if self.copy_fails:
            raise OSError("no Sent folder")
        self.copies.append(delivery.pk)


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    made = Carrier()
    monkeypatch.setitem(adapters(), "email", made)
    return made


def queued(channel: Channel, key: str = "k", **more: Any) -> Delivery:
    return queue.queue(
        via=channel,
        to=[CELINA, "jan@sklep.example"],
        payload={},
        key=key,
        about="test:1",
        message_id="own@bez.example",
        **more,
    )


def sent(delivery: Delivery) -> Delivery:
    """The delivery after the lane has looked at it, whenever it is due."""
    Delivery.objects.filter(pk=delivery.pk, due_at__isnull=False).update(due_at=timezone.now())
    dispatch.run()
    return Delivery.objects.get(pk=delivery.pk)


def facts(delivery: Delivery) -> list[str]:
    return list(
        Event.objects.filter(data__delivery_id=delivery.pk).order_by("pk").values_list("kind", flat=True)
    )


def test_what_was_taken_is_sent_once_with_its_copy(pomoc: Channel, carrier: Carrier) -> None:
    delivery = sent(queued(pomoc))
    assert (delivery.state, delivery.detail, delivery.due_at) == (State.SENT, "taken", None)
    assert delivery.sent_at is not None
    assert facts(delivery) == ["DeliverySent"]
    sent(delivery)
    assert carrier.sent == carrier.copies == [delivery.pk]


def test_the_same_key_is_one_delivery(pomoc: Channel, carrier: Carrier) -> None:
    assert queued(pomoc) == queued(pomoc)
    assert dispatch.waiting() == 1
    assert queue.sent_as("own@bez.example") == Delivery.objects.get()


def test_it_leaves_no_earlier_than_said(pomoc: Channel, carrier: Carrier) -> None:
    queued(pomoc, not_before=timezone.now() + timedelta(seconds=10))
    assert dispatch.run() == 0


def test_a_temporary_failure_is_tried_later_and_later_and_fails_in_the_end(
    pomoc: Channel, carrier: Carrier
) -> None:
    carrier.answer = TemporaryFailure("450 later")
    delivery = queued(pomoc)
    waits = []
    for _ in BACK_OFF:
        began = timezone.now()
        delivery = sent(delivery)
        if delivery.due_at:
            waits.append((delivery.due_at - began).total_seconds())
    assert [round(w, -0) for w in waits] == [b.total_seconds() for b in BACK_OFF[: len(waits)]]
    assert (delivery.state, delivery.failed_recipients) == (State.FAILED, [CELINA, "jan@sklep.example"])
    assert facts(delivery) == ["DeliveryFailed"]
    assert delivery.tries.count() == len(BACK_OFF)


def test_a_server_may_say_when_to_come_back(pomoc: Channel, carrier: Carrier) -> None:
    carrier.answer = TemporaryFailure("later", retry_after=timedelta(hours=1))
    delivery = sent(queued(pomoc))
    assert delivery.due_at is not None
    assert delivery.due_at > timezone.now() + timedelta(minutes=59)


def test_a_permanent_failure_ends_it_with_those_it_could_not_reach(pomoc: Channel, carrier: Carrier) -> None:
    carrier.answer = PermanentFailure("550 unknown", (CELINA,))
    delivery = sent(queued(pomoc))
    assert (delivery.state, delivery.failed_recipients) == (State.FAILED, [CELINA])
    assert facts(delivery) == ["DeliveryFailed"]


def test_a_recipient_who_was_refused_is_told_beside_the_sending(pomoc: Channel, carrier: Carrier) -> None:
    carrier.answer = Receipt("taken", {CELINA: "550 unknown"})
    delivery = sent(queued(pomoc))
    assert (delivery.state, delivery.failed_recipients) == (State.SENT, [CELINA])
    assert facts(delivery) == ["DeliverySent", "DeliveryFailed"]


def test_unsure_is_never_tried_again_by_itself(pomoc: Channel, carrier: Carrier) -> None:
    carrier.answer = Unsure("cut off")
    delivery = sent(queued(pomoc))
    assert (delivery.state, delivery.due_at) == (State.UNSURE, None)
    assert facts(delivery) == ["DeliveryUnsure"]
    sent(delivery)
    assert len(carrier.sent) == 1


def test_a_fault_of_ours_is_tried_again_before_the_hand_over_and_unsure_after_it(
    pomoc: Channel, carrier: Carrier
) -> None:
    carrier.answer = ValueError("a bug")
    assert sent(queued(pomoc)).state == State.QUEUED
    carrier.answer = RuntimeError("a bug")
    assert sent(queued(pomoc, "other")).state == State.UNSURE


def test_what_was_interrupted_in_the_hand_over_is_unsure_and_not_sent(
    pomoc: Channel, carrier: Carrier
) -> None:
    delivery = queued(pomoc)
    Delivery.objects.update(handed_over_at=timezone.now())
    delivery = sent(delivery)
    assert (delivery.state, delivery.detail, carrier.sent) == (State.UNSURE, "interrupted", [])


def test_a_worker_that_lost_its_lease_does_not_hand_over(pomoc: Channel, carrier: Carrier) -> None:
    def another_takes_it(delivery: Delivery) -> None:
        Delivery.objects.filter(pk=delivery.pk).update(claimed_until=timezone.now() + timedelta(minutes=5))

    carrier.meanwhile = another_takes_it
    delivery = sent(queued(pomoc))
    assert (delivery.state, delivery.handed_over_at, carrier.sent) == (State.QUEUED, None, [])
    assert delivery.tries.count() == 0


def test_a_copy_that_fails_does_no_harm_and_is_noted(pomoc: Channel, carrier: Carrier) -> None:
    carrier.copy_fails = True
    delivery = sent(queued(pomoc))
    assert delivery.state == State.SENT
    assert delivery.tries.filter(outcome="copy_failed").exists()


def test_with_sending_switched_off_nothing_leaves(pomoc: Channel, carrier: Carrier, settings: Any) -> None:
    settings.OUTBOUND = "log"
    assert sent(queued(pomoc)).state == State.LOGGED
    assert carrier.sent == []


def test_held_mail_leaves_when_the_channel_can_send(pomoc: Channel, carrier: Carrier) -> None:
    carrier.answer = Held("no_smtp")
    delivery = sent(queued(pomoc))
    assert (delivery.state, delivery.detail) == (State.HELD, "no_smtp")
    assert Event.objects.filter(kind=DeliveryHeld.kind(), data__detail="no_smtp").count() == 1
    carrier.answer = Receipt()
    assert queue.release_held(pomoc) == 1
    assert sent(delivery).state == State.SENT
    assert queue.release_held(pomoc) == 0


def test_a_paused_mailbox_sends_nothing_until_it_goes_on(pomoc: Channel, carrier: Carrier) -> None:
    channels.change_channel(pomoc, by=SETUP, is_active=False)
    delivery = sent(queued(pomoc))
    assert (delivery.state, delivery.detail, carrier.sent) == (State.HELD, "paused", [])
    channels.change_channel(pomoc, by=SETUP, is_active=True)
    queue.release_held(pomoc)
    assert sent(delivery).state == State.SENT


def test_a_delivery_can_be_taken_back_until_it_is_on_its_way(pomoc: Channel, carrier: Carrier) -> None:
    delivery = queued(pomoc)
    queue.withdraw(delivery)
    assert sent(delivery).state == State.WITHDRAWN
    assert carrier.sent == []
    for columns in ({"claimed_until": timezone.now()}, {"handed_over_at": timezone.now()}):
        other = queued(pomoc, str(columns.keys()))
        Delivery.objects.filter(pk=other.pk).update(**columns)
        with pytest.raises(Conflict):
            queue.withdraw(other)


def test_only_what_did_not_arrive_is_sent_again_and_under_the_same_id(
    pomoc: Channel, carrier: Carrier
) -> None:
    carrier.answer = Unsure("cut off")
    delivery = sent(queued(pomoc))
    again = queue.send_again(delivery)
    assert (again.message_id, again.handed_over_at, again.attempts) == ("own@bez.example", None, 0)
    carrier.answer = Receipt()
    assert sent(again).state == State.SENT
    with pytest.raises(Conflict):
        queue.send_again(again)


def test_what_reached_some_is_sent_again_to_the_others_only(pomoc: Channel, carrier: Carrier) -> None:
    carrier.answer = Receipt(refused={"jan@sklep.example": "550 unknown"})
    delivery = sent(queued(pomoc))
    Delivery.objects.update(recipients=[CELINA, "Jan@sklep.example"])
    carrier.answer = Receipt()
    again = sent(queue.send_again(delivery))
    assert (again.recipients, again.state) == (["Jan@sklep.example"], State.SENT)
    queue.returned(again, recipients=["obcy@zly.example"], detail="unknown", by=SETUP)
    assert queue.send_again(again).recipients == ["Jan@sklep.example"], "a report adds no recipient"


def test_a_mail_that_came_back_is_noted_once_for_each_recipient(pomoc: Channel, carrier: Carrier) -> None:
    delivery = sent(queued(pomoc))
    for recipients in ([CELINA], [CELINA], ["jan@sklep.example"]):
        queue.returned(delivery, recipients=recipients, detail="unknown", by=SETUP)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.failed_recipients) == (State.BOUNCED, [CELINA, "jan@sklep.example"])
    assert facts(delivery).count(DeliveryBounced.kind()) == 2


def test_a_mail_that_came_back_while_a_retry_waits_is_not_sent_again(
    pomoc: Channel, carrier: Carrier
) -> None:
    carrier.answer = TemporaryFailure("later")
    delivery = sent(queued(pomoc))
    queue.returned(delivery, recipients=[CELINA], detail="unknown", by=SETUP)
    assert sent(delivery).state == State.BOUNCED
    assert len(carrier.sent) == 1


def test_after_a_restore_what_was_queued_is_doubted(pomoc: Channel, carrier: Carrier) -> None:
    delivery = queued(pomoc)
    assert queue.doubt_queued() == 1
    assert sent(delivery).state == State.UNSURE

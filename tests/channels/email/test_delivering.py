"""The pipe, and which mailbox an address means."""

from __future__ import annotations

from typing import Any

import pytest

from okienko.channels.email.addresses import mailbox_of
from okienko.channels.email.deliver import STORED, TRY_AGAIN, UNKNOWN, deliver
from okienko.inbound.models import Received
from okienko.mailroom.models import Channel
from tests.builders import a_mail, a_mailbox


def test_a_stored_mail_is_0(pomoc: Channel) -> None:
    assert deliver(a_mail(), "pomoc@bez.example") == STORED
    assert deliver(a_mail(), "Pomoc+t10001.abc@BEZ.example") == STORED
    assert Received.objects.filter(channel=pomoc).count() == 2


def test_an_unknown_mailbox_is_67(pomoc: Channel) -> None:
    assert deliver(a_mail(), "nikt@bez.example") == UNKNOWN
    assert deliver(a_mail(), "nikt") == UNKNOWN


def test_what_cannot_be_stored_is_75(pomoc: Channel, settings: Any) -> None:
    settings.DATA.blobs.rmdir()
    settings.DATA.blobs.write_bytes(b"stands in the way")
    assert deliver(a_mail("x" * 100_000), "pomoc@bez.example") == TRY_AGAIN


@pytest.mark.parametrize("address", ["zwroty+pl@bez.example", "ZWROTY+pl@bez.example"])
def test_a_mailbox_with_a_plus_of_its_own_comes_first(pomoc: Channel, address: str) -> None:
    a_mailbox("zwroty@bez.example")
    own = a_mailbox("zwroty+pl@bez.example")
    assert mailbox_of(address) == own
    assert mailbox_of("zwroty+de@bez.example").address == "zwroty@bez.example"  # type: ignore[union-attr]

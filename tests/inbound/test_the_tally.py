"""The ledger's two sides are counted apart."""

from __future__ import annotations

from okienko.inbound import ledger
from okienko.inbound.models import Received
from okienko.inbound.receive import Arrival, receive
from okienko.mailroom.models import Channel
from tests.builders import a_mail, arrives


def test_a_row_that_is_lost_shows(pomoc: Channel) -> None:
    row = arrives(a_mail(), pomoc)
    arrives(a_mail("Druga", from_="Drugi <drugi@obcy.example>"), pomoc)
    assert [(s.received, s.filed, s.balanced) for s in ledger.sums()] == [(2, 2, True)]
    Received.objects.filter(pk=row.pk).delete()
    assert [(s.received, s.filed, s.balanced) for s in ledger.sums()] == [(2, 1, False)]


def test_what_is_handed_over_twice_counts_once(pomoc: Channel) -> None:
    arrival = Arrival(a_mail(), "imap:INBOX:1:7")
    receive(pomoc, [arrival])
    receive(pomoc, [arrival, Arrival(a_mail("Druga"), "imap:INBOX:1:8")])
    assert [(s.received, s.waiting, s.balanced) for s in ledger.sums()] == [(2, 2, True)]

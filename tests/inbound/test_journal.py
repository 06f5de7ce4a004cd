"""The journal as people read it: pages, counts, days, and the raw source."""

from __future__ import annotations

from datetime import UTC, timedelta

from django.utils import timezone

from okienko.inbound import journal
from okienko.inbound.journal import Asked
from okienko.inbound.models import Received
from okienko.mailroom.models import Channel
from tests.builders import a_mail, a_mailbox, arrives


def test_counts_name_every_state_and_only_what_was_asked_for(pomoc: Channel) -> None:
    raw = a_mail()
    for channel in (pomoc, pomoc, a_mailbox("zwroty@bez.example")):
        arrives(raw, channel)
    assert journal.counts(Asked()) == dict.fromkeys(journal.STATES, 0) | {"filed": 1, "duplicate": 2}
    assert journal.counts(Asked(channel=pomoc.pk))["duplicate"] == 1
    tomorrow = timezone.now() + timedelta(days=1)
    assert sum(journal.counts(Asked(start=tomorrow)).values()) == 0
    assert sum(journal.counts(Asked(end=tomorrow)).values()) == 3


def test_pages_go_from_the_newest_down(pomoc: Channel) -> None:
    first, second = arrives(a_mail("a"), pomoc), arrives(a_mail("b"), pomoc)
    assert journal.page(Asked()) == [second, first]
    assert journal.page(Asked(), before=second.pk) == [first]
    assert journal.page(Asked(), state="parked") == []


def test_what_failed_or_is_parked_wants_a_decision(pomoc: Channel) -> None:
    row = arrives(a_mail(), pomoc)
    assert journal.to_decide(Asked()) == []
    Received.objects.filter(pk=row.pk).update(state="parked")
    assert journal.to_decide(Asked()) == [row]


def test_days_are_the_readers_days_and_the_source_is_as_it_came(pomoc: Channel) -> None:
    raw = a_mail()
    row = arrives(raw, pomoc)
    today = timezone.now().astimezone(UTC).date()
    found = journal.days(pomoc.pk, since=timezone.now() - timedelta(days=1), zone=UTC)
    assert sum(found.values()) == 1
    assert abs((next(iter(found)) - today).days) <= 1
    shown = journal.one(row.pk)
    assert shown is not None
    assert journal.raw(shown) == raw
    assert journal.one(0) is None

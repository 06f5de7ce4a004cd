"""The fetchers as the worker runs them: threads, IDLE, servers that fail and come back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.db import connection

from okienko.channels.email import fetch
from okienko.channels.email.config import Server
from okienko.channels.email.fetch import Fetchers
from okienko.channels.email.troubles import health_sentence
from okienko.inbound.models import Received
from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from tests.builders import SETUP, a_mail
from tests.channels.email.conftest import MakesFolder, MakesMailbox, user_of
from tests.config.house import until
from tests.servers import PASSWORD, Dovecot, certificate, dovecot

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fetchers(house: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fetchers]:
    monkeypatch.setattr(fetch, "FIRST_PAUSE", 0.3)
    service = Fetchers()
    yield service
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 5
    assert not service.thread.is_alive()
    if connection.vendor == "postgresql":
        for fetcher in service.fetchers.values():
            fetcher.join(5)


def is_watched(channel: Channel) -> bool:
    return bool(channels.health_of(channel, "in").state.get("looked_at"))


def is_ill(channel: Channel) -> bool:
    return channels.health_of(channel, "in").problem is not None


def taken(channel: Channel) -> int:
    return Received.objects.filter(channel=channel).count()


def test_a_mail_is_journaled_within_two_seconds_of_its_coming(
    fetchers: Fetchers, mailbox_with: MakesMailbox, post_office: Dovecot
) -> None:
    box = mailbox_with()
    fetchers.start()
    until(lambda: is_watched(box), "the mailbox is watched")
    for number, pause in enumerate((2.5, 0.0, 0.2, 1.1)):
        time.sleep(pause)
        post_office.put(user_of(box), a_mail(subject=f"Nr {number}"))
        until(lambda count=number + 1: taken(box) == count, "it is taken", 2.0)


def test_a_refused_password_is_said_in_a_sentence_and_harms_no_other_mailbox(
    fetchers: Fetchers, mailbox_with: MakesMailbox, post_office: Dovecot
) -> None:
    wrong, right = mailbox_with("falsch"), mailbox_with()
    fetchers.start()
    until(lambda: is_ill(wrong) and is_watched(right), "both are tried")
    assert "did not accept the user name and password" in health_sentence(wrong)
    post_office.put(user_of(right), a_mail())
    until(lambda: taken(right) == 1, "the other is taken", 3)
    channels.change_channel(wrong, by=SETUP, passwords={"imap": PASSWORD})
    until(lambda: is_watched(wrong), "the corrected one is tried without a restart", 8)
    assert health_sentence(wrong) == ""


def test_a_new_a_paused_and_a_changed_mailbox_are_followed_without_a_restart(
    fetchers: Fetchers, mailbox_with: MakesMailbox, post_office: Dovecot
) -> None:
    fetchers.start()
    box = mailbox_with()
    until(lambda: is_watched(box), "the new one is watched", 5)
    channels.change_channel(box, by=SETUP, is_active=False)
    until(lambda: not fetchers.fetchers, "the paused one is left alone", 5)
    channels.change_channel(box, by=SETUP, is_active=True, config=box.config | {"folder": "Sent"})
    until(lambda: channels.health_of(box, "in").state.get("folder") == "Sent", "its other folder is watched")


def test_a_server_that_vanishes_is_told_and_taken_up_again(
    fetchers: Fetchers, mailbox_with: MakesMailbox, dovecot_folders: MakesFolder
) -> None:
    with dovecot(dovecot_folders()) as server:
        box = mailbox_with(imap=Server("127.0.0.1", server.port, "none", "pomoc"))
        fetchers.start()
        until(lambda: is_watched(box), "the mailbox is watched")
        server.stop()
        until(lambda: is_ill(box), "the trouble is seen")
        assert f"127.0.0.1:{server.port}" in health_sentence(box)
        server.put("pomoc", a_mail())
        server.start()
        until(lambda: taken(box) == 1 and not is_ill(box), "the server is back", 10)


def test_a_certificate_that_nobody_vouches_for_is_refused_in_a_sentence(
    fetchers: Fetchers, mailbox_with: MakesMailbox, dovecot_folders: MakesFolder
) -> None:
    folder = dovecot_folders()
    folder.mkdir()
    with dovecot(folder, certificate=certificate(folder)) as server:
        tls = mailbox_with(imap=Server("localhost", server.tls_port, "tls", "pomoc"))
        starttls = mailbox_with(imap=Server("localhost", server.port, "starttls", "pomoc"))
        fetchers.start()
        for box in (tls, starttls):
            until(lambda box=box: is_ill(box), "the certificate is looked at")
            assert "certificate of localhost" in health_sentence(box)


def test_a_missing_folder_is_named(fetchers: Fetchers, mailbox_with: MakesMailbox) -> None:
    box = mailbox_with(folder="Zamówienia")
    fetchers.start()
    until(lambda: is_ill(box), "the folder is missed")
    assert "Zamówienia" in health_sentence(box)


def test_while_the_journal_cannot_store_mail_stays_and_is_taken_later(
    fetchers: Fetchers, mailbox_with: MakesMailbox, post_office: Dovecot, settings: object
) -> None:
    blobs = settings.DATA.blobs  # type: ignore[attr-defined]
    box = mailbox_with()
    fetchers.start()
    until(lambda: is_watched(box), "the mailbox is watched")
    blobs.rmdir()
    blobs.write_bytes(b"stands in the way")
    post_office.put(user_of(box), a_mail("x" * 100_000))
    until(lambda: is_ill(box), "the trouble is seen")
    assert "cannot be stored" in health_sentence(box)
    blobs.unlink()
    until(lambda: taken(box) == 1 and not is_ill(box), "it is taken when there is room", 10)

"""The built-in SMTP listener: own addresses only, and 250 only for what is stored."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from okienko.channels.email.listen import Listener
from okienko.inbound.models import Received
from okienko.mailroom.models import Channel
from tests.builders import a_mail, a_mailbox
from tests.servers import free_port

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
CELINA = "celina@kwiaciarnia.example"


@pytest.fixture
def listener(pomoc: Channel, settings: Any) -> Iterator[Listener]:
    settings.SMTP_LISTEN = ("127.0.0.1", free_port())
    service = Listener()
    service.start()
    yield service
    service.stop()


@pytest.fixture
def sender(listener: Listener, settings: Any) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(*settings.SMTP_LISTEN, timeout=10) as connection:
        connection.ehlo()
        yield connection


def test_what_was_answered_with_250_is_in_the_journal(sender: smtplib.SMTP, pomoc: Channel) -> None:
    raw = a_mail()
    assert sender.sendmail(CELINA, ["pomoc@bez.example"], raw) == {}
    row = Received.objects.get()
    assert row.channel == pomoc
    assert (row.envelope["mail_from"], row.envelope["rcpt_to"]) == (CELINA, ["pomoc@bez.example"])
    assert row.source_id.startswith("smtp:")


def test_a_stranger_address_is_refused_and_nothing_is_relayed(sender: smtplib.SMTP) -> None:
    sender.mail(CELINA)
    assert sender.rcpt("ktos@gdzie.indziej.example")[0] == 550
    assert sender.rcpt("pomoc2@bez.example")[0] == 550
    assert sender.rcpt("POMOC@Bez.Example")[0] == 250


def test_plus_addresses_and_the_null_sender_are_taken(sender: smtplib.SMTP) -> None:
    sender.sendmail("", ["pomoc+t10001.abcd@bez.example"], a_mail())
    assert Received.objects.get().envelope["mail_from"] == ""


def test_a_mail_to_two_mailboxes_is_one_row_for_each(sender: smtplib.SMTP) -> None:
    a_mailbox("zwroty@bez.example")
    sender.sendmail(CELINA, ["pomoc@bez.example", "zwroty@bez.example", "pomoc+x@bez.example"], a_mail())
    assert Received.objects.count() == 2


def test_a_line_without_end_is_somebodys_mail_all_the_same(sender: smtplib.SMTP) -> None:
    raw = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + b"<td>" * 50_000 + b"\r\n"
    sender.sendmail(CELINA, ["pomoc@bez.example"], raw)
    assert Received.objects.get().raw.size == len(raw)


def test_what_cannot_be_stored_is_asked_for_again(sender: smtplib.SMTP, settings: Any) -> None:
    blobs = settings.DATA.blobs
    blobs.rmdir()
    blobs.write_bytes(b"stands in the way")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        sender.sendmail(CELINA, ["pomoc@bez.example"], a_mail("x" * 100_000))
    assert refused.value.smtp_code == 452
    blobs.unlink()
    sender.sendmail(CELINA, ["pomoc@bez.example"], a_mail("x" * 100_000))
    assert Received.objects.count() == 1


def test_a_mailbox_that_goes_away_between_address_and_mail_is_a_reason_to_wait(sender: smtplib.SMTP) -> None:
    sender.mail(CELINA)
    sender.rcpt("pomoc@bez.example")
    Channel.objects.all().delete()
    assert sender.data(a_mail())[0] == 451


def test_many_senders_at_once_are_all_stored(listener: Listener, settings: Any) -> None:
    def send(number: int) -> None:
        with smtplib.SMTP(*settings.SMTP_LISTEN, timeout=20) as connection:
            for part in range(5):
                connection.sendmail(CELINA, ["pomoc@bez.example"], a_mail(f"{number}/{part}"))

    senders = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert Received.objects.count() == 40


def test_without_the_setting_nothing_listens(settings: Any) -> None:
    settings.SMTP_LISTEN = None
    service = Listener()
    service.start()
    service.stop()
    assert service.controller is None

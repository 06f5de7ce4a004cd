"""Handing a reply to a real SMTP server: what it takes, what it refuses, and what nobody can know."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from okienko.channels.email import adapter
from okienko.channels.email.config import Mailbox, Server
from okienko.mailroom import channels
from okienko.mailroom.models import Channel
from okienko.outbound.adapters import Held, Outcome, PermanentFailure, Receipt, TemporaryFailure, Unsure
from okienko.outbound.models import Delivery
from tests.builders import SETUP, a_mailbox
from tests.channels.email.conftest import MakesMailbox, user_of
from tests.servers import PASSWORD, Dovecot, Sink, free_port, sink

pytestmark = [pytest.mark.server, pytest.mark.django_db]
CELINA, JAN = "celina@kwiaciarnia.example", "jan@sklep.example"


@pytest.fixture
def out() -> Iterator[Sink]:
    with sink() as server:
        yield server


@pytest.fixture
def box(house: None, out: Sink) -> Channel:
    return a_mailbox(config=Mailbox(smtp=Server("127.0.0.1", out.port, "none")).as_json())


def a_delivery(channel: Channel, *to: str, **payload: object) -> Delivery:
    said = {
        "from": {"name": "Bez", "address": channel.address},
        "to": [{"name": "", "address": a} for a in to or (CELINA,)],
        "cc": [],
        "reply_to": "",
        "subject": "Re: Gdzie jest paczka [#10001]",
        "text": "Już sprawdzam.\n..kropki\n",
        "html": "",
        "in_reply_to": "",
        "references": [],
        "date": "2026-11-21T20:00:00+00:00",
        "files": [],
    }
    return Delivery.objects.create(
        channel=channel,
        key=f"test:{Delivery.objects.count()}",
        about="test:1",
        message_id="abc@bez.example",
        recipients=list(to or (CELINA,)),
        payload=said | payload,
        attempts=1,
    )


def send(delivery: Delivery, told: list[str] | None = None) -> Outcome:
    return adapter.ByMail().send(delivery, lambda: (told if told is not None else []).append("handing over"))


def test_what_the_server_took_is_a_receipt_and_every_dot_arrives(box: Channel, out: Sink) -> None:
    told: list[str] = []
    assert isinstance(send(a_delivery(box), told), Receipt)
    assert told == ["handing over"]
    ((recipients, raw),) = out.mails
    assert recipients == [CELINA]
    assert b"\r\n..kropki\r\n" in raw
    assert channels.health_of(box, "out").last_message_at is not None


def test_without_an_outgoing_server_it_is_held(house: None) -> None:
    assert send(a_delivery(a_mailbox(config={}))) == Held("no_smtp")


@pytest.mark.parametrize(
    ("answer", "outcome"), [("451 later", TemporaryFailure), ("550 never", PermanentFailure)]
)
def test_each_refusal_is_for_now_or_for_ever_wherever_it_comes(
    box: Channel, out: Sink, answer: str, outcome: type
) -> None:
    out.on_data = lambda envelope: answer
    at_the_end = send(a_delivery(box))
    out.on_rcpt = lambda address: answer
    at_the_recipient = send(a_delivery(box))
    out.on_mail = lambda address: answer
    at_the_sender = send(a_delivery(box))
    assert [type(o) for o in (at_the_end, at_the_recipient, at_the_sender)] == [outcome] * 3
    assert channels.health_of(box, "out").problem["params"]["words"] == answer


def test_an_answer_of_many_lines_is_one_line_for_the_reader(box: Channel, out: Sink) -> None:
    out.on_data = lambda envelope: "550-5.7.1 first\r\n550 5.7.1 second"
    assert send(a_delivery(box)) == PermanentFailure("550 5.7.1 first 5.7.1 second")


def test_some_refused_for_ever_the_others_get_it(box: Channel, out: Sink) -> None:
    out.on_rcpt = lambda address: "550 unknown" if address == JAN else None
    assert send(a_delivery(box, CELINA, JAN)) == Receipt("Taken", {JAN: "550 unknown"})


def test_some_refused_for_now_all_wait_a_few_times(box: Channel, out: Sink) -> None:
    out.on_rcpt = lambda address: "450 greylisted" if address == JAN else None
    delivery = a_delivery(box, CELINA, JAN)
    assert isinstance(send(delivery), TemporaryFailure)
    assert out.mails == []
    delivery.attempts = adapter.TRIES_FOR_ALL + 1
    assert send(delivery) == Receipt("Taken", {JAN: "450 greylisted"})


def test_a_connection_that_breaks_before_the_end_was_sent_is_only_for_now(box: Channel, out: Sink) -> None:
    out.drop_at_rcpt = True
    told: list[str] = []
    assert isinstance(send(a_delivery(box), told), TemporaryFailure)
    assert told == []


def test_a_connection_that_breaks_before_the_answer_leaves_us_unsure(box: Channel, out: Sink) -> None:
    out.drop_after_data = True
    told: list[str] = []
    assert isinstance(send(a_delivery(box), told), Unsure)
    assert told == ["handing over"]
    assert len(out.mails) == 1, "here it had been taken"


def test_if_the_hand_over_cannot_be_noted_it_does_not_happen(box: Channel, out: Sink) -> None:
    def full() -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        adapter.ByMail().send(a_delivery(box), full)
    assert out.mails == []


def test_a_mail_larger_than_the_server_takes_fails_with_the_sizes(house: None) -> None:
    with sink(data_size_limit=20_000) as out:
        box = a_mailbox(config=Mailbox(smtp=Server("127.0.0.1", out.port, "none")).as_json())
        outcome = send(a_delivery(box, text="x " * 20_000))
        assert outcome == PermanentFailure(f"The mail has 0.0 MB; 127.0.0.1:{out.port} takes 0.0 MB.")
        assert out.mails == []


def test_a_domain_in_polish_letters_goes_out_in_ascii(box: Channel, out: Sink) -> None:
    assert isinstance(send(a_delivery(box, "jan@żółw.example")), Receipt)
    assert out.mails[0][0] == ["jan@xn--w-uga1v8h.example"]


def test_a_name_in_polish_letters_needs_the_servers_consent(house: None, box: Channel, out: Sink) -> None:
    assert isinstance(send(a_delivery(box, "żółw@sklep.example")), Receipt)
    assert out.mails[0][0] == ["żółw@sklep.example"]
    with sink(enable_SMTPUTF8=False) as plain:
        other = a_mailbox("b@bez.example", config=Mailbox(smtp=_at(plain.port)).as_json())
        outcome = send(a_delivery(other, "żółw@sklep.example"))
    assert isinstance(outcome, PermanentFailure)
    assert "SMTPUTF8" in outcome.detail


def test_an_address_that_is_none_fails_for_ever(box: Channel) -> None:
    assert isinstance(send(a_delivery(box, "nikt")), PermanentFailure)


def test_nobody_listening_is_for_now_and_in_the_mailboxs_health(house: None) -> None:
    box = a_mailbox(config=Mailbox(smtp=_at(free_port())).as_json())
    assert isinstance(send(a_delivery(box)), TemporaryFailure)
    assert channels.health_of(box, "out").problem["code"] == "refused"


def test_a_server_that_greets_with_refusal_is_for_now(house: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            connection, _ = server.accept()
            connection.sendall(b"554 no service\r\n")
            connection.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        box = a_mailbox(config=Mailbox(smtp=_at(server.getsockname()[1])).as_json())
        assert isinstance(send(a_delivery(box)), TemporaryFailure)
        thread.join()
    assert channels.health_of(box, "out").problem["code"] == "server_error"


@pytest.mark.parametrize("password", ["falsch", "zażółć"])
def test_a_refused_password_is_for_now_and_in_the_mailboxs_health(house: None, password: str) -> None:
    with sink(authenticator=lambda *a: _verdict(a[-1]), auth_require_tls=False) as out:
        box = a_mailbox(
            config=Mailbox(smtp=Server("127.0.0.1", out.port, "none", "bez")).as_json(),
            passwords={"smtp": password},
        )
        assert isinstance(send(a_delivery(box)), TemporaryFailure)
        assert channels.health_of(box, "out").problem["code"] == "sign_in"
        for right in (PASSWORD, "zażółć gęślą"):
            channels.change_channel(box, by=SETUP, passwords={"smtp": right})
            assert isinstance(send(a_delivery(Channel.objects.get())), Receipt)


def test_a_copy_goes_to_the_archive_but_never_only_there(house: None, out: Sink) -> None:
    config = Mailbox(smtp=_at(out.port), copy="archive", archive="archiwum@bez.example")
    box = a_mailbox(config=config.as_json())
    send(a_delivery(box))
    assert out.mails[0][0] == [CELINA, "archiwum@bez.example"]
    out.on_rcpt = lambda address: "550 unknown" if address == CELINA else None
    assert isinstance(send(a_delivery(box)), PermanentFailure)
    assert len(out.mails) == 1


def test_a_copy_of_what_was_sent_lies_in_the_sent_folder_read(
    mailbox_with: MakesMailbox, post_office: Dovecot, out: Sink
) -> None:
    for folder in ("", "Wysłane"):
        box = mailbox_with(out=out, copy="sent", sent_folder=folder)
        delivery = a_delivery(box)
        send(delivery)
        adapter.ByMail().after_sent(delivery)
        with post_office.reading(user_of(box), folder or "Sent") as person:
            assert len(person.search("SEEN")) == 1


def _at(port: int) -> Server:
    return Server("127.0.0.1", port, "none")


def _verdict(given: LoginPassword) -> AuthResult:
    return AuthResult(success=given.password.decode() in (PASSWORD, "zażółć gęślą"), handled=False)

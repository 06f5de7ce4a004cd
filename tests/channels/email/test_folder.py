"""Taking in a folder of a real IMAP server: everything once, whatever people and servers do to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from okienko.channels.email import folder as folders
from okienko.channels.email import imap
from okienko.channels.email.config import Server, mailbox
from okienko.channels.email.folder import PATIENCE, Broken, Folder
from okienko.inbound.models import Received
from okienko.mailroom import channels
from okienko.mailroom.models import Channel, Health
from okienko.tickets.models import Message, Ticket
from tests.builders import a_mail, drain
from tests.channels.email.conftest import LONG_AGO, MakesFolder, MakesMailbox, user_of
from tests.servers import Dovecot, dovecot

pytestmark = [pytest.mark.server, pytest.mark.django_db]
GO_ON = threading.Event()


@contextmanager
def opened(channel: Channel, broken: Broken | None = None) -> Iterator[Folder]:
    box = mailbox(channel)
    assert box.imap
    with imap.connected(box.imap, channel.secret("imap")) as client:
        yield Folder(client, channel, box, Broken() if broken is None else broken)


def look(channel: Channel, broken: Broken | None = None) -> list[Received]:
    """One session that takes in what is there, and what it has in the journal then."""
    with opened(channel, broken) as folder:
        folder.fetch(GO_ON)
    drain()
    return list(Received.objects.filter(channel=channel).order_by("pk"))


@pytest.fixture
def box(mailbox_with: MakesMailbox) -> Channel:
    """A mailbox that has been looked at once, with one old mail that is not ours."""
    channel = mailbox_with()
    assert look(channel) == []
    return channel


def test_mail_from_before_the_first_look_is_left_alone_unless_wished(mailbox_with: MakesMailbox) -> None:
    assert look(mailbox_with()) == []
    assert len(look(mailbox_with(take_old=True))) == 1


def test_mail_that_somebody_has_read_is_taken_all_the_same(box: Channel, post_office: Dovecot) -> None:
    post_office.put(user_of(box), a_mail(subject="Przeczytane w Outlooku"))
    with post_office.reading(user_of(box)) as person:
        person.add_flags(person.search("ALL"), [b"\\Seen"])
    (row,) = look(box)
    assert row.subject == "Przeczytane w Outlooku"


def test_taking_a_mail_does_not_mark_it_as_read(box: Channel, post_office: Dovecot) -> None:
    post_office.put(user_of(box), a_mail())
    look(box)
    with post_office.reading(user_of(box)) as person:
        assert person.search("SEEN") == []


def test_each_mail_is_taken_once(box: Channel, post_office: Dovecot) -> None:
    post_office.put(user_of(box), a_mail())
    assert len(look(box)) == len(look(box)) == 1


def test_another_account_with_the_same_numbers_loses_no_mail(box: Channel, post_office: Dovecot) -> None:
    post_office.put(user_of(box), a_mail(subject="Ze starego konta"))
    look(box)
    health = channels.health_of(box, "in")
    Health.objects.filter(pk=health.pk).update(
        state=health.state | {"account": "kto.inny@stary.example", "last_uid": 500}
    )
    Received.objects.update(source_id=f"imap:stary:{health.state['uidvalidity']}:3")
    post_office.put(user_of(box), a_mail(subject="Z nowego konta"))
    assert [row.subject for row in look(box) if row.state == "filed"] == [
        "Ze starego konta",
        "Z nowego konta",
    ]


def test_what_was_journaled_before_a_crash_is_the_same_row_again(box: Channel, post_office: Dovecot) -> None:
    post_office.put(user_of(box), a_mail())
    look(box)
    channels.went_well(box.pk, "in", last_uid=1)  # the cursor had not been saved
    assert len(look(box)) == 1


def test_numbered_anew_everything_is_looked_at_again_and_nothing_opens_twice(
    box: Channel, post_office: Dovecot
) -> None:
    post_office.put(user_of(box), a_mail(subject="Pierwsza"))
    look(box)
    post_office.renumber(user_of(box))
    post_office.put(user_of(box), a_mail(subject="Druga"))
    rows = look(box)
    assert Ticket.objects.count() == 2
    states = {r.source_id.split(":")[2]: [] for r in rows}
    for row in rows:
        states[row.source_id.split(":")[2]].append(row.state)
    before, after = states.values()
    assert before == ["filed"]
    assert sorted(after).count("duplicate") == 1
    post_office.put(user_of(box), a_mail(subject="Trzecia"))
    look(box)
    assert Ticket.objects.count() == len(Ticket.objects.filter(subject__in=["Pierwsza", "Druga", "Trzecia"]))


def test_old_mail_stays_old_when_the_server_numbers_anew(
    mailbox_with: MakesMailbox, post_office: Dovecot
) -> None:
    channel = mailbox_with()
    look(channel)
    post_office.renumber(user_of(channel))
    assert look(channel) == []


def test_an_old_mail_that_somebody_moves_into_the_folder_is_taken(box: Channel, post_office: Dovecot) -> None:
    post_office.renumber(user_of(box))
    look(box)
    taken = Received.objects.count()
    with post_office.reading(user_of(box)) as person:
        person.append("INBOX", a_mail(), msg_time=LONG_AGO)
    assert len(look(box)) == taken + 1


def test_twenty_mails_and_a_broken_one_are_all_taken(box: Channel, post_office: Dovecot) -> None:
    for number in range(20):
        post_office.put(user_of(box), a_mail(f"Nr {number}", subject=f"Sprawa {number}"))
        if number == 7:
            post_office.put(
                user_of(box), b"\x00\xff\xfe: \x80 not a mail\r\nContent-Type: multipart/mixed\r\n"
            )
    assert len(look(box)) == 21
    assert Message.objects.count() == 21


def test_a_mail_that_vanishes_meanwhile_leaves_no_trace(box: Channel, post_office: Dovecot) -> None:
    post_office.put(user_of(box), a_mail(subject="Zostaje"))
    post_office.put(user_of(box), a_mail(subject="Znika"))
    with opened(box) as folder:
        listed = next(folder._batches([u for u in folder.client.search("ALL") if u > folder.last]))
        with post_office.reading(user_of(box)) as person:
            person.delete_messages([listed[-1].uid])
            person.expunge()
        folder.client.noop()
        assert [a.envelope["uid"] for a in folder._arrivals(listed)] == [listed[0].uid]


def test_a_mail_beyond_the_limit_is_kept_by_its_headers(
    box: Channel, post_office: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "LARGEST", 2000)
    post_office.put(user_of(box), a_mail("x" * 3000, subject="Za duża"))
    (row,) = look(box)
    assert (row.subject, row.state, row.envelope["incomplete"]) == ("Za duża", "filed", "too_large")
    assert "too_large" in Message.objects.get().defects


def test_a_mail_that_breaks_the_connection_is_in_the_end_taken_by_its_headers(
    box: Channel, post_office: Dovecot
) -> None:
    post_office.put(user_of(box), a_mail(subject="Zła"))
    post_office.put(user_of(box), a_mail(subject="Dobra"))
    broken = Broken()
    with opened(box) as folder:
        bad = folder.next - 2
    for _ in range(PATIENCE):
        broken.note([bad])
    rows = look(box, broken)
    assert [(r.subject, r.envelope.get("incomplete")) for r in rows] == [
        ("Zła", "unfetchable"),
        ("Dobra", None),
    ]


def test_a_server_that_cannot_give_a_mail_is_asked_again_before_its_headers_will_do(
    box: Channel, post_office: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_office.put(user_of(box), a_mail(subject="Uparta"))
    fetch = IMAPClient.fetch

    def refuses(self: IMAPClient, messages: list[int], data: list[str]) -> object:
        if data == ["BODY.PEEK[]"]:
            raise IMAPClientError("NO [SERVERBUG] internal error")
        return fetch(self, messages, data)

    broken = Broken()
    with monkeypatch.context() as server:
        server.setattr(IMAPClient, "fetch", refuses)
        for _ in range(PATIENCE - 1):
            with pytest.raises(IMAPClientError):
                look(box, broken)
        assert Received.objects.count() == 0
    (row,) = look(box, broken)
    assert "incomplete" not in row.envelope


def test_a_connection_that_breaks_takes_nothing_and_loses_nothing(box: Channel, post_office: Dovecot) -> None:
    post_office.put(user_of(box), a_mail())
    broken = Broken()
    with opened(box, broken) as folder:
        listed = next(folder._batches([folder.next - 1]))
        folder.client.socket().shutdown(socket.SHUT_RDWR)
        with pytest.raises((OSError, IMAPClientError)):
            folder._arrivals(listed)
    assert broken == {listed[0].uid: 1}
    assert len(look(box)) == 1


def test_taken_mail_moves_only_when_it_is_journaled(mailbox_with: MakesMailbox, post_office: Dovecot) -> None:
    channel = mailbox_with(after="move", move_to="Okienko")
    look(channel)
    post_office.put(user_of(channel), a_mail(subject="Do przeniesienia"))
    look(channel)
    with post_office.reading(user_of(channel)) as person:
        assert len(person.search("ALL")) == 1, "the old mail was never ours"
        person.select_folder("Okienko")
        assert len(person.search("ALL")) == 1


def test_mail_left_behind_by_a_crash_between_journal_and_move_is_moved_later(
    mailbox_with: MakesMailbox, post_office: Dovecot
) -> None:
    channel = mailbox_with()
    look(channel)
    post_office.put(user_of(channel), a_mail())
    look(channel)
    channel.config |= {"after": "move", "move_to": "Okienko"}
    channel.save()
    with opened(channel):
        pass
    with post_office.reading(user_of(channel), "Okienko") as person:
        assert len(person.search("ALL")) == 1


def test_a_server_without_move_copies_and_deletes_exactly_these(
    mailbox_with: MakesMailbox, post_office: Dovecot
) -> None:
    channel = mailbox_with(after="move", move_to="Okienko")
    look(channel)
    post_office.put(user_of(channel), a_mail())
    with opened(channel) as folder:
        folder.client._cached_capabilities = tuple(
            c for c in folder.client.capabilities() if c not in (b"MOVE", b"IDLE")
        )
        folder.fetch(GO_ON)
    with post_office.reading(user_of(channel)) as person:
        assert len(person.search("ALL")) == 1
        person.select_folder("Okienko")
        assert len(person.search("ALL")) == 1


def test_a_folder_that_is_not_there_is_named(mailbox_with: MakesMailbox) -> None:
    with pytest.raises(imap.NoFolder, match="Zamówienia"):
        look(mailbox_with(folder="Zamówienia"))


def test_a_mailbox_of_another_folder_begins_there_anew(box: Channel, post_office: Dovecot) -> None:
    with post_office.reading(user_of(box)) as person:
        person.create_folder("Zwroty")
        person.append("Zwroty", a_mail(subject="Stare"))
    box.config |= {"folder": "Zwroty"}
    box.save()
    assert look(box) == []
    with post_office.reading(user_of(box)) as person:
        person.append("Zwroty", a_mail(subject="Nowe"))
    assert [r.subject for r in look(box)] == ["Nowe"]


def test_nothing_is_noted_as_taken_when_the_journal_could_not_store(
    box: Channel, post_office: Dovecot, settings: object
) -> None:
    post_office.put(user_of(box), a_mail("x" * 100_000))
    blobs = settings.DATA.blobs  # type: ignore[attr-defined]
    blobs.rmdir()
    blobs.write_bytes(b"no folder any more")
    with pytest.raises(folders.NoRoom):
        look(box)
    blobs.unlink()
    assert len(look(box)) == 1


def test_a_server_without_idle_is_polled(
    box: Channel, post_office: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "POLL", 0.01)
    with opened(box) as folder:
        folder.can_idle = False
        post_office.put(user_of(box), a_mail())
        folder.wait(GO_ON)
        folder.fetch(GO_ON)
    assert channels.health_of(box, "in").state["mode"] == "poll"
    assert Received.objects.count() == 1


def test_health_tells_how_far_the_folder_is_taken(box: Channel, post_office: Dovecot) -> None:
    post_office.put(user_of(box), a_mail())
    look(box)
    health = channels.health_of(box, "in")
    assert (health.state["mode"], health.state["on_server"], health.state["last_uid"]) == ("idle", 2, 2)
    assert health.state["lag"] < 60
    assert health.last_message_at is not None


def test_a_password_beyond_ascii_signs_in(dovecot_folders: MakesFolder) -> None:
    with dovecot(dovecot_folders(), password="zażółć-gęślą") as server:
        server.put("ala", a_mail())
        where = Server("127.0.0.1", server.port, "none", "ala")
        with imap.connected(where, "zażółć-gęślą") as client:
            assert imap.sent_folder(client) == "Sent"

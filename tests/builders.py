"""Makes things for tests, each with as little as it needs."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

from django.utils import timezone

from okienko.config.worker import drain
from okienko.events.actor import system
from okienko.inbound.models import Received
from okienko.inbound.receive import Arrival, receive
from okienko.mailroom.channels import add_mailbox
from okienko.mailroom.models import Channel
from okienko.people.models import Team
from okienko.tickets.models import Ticket

SETUP = system("tests")
_ids = count(1)


def a_mailbox(address: str = "pomoc@bez.example", team: Team | None = None, **more: object) -> Channel:
    more.setdefault("config", {"smtp": {"host": "127.0.0.1", "port": 9, "security": "none", "user": ""}})
    return add_mailbox(address, by=SETUP, name="Bez", team=team, **more)  # type: ignore[arg-type]


def a_mail(
    text: str = "Dzień dobry, gdzie jest moja paczka?",
    *,
    subject: str = "Gdzie jest paczka",
    from_: str = "Celina Bez <celina@kwiaciarnia.example>",
    to: str = "pomoc@bez.example",
    message_id: str | None = None,
    html: str = "",
    files: tuple[tuple[str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = from_, to, subject
    mail["Date"] = format_datetime(timezone.now())
    if message_id != "":
        mail["Message-ID"] = f"<{message_id or f'test{next(_ids)}@poczta.example'}>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def arrives(raw: bytes, channel: Channel, **envelope: object) -> Received:
    """The mail is journaled and processed; returns its row as it ended."""
    row = receive(channel, [Arrival(raw, f"test:{next(_ids)}", dict(envelope))])[0]
    drain()
    return Received.objects.get(pk=row.pk)


def a_ticket(channel: Channel, text: str = "Dzień dobry, gdzie jest moja paczka?", **mail: str) -> Ticket:
    """A ticket that came by mail."""
    row = arrives(a_mail(text, to=channel.address, **mail), channel)  # type: ignore[arg-type]
    assert row.ticket is not None
    return Ticket.objects.get(pk=row.ticket_id)

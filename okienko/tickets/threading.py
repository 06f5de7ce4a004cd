"""Which ticket a message belongs to: signed tokens, our own Message-IDs, numbers, subjects.

A token is ``<number>.<signature>``; it stands in the plus part of a reply address (RFC 5233) and in our Message-IDs.
"""

from __future__ import annotations

import re
import secrets as random
from collections.abc import Iterable

from okienko.lib import secrets
from okienko.lib.mail.subject import normal_subject as normal_subject
from okienko.lib.text import normalise_address
from okienko.mailroom.models import Channel
from okienko.tickets.models import Message, Participant, Ticket

PURPOSE = "ticket"
PLUS = re.compile(r"\+t(\d{1,15})\.([0-9a-z]{10,40})@", re.IGNORECASE)
OWN_ID = re.compile(r"t(\d{1,15})\.([0-9a-f]{12})\.([0-9a-z]{10,40})@", re.IGNORECASE)


def reply_address(ticket: Ticket, channel: Channel) -> str:
    """The channel's address with the ticket's signed token in its plus part."""
    local, _, domain = channel.address.rpartition("@")
    return f"{local}+t{ticket.number}.{secrets.sign(PURPOSE, str(ticket.number))}@{domain}"


def number_in_address(addresses: Iterable[str]) -> int | None:
    """The ticket number of the first address that carries a token signed by us."""
    for address in addresses:
        found = PLUS.search(address)
        if found and secrets.is_signed(PURPOSE, found[1], found[2]):
            return int(found[1])
    return None


def new_message_id(ticket: Ticket, channel: Channel) -> str:
    """A Message-ID that only we can have made (RFC 5322, 3.6.4), without its angle brackets."""
    nonce = random.token_hex(6)
    signature = secrets.sign("message-id", f"{ticket.number}.{nonce}")
    return f"t{ticket.number}.{nonce}.{signature}@{channel.address.rpartition('@')[2]}"


def is_own_message_id(message_id: str) -> bool:
    """Whether we made this Message-ID."""
    found = OWN_ID.match(message_id)
    return bool(found and secrets.is_signed("message-id", f"{found[1]}.{found[2]}".lower(), found[3]))


def ticket_of_ids(message_ids: list[str]) -> Ticket | None:
    """The ticket that holds the first of these Message-IDs that we know; give them newest first."""
    if not message_ids:
        return None
    known = dict(
        Message.objects.filter(message_id__in=message_ids[:50])
        .order_by("-pk")
        .values_list("message_id", "ticket_id")
    )
    for message_id in message_ids[:50]:
        if message_id in known:
            return Ticket.objects.select_related("status").get(pk=known[message_id])
    return None


def takes_part(ticket: Ticket, address: str) -> bool:
    """Whether the owner of ``address`` is known on the ticket, by any address of the same customer."""
    value = normalise_address(address)
    if Participant.objects.filter(ticket=ticket, address=value).exists():
        return True
    if ticket.customer_id is None:
        return False
    return ticket.customer.identities.filter(value=value).exists()  # type: ignore[union-attr]

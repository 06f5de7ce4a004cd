"""Which of our mailboxes an address means."""

from __future__ import annotations

from okienko.lib.text import normalise_address
from okienko.mailroom.models import Channel


def mailbox_of(address: str) -> Channel | None:
    """The mailbox at ``address``, its plus part (RFC 5233) aside; None when it is none of ours."""
    value = normalise_address(address)
    local, _, domain = value.rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    found = {
        c.address: c for c in Channel.objects.filter(kind=Channel.Kind.EMAIL, address__in={value, plain})
    }
    return found.get(value) or found.get(plain)

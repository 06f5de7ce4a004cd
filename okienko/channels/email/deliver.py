"""Taking one mail from an existing mail server's pipe."""

from __future__ import annotations

import uuid

from django.db import DatabaseError

from okienko.channels.email.addresses import mailbox_of
from okienko.inbound.receive import Arrival, receive

STORED, TRY_AGAIN, UNKNOWN = 0, 75, 67


def deliver(raw: bytes, address: str) -> int:
    """Journals ``raw`` for the mailbox at ``address``; returns the exit code of sysexits.h that a mail server expects:
    0 durably stored, 75 (EX_TEMPFAIL) not now, 67 (EX_NOUSER) no such mailbox."""
    try:
        channel = mailbox_of(address)
        if channel is None:
            return UNKNOWN
        receive(channel, [Arrival(raw, f"pipe:{uuid.uuid4()}", {"rcpt_to": [address]})])
    except (OSError, DatabaseError):
        return TRY_AGAIN
    return STORED

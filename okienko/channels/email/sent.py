"""A copy of what was sent, in the mailbox's Sent folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okienko.channels.email import imap
from okienko.channels.email.config import mailbox

if TYPE_CHECKING:
    from okienko.outbound.models import Delivery


def keep_copy(delivery: Delivery, raw: bytes) -> None:
    """Appends the sent mail, marked as read, to the Sent folder. Raises what the connection raises."""
    box = mailbox(delivery.channel)
    if box.imap is None:
        return
    with imap.connected(box.imap, delivery.channel.secret("imap")) as client:
        folder = box.sent_folder or imap.sent_folder(client)
        if not client.folder_exists(folder):
            client.create_folder(folder)
        client.append(folder, raw, flags=[b"\\Seen"])

"""What a customer wrote, as the mail that brought it."""

from __future__ import annotations

from hashlib import sha256
from random import Random

from okienko.demo.files import made
from okienko.demo.stories import Piece, Story
from okienko.lib.mail import Address, Attached, Outgoing


def mail_of(story: Story, piece: Piece, number: int, *, to: str) -> Outgoing:
    """The ``number``-th message of a story as a mail to the mailbox ``to``."""
    domain = story.address.rpartition("@")[2]
    name = Random(story.id).getrandbits(40)  # noqa: S311 - a Message-ID that repeats, no secret
    return Outgoing(
        message_id=f"{story.id}.{number}.{name:x}@{domain}",
        from_=Address(story.customer, story.address),
        to=(Address("", to),),
        subject=story.subject if number == 0 else f"Re: {story.subject}",
        text=piece.text,
        date=piece.at,
        attachments=tuple(_attached(filename) for filename in piece.attachments),
    )


def _attached(filename: str) -> Attached:
    data, content_type = made(filename)
    return Attached(filename, content_type, len(data), False, "", sha256(data).hexdigest(), data)

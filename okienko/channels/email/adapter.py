"""The way out by SMTP (RFC 5321)."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from okienko.channels.email import smtp
from okienko.channels.email.config import mailbox
from okienko.channels.email.sent import keep_copy
from okienko.channels.email.troubles import trouble
from okienko.files import store
from okienko.files.models import Blob
from okienko.lib.mail import Address, Attached, Outgoing, compose
from okienko.mailroom import channels
from okienko.outbound.adapters import (
    Held,
    Outcome,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Unsure,
)

if TYPE_CHECKING:
    from okienko.outbound.models import Delivery


def mail_of(delivery: Delivery) -> bytes:
    """The mail of a delivery, the same bytes each time but for its MIME boundaries."""
    said = delivery.payload
    blobs = Blob.objects.in_bulk([f["blob"] for f in said["files"]])
    files = tuple(
        Attached(
            filename=f["filename"],
            content_type=f["content_type"],
            size=blobs[f["blob"]].size,
            inline=f["inline"],
            content_id=f["content_id"],
            sha256=blobs[f["blob"]].sha256,
            data=store.read(blobs[f["blob"]]),
        )
        for f in said["files"]
    )
    sender = Address(said["from"]["name"], said["from"]["address"])
    return compose(
        Outgoing(
            message_id=delivery.message_id,
            from_=sender,
            to=tuple(Address(a["name"], a["address"]) for a in said["to"]),
            cc=tuple(Address(a["name"], a["address"]) for a in said["cc"]),
            reply_to=Address(sender.name, said["reply_to"]) if said["reply_to"] else None,
            subject=said["subject"],
            text=said["text"],
            html=said["html"],
            in_reply_to=said["in_reply_to"],
            references=tuple(said["references"]),
            attachments=files,
            date=datetime.fromisoformat(said["date"]),
        )
    )


class ByMail:
    """Sends by the mailbox's own SMTP server."""

    def send(self, delivery: Delivery, handing_over: Callable[[], None]) -> Outcome:
        """See outbound.adapters.Adapter."""
        channel = delivery.channel
        box = mailbox(channel)
        if box.smtp is None:
            return Held("no_smtp")
        raw = mail_of(delivery)
        recipients = list(delivery.recipients)
        if box.copy == "archive" and box.archive:
            recipients.append(box.archive)
        handed = False
        try:
            with smtp.connected(box.smtp, channel.secret("smtp")) as server:
                refused = server.envelope(channel.address, recipients)
                if len(refused) == len(recipients):
                    server.reset()
                    return _refusal(refused)
                handing_over()
                handed = True
                answer = server.content(raw)
        except smtplib.SMTPResponseException as error:
            return self._refused(delivery, error)
        except (OSError, smtplib.SMTPException) as error:
            code, params = trouble(error, box.smtp)
            channels.went_wrong(channel.pk, "out", code, **params)
            if handed and not isinstance(error, ssl.SSLError | socket.gaierror):
                return Unsure(f"{code}: {error}")
            return TemporaryFailure(f"{code}: {error}")
        channels.went_well(channel.pk, "out", with_message=True)
        return Receipt(
            answer, refused={a: why for a, (_, why) in refused.items() if a in delivery.recipients}
        )

    def after_sent(self, delivery: Delivery) -> None:
        """See outbound.adapters.Adapter."""
        keep_copy(delivery, mail_of(delivery))

    def _refused(self, delivery: Delivery, error: smtplib.SMTPResponseException) -> Outcome:
        words = smtp.words(error.smtp_error)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            channels.went_wrong(delivery.channel_id, "out", "sign_in", words=words)
            return TemporaryFailure(words)
        if error.smtp_code < 500:
            return TemporaryFailure(f"{error.smtp_code} {words}")
        return PermanentFailure(f"{error.smtp_code} {words}")


def _refusal(refused: dict[str, tuple[int, str]]) -> Outcome:
    said = "; ".join(f"{a}: {code} {why}" for a, (code, why) in refused.items())
    if any(code < 500 for code, _ in refused.values()):
        return TemporaryFailure(said)
    return PermanentFailure(said, tuple(refused))

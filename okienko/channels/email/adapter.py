"""The way out by SMTP (RFC 5321)."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from okienko.channels.email import smtp
from okienko.channels.email.config import Server, mailbox
from okienko.channels.email.sent import keep_copy
from okienko.channels.email.troubles import trouble
from okienko.files import store
from okienko.files.models import Blob
from okienko.lib.mail import Address, Attached, Outgoing, compose
from okienko.lib.secrets import Unreadable
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

TRIES_FOR_ALL = 4
# RFC 4954: authentication required, too weak a mechanism, encryption required for it.
NOT_SIGNED_IN = (530, 534, 535, 538)


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
        box = mailbox(delivery.channel)
        if box.smtp is None:
            return Held("no_smtp")
        try:
            raw = mail_of(delivery)
        except ValueError as error:
            return PermanentFailure(f"This cannot be written as a mail: {error}")
        archive = [box.archive] if box.copy == "archive" and box.archive else []
        handed = False

        def before_end() -> None:
            nonlocal handed
            handing_over()
            handed = True

        try:
            with smtp.connected(box.smtp, delivery.channel.secret("smtp")) as server:
                refused = server.envelope(
                    delivery.channel.address, [*delivery.recipients, *archive], size=len(raw)
                )
                refused = {a: why for a, why in refused.items() if a in delivery.recipients}
                if put_off := _put_off(delivery, refused):
                    return put_off
                answer = server.content(raw, before_end)
        except smtplib.SMTPResponseException as error:
            return _refused(delivery, error, box.smtp)
        except smtp.TooLarge as error:
            return PermanentFailure(
                f"The mail has {_megabytes(error.size)} MB; {box.smtp.where} takes {_megabytes(error.limit)} MB."
            )
        except (OSError, UnicodeError, smtplib.SMTPException, Unreadable) as error:
            code, params = trouble(error, box.smtp)
            channels.went_wrong(delivery.channel_id, "out", code, **params)
            said = f"{code}: {error}"
            return Unsure(said) if handed else TemporaryFailure(said)
        channels.went_well(delivery.channel_id, "out", with_message=True)
        return Receipt(answer, refused={a: f"{code} {why}" for a, (code, why) in refused.items()})

    def after_sent(self, delivery: Delivery) -> None:
        """See outbound.adapters.Adapter."""
        if mailbox(delivery.channel).copy == "sent":
            keep_copy(delivery, mail_of(delivery))


def _put_off(delivery: Delivery, refused: dict[str, tuple[int, str]]) -> Outcome | None:
    """What becomes of a mail that some recipients' servers do not want, or not now; None: it goes to the others.

    One who is refused for now holds the mail back for all, the first few times: sent in two parts it could not be
    one delivery any more, and a server that tests our patience (greylisting) wants no more than minutes.
    """
    if not refused:
        return None
    said = "; ".join(f"{a}: {code} {why}" for a, (code, why) in refused.items())
    is_for_now = any(code < 500 for code, _ in refused.values())
    is_for_all = len(refused) == len(set(delivery.recipients))
    if is_for_now and (is_for_all or delivery.attempts <= TRIES_FOR_ALL):
        return TemporaryFailure(said)
    return PermanentFailure(said, tuple(refused)) if is_for_all else None


def _refused(delivery: Delivery, error: smtplib.SMTPResponseException, server: Server) -> Outcome:
    said = f"{error.smtp_code} {smtp.words(error.smtp_error)}"
    is_ours = isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError)
    is_sign_in = isinstance(error, smtplib.SMTPAuthenticationError) or error.smtp_code in NOT_SIGNED_IN
    if is_ours or is_sign_in or isinstance(error, smtplib.SMTPSenderRefused):
        code, params = trouble(error, server)
        channels.went_wrong(delivery.channel_id, "out", "sign_in" if is_sign_in else code, **params)
    # Not this mail but every mail is refused: once the mailbox is put right, it can go.
    if is_ours or is_sign_in or error.smtp_code < 500:
        return TemporaryFailure(said)
    return PermanentFailure(said)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}"

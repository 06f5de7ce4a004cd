"""What one mail says, as immutable values; nothing here reads bytes or knows where a mail came from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Address:
    """A person in a header: the display name (may be empty or a lie) and the address as it was written."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in a mail, decoded to the very bytes that were attached. `size` is in bytes.

    `inline` is true when the HTML shows the file by its `content_id` (kept without angle brackets).
    """

    filename: str
    content_type: str
    size: int
    inline: bool
    content_id: str
    sha256: str
    data: bytes


Kind = Literal["new", "quote", "signature"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a mail's text: newly written, quoted history, or a signature."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class TicketHint:
    """A ticket number that the mail names. It proves nothing: anybody can write a number."""

    number: int
    source: Literal["subject"]


@dataclass(frozen=True, slots=True)
class Mail:
    """Everything that okienko reads from a mail.

    Identifiers have no angle brackets, a missing one is "". No string holds NUL or a lone surrogate, no header
    value holds a line break. `segments` joined give `text` exactly; `visible_text` is what was newly written.
    `html` is sanitised, "" when the mail had none. `return_path` is "" for the null sender, None when unknown.
    `no_reply_reason` is a stable code, None when an automatic answer is allowed. `defects` say what was mended.
    """

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    from_: Address
    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None
    subject: str
    normal_subject: str
    ticket_hint: TicketHint | None
    text: str
    html: str
    is_rich: bool
    has_remote_images: bool
    segments: tuple[Segment, ...]
    visible_text: str
    attachments: tuple[Attached, ...]
    delivered_to: tuple[str, ...]
    return_path: str | None
    list_id: str
    is_auto_reply: bool
    is_bounce: bool
    bounced_recipients: tuple[str, ...]
    bounced_message_ids: tuple[str, ...]
    auto_reply_allowed: bool
    no_reply_reason: str | None
    language: None
    defects: tuple[str, ...]


def as_json(mail: Mail) -> dict[str, Any]:
    """Return `mail` as the JSON object that `okienko mail inspect --json` prints (attachments without bytes)."""
    hint = mail.ticket_hint
    return {
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "from": _person(mail.from_),
        "to": [_person(each) for each in mail.to],
        "cc": [_person(each) for each in mail.cc],
        "reply_to": [_person(each) for each in mail.reply_to],
        "date": mail.date.isoformat() if mail.date else None,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "visible_text": mail.visible_text,
        "attachments": [
            {
                "filename": file.filename,
                "content_type": file.content_type,
                "size": file.size,
                "inline": file.inline,
                "content_id": file.content_id,
                "sha256": file.sha256,
            }
            for file in mail.attachments
        ],
        "is_auto_reply": mail.is_auto_reply,
        "is_bounce": mail.is_bounce,
        "bounced_recipients": list(mail.bounced_recipients),
        "auto_reply_allowed": mail.auto_reply_allowed,
        "no_reply_reason": mail.no_reply_reason,
        "language": mail.language,
        "ticket_hint": {"number": hint.number, "source": hint.source} if hint else None,
        "defects": list(mail.defects),
    }


def _person(who: Address) -> dict[str, str]:
    return {"name": who.name, "address": who.address}

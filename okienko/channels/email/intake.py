"""A raw mail becomes an Inbound. Reading happens in a warm child process with limits on time and memory."""

from __future__ import annotations

import hashlib
from typing import Any

from okienko.inbound.envelope import Inbound, InboundFile, Person
from okienko.lib import secrets
from okienko.lib.html import SANITISER_VERSION
from okienko.lib.limits import Died, TooLong, Warm
from okienko.lib.mail import PARSER_VERSION, Address, Mail

PROBE_HEADER = "X-Okienko-Test"
PROBE_PURPOSE = "probe"

_reader = Warm("okienko.lib.mail:parse")


def read(raw: bytes, envelope: dict[str, Any]) -> Inbound:
    """What a mail says; one that cannot be read within its limits comes as its bytes in an attached file."""
    if probe := _probe(raw):
        return Inbound(sender=Person("", ""), subject="", segments=(), own_trace=probe)
    try:
        mail: Mail = _reader.call(raw)
    except (TooLong, Died) as error:
        return _as_file(raw, type(error).__name__.lower())
    return inbound(mail, raw, envelope)


def inbound(mail: Mail, raw: bytes, envelope: dict[str, Any]) -> Inbound:
    """The parsed mail as the pipeline takes it; ``envelope`` is the SMTP one, where the source knew it."""
    recipients = [str(a) for a in envelope.get("rcpt_to", [])]
    addressed_to = [*recipients, *mail.delivered_to, *(a.address for a in (*mail.to, *mail.cc))]
    newest_first = [mail.in_reply_to, *reversed(mail.references)]
    return Inbound(
        sender=_person(mail.from_ if mail.from_.address or not mail.sender else mail.sender),
        subject=mail.subject,
        segments=tuple((s.kind, s.text) for s in mail.segments),
        to=tuple(map(_person, mail.to)),
        cc=tuple(map(_person, mail.cc)),
        reply_to=tuple(map(_person, mail.reply_to)),
        addressed_to=tuple(addressed_to[:200]),
        html=mail.html,
        is_rich=mail.is_rich,
        has_remote_images=mail.has_remote_images,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        references=mail.references[-50:],
        thread_ids=tuple(dict.fromkeys(i for i in newest_first if i)),
        number_hint=mail.ticket_hint.number if mail.ticket_hint else None,
        digest=digest(mail),
        sent_at=mail.date,
        files=tuple(
            InboundFile(a.filename, a.content_type, a.data, a.inline, a.content_id) for a in mail.attachments
        ),
        is_bounce=mail.is_bounce,
        bounced_recipients=mail.bounced_recipients,
        bounced_ids=mail.bounced_message_ids,
        is_automatic=mail.is_auto_reply or mail.is_bounce,
        automatic_why=mail.no_reply_reason or "",
        defects=(*mail.defects, *([envelope["incomplete"]] if "incomplete" in envelope else [])),
        parser_version=PARSER_VERSION,
        sanitiser_version=SANITISER_VERSION,
    )


def digest(mail: Mail) -> str:
    """A fingerprint of what was written, the same for copies that took different ways; hexadecimal SHA-256."""
    parts = [
        mail.from_.address.lower(),
        mail.date.isoformat() if mail.date else "",
        mail.subject,
        mail.text,
        *(a.sha256 for a in mail.attachments),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _person(address: Address) -> Person:
    return Person(address.name, address.address)


def _probe(raw: bytes) -> str:
    head = raw[:20_000].split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0]
    for line in head.splitlines():
        if line.lower().startswith(PROBE_HEADER.lower().encode() + b":"):
            text, _, signature = line.partition(b":")[2].strip().decode("ascii", "replace").rpartition(".")
            if secrets.is_signed(PROBE_PURPOSE, text, signature):
                return "connection_test"
    return ""


def _as_file(raw: bytes, defect: str) -> Inbound:
    return Inbound(
        sender=Person("", ""),
        subject="",
        segments=(),
        files=(InboundFile("message.eml", "message/rfc822", raw),),
        digest=hashlib.sha256(raw).hexdigest(),
        defects=(defect,),
    )

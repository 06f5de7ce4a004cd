"""A mail that we send, as bytes (RFC 5322, RFC 2045–2047, RFC 2231)."""

import binascii
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

import css_inline

from okienko.lib.mail.charset import clean, clean_line
from okienko.lib.mail.model import Address, Attached
from okienko.lib.text import ascii_domain

MAX_REFERENCES = 20
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~. -]*")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_OURS = {
    *("from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-disposition", "sender"),
}
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][\w.+-]*/[\w.+-]+", re.A)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes into a mail. Identifiers have no angle brackets; `date` is aware.

    `bcc` is for the envelope only and never written into the mail. `html` may be "" and may hold a `<style>`;
    attachments with `inline` are the images that it shows by `cid:`. `extra` are further headers.
    """

    message_id: str
    from_: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    date: datetime
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    html: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attached, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


def compose(out: Outgoing) -> bytes:
    """Return `out` as a mail with CRLF line ends, in ASCII but for addresses that need more (RFC 6532).

    Raises ValueError for an address without "@", an identifier that is none, or an extra header that isn't extra.
    """
    headers = [_folded("Date", format_datetime(out.date)), _folded("From", _mailbox(out.from_))]
    headers += [_folded(name, _list(people)) for name, people in (("To", out.to), ("Cc", out.cc)) if people]
    if out.reply_to:
        headers.append(_folded("Reply-To", _mailbox(out.reply_to)))
    headers.append(_folded("Subject", _words(clean_line(out.subject))))
    headers.append(f"Message-ID: {_identifier(out.message_id)}")
    if out.in_reply_to:
        headers.append(_folded("In-Reply-To", _identifier(out.in_reply_to)))
    if references := _references(out):
        headers.append(_folded("References", " ".join(references)))
    for name, value in out.extra:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
            raise ValueError(f"not an extra header: {name!r}")
        headers.append(_folded(name, _words(clean_line(value))))
    headers.append("MIME-Version: 1.0")
    return "\r\n".join(headers).encode() + b"\r\n" + _body(out)


def _body(out: Outgoing) -> bytes:
    """Return the entity with its own headers: mixed ⊃ related ⊃ alternative, each only where it is needed."""
    mark = sha256(out.message_id.encode()).hexdigest()[:24]
    entity = _text("plain", out.text)
    shown = [file for file in out.attachments if file.inline and out.html]
    if out.html:
        entity = _multipart("alternative", f"=_{mark}_a", [entity, _text("html", _document(out.html))])
        if shown:
            entity = _multipart(
                "related", f"=_{mark}_r", [entity, *(_file(file, "inline") for file in shown)]
            )
    kept = [file for file in out.attachments if file not in shown]
    if kept:
        entity = _multipart("mixed", f"=_{mark}_m", [entity, *(_file(file, "attachment") for file in kept)])
    return entity


def _multipart(kind: str, boundary: str, entities: Sequence[bytes]) -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    line = f"--{boundary}".encode()
    return head + b"".join(line + b"\r\n" + entity + b"\r\n" for entity in entities) + line + b"--\r\n"


def _text(kind: str, text: str) -> bytes:
    lines = clean(text).strip("\n").replace("\n", "\r\n") + "\r\n"
    encoded = binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True)
    encoded = re.sub(
        rb"(?m)^From ", b"=46rom ", encoded
    )  # mbox stores would change it and break the signature
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + encoded


def _document(html: str) -> str:
    if "<html" not in html[:2000].lower():
        html = f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{html}</body></html>'
    if "<style" in html.lower():
        html = css_inline.inline(html, load_remote_stylesheets=False, keep_at_rules=True)
    return html


def _file(file: Attached, disposition: str) -> bytes:
    name = clean_line(file.filename).replace("/", "_").replace("\\", "_") or "attachment"
    kind = file.content_type.lower()
    kind = kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"
    if name.isascii():
        quoted = name.replace('"', "'")
        names = (f'name="{quoted}"', f'filename="{quoted}"')
    else:
        names = (f'name="{_words(name)}"'.replace("\r\n", ""), f"filename*=UTF-8''{quote(name, safe='')}")
    head = [f"Content-Type: {kind};", f" {names[0]}", f"Content-Disposition: {disposition};", f" {names[1]}"]
    if file.content_id:
        head.append(f"Content-ID: {_identifier(file.content_id)}")
    head.append("Content-Transfer-Encoding: base64")
    packed = b64encode(file.data)
    lines = [packed[at : at + 76] for at in range(0, len(packed), 76)]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + b"\r\n".join(lines) + b"\r\n"


def _references(out: Outgoing) -> list[str]:
    known = list(dict.fromkeys(each for each in (*out.references, out.in_reply_to) if _is_identifier(each)))
    if len(known) > MAX_REFERENCES:
        known = known[:1] + known[1 - MAX_REFERENCES :]
    return [f"<{each}>" for each in known]


def _is_identifier(text: str) -> bool:
    return bool(re.fullmatch(r"[!-;=?-~]{1,400}", text))


def _identifier(text: str) -> str:
    if not _is_identifier(text):
        raise ValueError(f"not an identifier: {text[:80]!r}")
    return f"<{text}>"


def _list(people: Sequence[Address]) -> str:
    return ", ".join(_mailbox(person) for person in people)


def _mailbox(person: Address) -> str:
    address = "".join(clean_line(person.address).split())
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or re.search(r"[<>,;:()\[\]\"\\]", local + domain):
        raise ValueError(f"not an address: {person.address[:80]!r}")
    address = f"{local}@{ascii_domain(domain)}"
    name = clean_line(person.name)
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{_words(name, always=True)} <{address}>"
    if not _ATOM.fullmatch(name) or "." in name:
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"


def _words(text: str, *, always: bool = False) -> str:
    """Return `text` as it may stand in a header: as it is, or in encoded words of whole characters."""
    if text.isascii() and "=?" not in text and not always and all(len(word) < 900 for word in text.split()):
        return text
    chunks: list[str] = [""]
    for character in text:
        if len((chunks[-1] + character).encode("utf-8", "replace")) > 42:
            chunks.append("")
        chunks[-1] += character
    return " ".join(f"=?utf-8?B?{b64encode(chunk.encode('utf-8', 'replace')).decode()}?=" for chunk in chunks)


def _folded(name: str, value: str) -> str:
    """Return a header folded at spaces so that lines stay below 78 characters where the words allow."""
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > 76 and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += " " + word
    return "\r\n".join(line for line in lines if line.strip())

"""From a mail's bytes to a `Mail`."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from urllib.parse import unquote

from okienko.lib import html as rich
from okienko.lib.mail import machines, quotes, subject
from okienko.lib.mail.addresses import parse_addresses
from okienko.lib.mail.bodies import Bodies, Piece, as_html, gather
from okienko.lib.mail.bounces import NO_BOUNCE, read_bounce
from okienko.lib.mail.charset import clean, clean_line
from okienko.lib.mail.mime import Part, split_headers, split_mail
from okienko.lib.mail.model import Address, Attached, Mail, Segment
from okienko.lib.mail.params import decode_header
from okienko.lib.quoting import Thread

PARSER_VERSION = 1
MAX_REFERENCES = 500
_ANGLED = re.compile(r"<([^<>]+)>")
_CID = re.compile(r'cid:([^"\'\s>)]+)', re.I)
_SIMPLE = {"from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "return-path"}


def parse(raw: bytes) -> Mail:
    """Return what the mail `raw` says. Never raises, whatever the bytes: what can't be read is in `defects`."""
    try:
        return _parse(raw)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a library written in Rust panics with something that is no Exception
        return _unreadable(raw, error)


def _parse(raw: bytes) -> Mail:
    root = split_mail(raw)
    title = decode_header(root.first("subject"))[:2000]
    in_reply_to = _ids(root.first("in-reply-to"))
    references = _ids(b" ".join(root.all("references")))
    prefix = subject.outer_prefix(title)
    is_answer = prefix == "reply" or bool(in_reply_to or references)
    to, cc, reply_to = _all(root, "to"), _all(root, "cc"), _all(root, "reply-to")
    delivered_to = _delivered_to(root)
    partners = {person.address.lower() for person in (*to[:100], *cc[:100])}.union(
        map(str.lower, delivered_to)
    )
    thread = Thread(is_answer and prefix != "forward", prefix == "forward", frozenset(partners))
    bodies = gather(root)
    text, html, runs = _texts(bodies.pieces, thread)
    segments = quotes.cut(runs, thread)
    from_, sender = _people(root)
    return_path = _return_path(root)
    visible = quotes.visible(segments)
    found = machines.judge(root, from_, title, return_path, visible, is_answer=is_answer)
    bounce = NO_BOUNCE
    if found.may_bounce:
        bounce = read_bounce(raw, root, bodies, from_.address, title, text, return_path)
    if bounce.is_bounce:
        found = replace(found, is_auto_reply=False, reason="bounce")
    return Mail(
        message_id=_one_id(root.first("message-id")),
        in_reply_to=in_reply_to[0] if in_reply_to else "",
        references=references
        if len(references) <= MAX_REFERENCES
        else references[:1] + references[1 - MAX_REFERENCES :],
        from_=from_,
        sender=sender,
        to=to,
        cc=cc,
        reply_to=reply_to,
        date=parse_date(root.first("date")),
        subject=title,
        normal_subject=subject.normal_subject(title),
        ticket_hint=subject.ticket_hint(title),
        text=text,
        html=html.html,
        is_rich=html.is_rich,
        has_remote_images=html.has_remote_images,
        segments=segments,
        visible_text=visible,
        attachments=_shown(bodies, html.html),
        delivered_to=delivered_to,
        return_path=return_path,
        list_id=decode_header(root.first("list-id"))[:300],
        is_auto_reply=found.is_auto_reply,
        is_bounce=bounce.is_bounce,
        bounced_recipients=bounce.recipients,
        bounced_message_ids=bounce.message_ids,
        auto_reply_allowed=found.reason is None,
        no_reply_reason=found.reason,
        language=None,
        defects=tuple(dict.fromkeys(clean_line(each) for each in _all_defects(root, from_))),
    )


def _all_defects(root: Part, from_: Address) -> list[str]:
    defects = list(root.defects)
    if not root.headers:
        defects.append("no headers")
    if not from_.address:
        defects.append("no sender")
    if len(root.all("from")) > 1:
        defects.append("several From headers")
    return defects


def _unreadable(raw: bytes, error: BaseException) -> Mail:
    """Return what the headers say, and the beginning of the mail as its text."""
    headers = split_headers(raw[:200_000])[0]
    known = [(name, value) for name, value in headers if name in _SIMPLE]
    text = clean(raw[:20_000].decode("utf-8", "replace"))
    try:
        mail = _parse(b"".join(name.encode() + b": " + value[:2000] + b"\r\n" for name, value in known))
    except Exception:
        mail = _parse(b"")
    return replace(
        mail,
        text=text,
        segments=(Segment("new", text),) if text else (),
        visible_text=text.strip(),
        auto_reply_allowed=False,
        no_reply_reason="unreadable",
        defects=(f"unreadable: {type(error).__name__}",),
    )


def _texts(pieces: list[Piece], thread: Thread) -> tuple[str, rich.Clean, tuple[tuple[str, str], ...]]:
    """Return the whole text, the sanitised HTML, and the text as (kind, text) runs."""
    clean = rich.Clean("", False)
    if any(piece.html is not None for piece in pieces):
        markup = "".join(as_html(piece.text or "") if piece.html is None else piece.html for piece in pieces)
        clean = rich.sanitise(markup, thread)
    plain = [piece.text for piece in pieces if piece.text is not None and piece.text.strip()]
    if clean.runs and (not plain or any(piece.text is None for piece in pieces)):
        return clean.text, clean, clean.runs
    text = "\n".join(plain)
    return text, clean, quotes.as_marked(text, clean.runs)


def _shown(bodies: Bodies, html: str) -> tuple[Attached, ...]:
    shown = {unquote(cid).strip("<>").lower() for cid in _CID.findall(html)} if "cid:" in html else set()
    if not shown:
        return tuple(bodies.files)
    return tuple(
        replace(file, inline=True) if file.content_id and file.content_id.lower() in shown else file
        for file in bodies.files
    )


def _people(root: Part) -> tuple[Address, Address | None]:
    sender = next(iter(parse_addresses(root.first("sender"))), None)
    for header in ("from", "sender", "reply-to", "return-path", "x-sender", "resent-from"):
        for value in root.all(header):
            for person in parse_addresses(value):
                if person.address:
                    return person, sender
    named = next(iter(parse_addresses(root.first("from"))), None)
    return named or Address(decode_header(root.first("from"))[:300], ""), sender


def _all(root: Part, header: str) -> tuple[Address, ...]:
    values = root.all(header)
    if len(values) == 1:
        return parse_addresses(values[0])
    return tuple(person for value in values[:50] for person in parse_addresses(value))


def _delivered_to(root: Part) -> tuple[str, ...]:
    found = {
        person.address: None
        for header in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
        for value in root.all(header)[:20]
        for person in parse_addresses(value)
        if person.address
    }
    return tuple(found)


def _return_path(root: Part) -> str | None:
    values = root.all("return-path")
    if not values:
        return None
    value = decode_header(values[0]).strip()
    if value in ("<>", ""):
        return ""
    return next((person.address for person in parse_addresses(values[0])), value.strip("<>")[:320])


def _one_id(raw: bytes) -> str:
    text = decode_header(raw)
    found = _ANGLED.search(text)
    return _tidy(found[1] if found else text)


def _ids(raw: bytes) -> tuple[str, ...]:
    if not raw:
        return ()
    text = decode_header(raw)
    found = _ANGLED.findall(text) or [word for word in text.split() if "@" in word]
    return tuple(dict.fromkeys(each for each in map(_tidy, found) if each))


def _tidy(identifier: str) -> str:
    return "".join(identifier.split()).strip("<>")[:500]


def parse_date(raw: bytes) -> datetime | None:
    """Return a Date header as an aware time, None when it names none. A missing or absurd zone counts as UTC."""
    if not raw:
        return None
    try:
        fields = parsedate_tz(decode_header(raw)[:200])
        if fields is None:
            return None
        *when, offset = fields[0], fields[1], fields[2], fields[3], fields[4], min(fields[5], 59), fields[9]
        zone = timezone(timedelta(seconds=offset)) if offset and abs(offset) < 86_400 else UTC
        found = datetime(*when, tzinfo=zone)  # type: ignore[misc, arg-type]
        found.astimezone(UTC)  # the year 1 or 9999 may not exist elsewhere
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return found

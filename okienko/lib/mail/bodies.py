"""Which parts of a mail are its text, which are its files."""

from dataclasses import dataclass, field
from hashlib import sha256
from html import escape

from okienko.lib.mail.charset import clean, decode
from okienko.lib.mail.filenames import default_name, safe_name
from okienko.lib.mail.mime import Part, split_headers
from okienko.lib.mail.model import Attached
from okienko.lib.mail.params import decode_header

MAX_TEXT = 4_000_000  # characters of text that are read; the raw mail keeps the rest
_OTHER_FORMS = {"text/x-amp-html", "text/watch-html"}  # the same content once more, for other programs


@dataclass(slots=True)
class Piece:
    """A stretch of the body: its plain and its HTML form, None where the mail has no such form."""

    text: str | None
    html: str | None


@dataclass(slots=True)
class Bodies:
    """What the tree of parts holds. `inline` of the files is not yet known."""

    pieces: list[Piece] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)
    reports: list[Part] = field(default_factory=list)  # message/delivery-status and the like


def gather(root: Part) -> Bodies:
    """Return the texts and files of a mail."""
    found = Bodies()
    found.pieces = _walk(root, found, in_alternative=False)
    return found


def _walk(part: Part, found: Bodies, *, in_alternative: bool) -> list[Piece]:
    kind = part.content_type
    if part.children:
        if kind == "multipart/alternative":
            return _alternative([_walk(child, found, in_alternative=True) for child in part.children])
        return [
            piece for child in part.children for piece in _walk(child, found, in_alternative=in_alternative)
        ]
    if kind in _OTHER_FORMS and in_alternative:
        return []
    if _is_body(part):
        text = part_text(part)
        return [Piece(None, text) if kind == "text/html" else Piece(text, None)]
    if kind in (
        "message/delivery-status",
        "text/rfc822-headers",
        "message/rfc822",
        "message/global-delivery-status",
    ):
        found.reports.append(part)
    found.files.append(_file(part, len(found.files) + 1))
    return []


def _is_body(part: Part) -> bool:
    if part.content_type not in ("text/plain", "text/html", "text/enriched"):
        return False
    disposition, params = part.disposition
    return disposition != "attachment" and not (params.get("filename") or part.type_params.get("name"))


def _alternative(choices: list[list[Piece]]) -> list[Piece]:
    plain = next((pieces for pieces in choices if pieces and all(each.html is None for each in pieces)), None)
    rich = next(
        (pieces for pieces in reversed(choices) if any(each.html is not None for each in pieces)), None
    )
    if rich is None:
        return plain or []
    html = "".join(each.html if each.html is not None else as_html(each.text or "") for each in rich)
    if plain is None:
        texts = [each.text for each in rich]
        return [
            Piece("\n".join(text for text in texts if text is not None) if None not in texts else None, html)
        ]
    return [Piece("\n".join(each.text or "" for each in plain), html)]


def as_html(text: str) -> str:
    """Return plain text as HTML that shows it as it is."""
    return f'<div style="white-space:pre-wrap">{escape(text, quote=False)}</div>' if text.strip() else ""


def part_text(part: Part) -> str:
    """Return a text part decoded, line breaks as "\\n", format=flowed (RFC 3676) undone."""
    text, defect = decode(part.payload[: 4 * MAX_TEXT], part.type_params.get("charset", ""))
    if defect:
        part.defects.append(defect)
    text = clean(text)[:MAX_TEXT].removeprefix("\ufeff")
    if part.content_type == "text/plain" and part.type_params.get("format", "").lower() == "flowed":
        text = _unflowed(text, keeps_space=part.type_params.get("delsp", "").lower() != "yes")
    return text


def _unflowed(text: str, *, keeps_space: bool) -> str:
    out: list[list[str]] = []  # each line of the result in pieces
    flows = False
    depth = 0
    for line in text.split("\n"):
        bare = line.lstrip(">")
        level = len(line) - len(bare)
        words = bare.removeprefix(" ")
        if flows and level == depth and words != "-- ":
            if not keeps_space:
                out[-1][-1] = out[-1][-1][:-1]
            out[-1].append(words)
        else:
            out.append([(">" * level + " " if level else "") + words])
        depth = level
        flows = words.endswith(" ") and words != "-- "
    return "\n".join("".join(pieces) for pieces in out)


def _file(part: Part, position: int) -> Attached:
    data = part.payload
    kind = part.content_type
    name = safe_name(part.disposition[1].get("filename", "") or part.type_params.get("name", ""))
    if not name:
        title = ""
        if kind in ("message/rfc822", "message/global"):
            headers = dict(reversed(split_headers(data[:100_000])[0]))
            title = decode_header(headers.get("subject", b""))[:80]
        name = default_name(kind, position, title)
    elif kind == "message/rfc822" and not name.lower().endswith((".eml", ".msg")):
        name += ".eml"
    return Attached(
        filename=name,
        content_type=kind,
        size=len(data),
        inline=False,
        content_id=decode_header(part.first("content-id")).strip("<> ")[:300],
        sha256=sha256(data).hexdigest(),
        data=data,
    )

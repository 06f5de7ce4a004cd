"""A mail's bytes cut into headers and parts: tolerant, linear in time, bounded in depth and number.

The standard library's parser is neither bounded nor fast enough; RFC 5322 and RFC 2046 are followed where
the mail does, and what real servers send is accepted where it doesn't.
"""

import binascii
import re
from dataclasses import dataclass, field
from functools import cached_property

from okienko.lib.mail.params import parse_params

MAX_DEPTH = 30
MAX_PARTS = 1000
MAX_HEADERS = 5_000  # of one part
MAX_HEADER_BLOCK = 4_000_000  # bytes

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_LEADING = re.compile(rb"\A(?:[ \t]*\r?\n|\xef\xbb\xbf|>?From [^:\s][^\r\n]*\r?\n)+")
_NAME = re.compile(rb"^([!-9;-~]{1,120})[ \t]*:")
_KNOWN = re.compile(
    rb"^(?:from|to|subject|date|message-id|content-type|mime-version|cc|received)[ \t]*:", re.I
)
_FIRST_DASHES = re.compile(rb"(?:^|[\r\n])--([^\s][^\r\n]{0,200})\r?\n")


@dataclass
class Part:
    """One MIME entity. Header names are in lower case, header values raw bytes, unfolded, in order."""

    headers: list[tuple[str, bytes]]
    body: bytes
    defects: list[str]
    children: list["Part"] = field(default_factory=list)
    content_type: str = "text/plain"

    def first(self, name: str) -> bytes:
        """Return the first header of that (lower-case) name, b"" when there is none."""
        for key, value in self.headers:
            if key == name:
                return value
        return b""

    def all(self, name: str) -> list[bytes]:
        """Return every header of that (lower-case) name, in order."""
        return [value for key, value in self.headers if key == name]

    @cached_property
    def type_params(self) -> dict[str, str]:
        """The parameters of Content-Type, decoded."""
        return parse_params(self.first("content-type"))[1]

    @cached_property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """Content-Disposition in lower case and its parameters, ("", {}) when there is none."""
        return parse_params(self.first("content-disposition"))

    @property
    def payload(self) -> bytes:
        """The body with its transfer encoding undone."""
        encoding = self.first("content-transfer-encoding").strip().lower().strip(b"\"'")
        if encoding == b"base64":
            return self._base64()
        if encoding == b"quoted-printable":
            return binascii.a2b_qp(self.body)
        if encoding in (b"x-uuencode", b"uuencode", b"uue", b"x-uue"):
            return uudecode(self.body)
        return self.body

    def _base64(self) -> bytes:
        packed = self.body.translate(None, b"\r\n\t ")
        try:
            return binascii.a2b_base64(packed, strict_mode=True)
        except binascii.Error:
            self.defects.append("bad base64")
            return _salvage_base64(self.body)


def split_mail(raw: bytes) -> Part:
    """Return the tree of parts of a whole mail. Never raises; what had to be mended is in `defects`."""
    defects: list[str] = []
    root, _ = _entity(raw[_skipped(raw) :], "text/plain", 0, MAX_PARTS, defects)
    return root


def split_headers(block: bytes) -> tuple[list[tuple[str, bytes]], bytes]:
    """Return the headers at the start of `block` and the rest of it, the body."""
    if block[:1] in b"\r\n" and block:  # a part without headers
        return [], block[2 if block[:2] == b"\r\n" else 1 :]
    window = block[:MAX_HEADER_BLOCK]
    end = _BLANK_LINE.search(window)
    head, body = (window[: end.start()], block[end.end() :]) if end else (window, block[MAX_HEADER_BLOCK:])
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    lines = head.split(b"\n")
    headers: list[tuple[str, list[bytes]]] = []
    for number, line in enumerate(lines):
        line = line.rstrip(b"\r")
        if headers and line[:1] in (b" ", b"\t"):
            headers[-1][1].append(line)
        elif len(headers) >= MAX_HEADERS:
            break
        elif match := _NAME.match(line):
            headers.append((match[1].decode("ascii").lower(), [line[match.end() :]]))
        elif headers and any(_KNOWN.match(later) for later in lines[number + 1 : number + 50]):
            headers[-1][1].append(b" " + line)  # a fold that lost its leading space
        elif line.strip():
            body = block[sum(len(before) + 1 for before in lines[:number]) :]
            break
    return [
        (name, b"".join(value).strip() if len(value) > 1 else value[0].strip()) for name, value in headers
    ], body


def uudecode(text: bytes) -> bytes:
    """Return the bytes of the uuencoded lines in `text`; lines that are none are skipped."""
    out = bytearray()
    for line in text.splitlines():
        if not line or line.startswith((b"begin ", b"end")):
            continue
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:length])
            except binascii.Error:
                continue
    return bytes(out)


def _skipped(raw: bytes) -> int:
    match = _LEADING.match(raw)
    return match.end() if match else 0


def _entity(data: bytes, default: str, depth: int, budget: int, defects: list[str]) -> tuple[Part, int]:
    part = Part(*split_headers(data), defects)
    del data  # or every level of nesting would hold a copy
    kind = parse_params(part.first("content-type"))[0]
    part.content_type = kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else _repaired(kind, default)
    budget -= 1
    if part.content_type.startswith("multipart/"):
        return part, _divide(part, depth, budget)
    return part, budget


def _repaired(kind: str, default: str) -> str:
    return (
        {"text": "text/plain", "html": "text/html", "plain": "text/plain"}.get(kind, default)
        if kind
        else default
    )


def _divide(part: Part, depth: int, budget: int) -> int:
    if depth >= MAX_DEPTH:
        part.defects.append("nested too deep")
        part.content_type = "text/plain"
        return budget
    pieces = _pieces(part)
    if not pieces:
        part.defects.append("multipart without parts")
        part.content_type = "text/plain"
        return budget
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    part.body = b""
    pieces.reverse()
    while pieces:
        if budget <= 0:
            part.defects.append("too many parts")
            break
        child, budget = _entity(pieces.pop(), default, depth + 1, budget, part.defects)
        part.children.append(child)
    return budget


def _pieces(part: Part) -> list[bytes]:
    boundary = part.type_params.get("boundary", "").encode("utf-8", "replace")
    pieces = _cut(part.body, boundary) if boundary else []
    if not pieces and (guess := _FIRST_DASHES.search(part.body)):
        pieces = _cut(part.body, guess[1].rstrip())
        part.defects.append("boundary guessed")
    return pieces


_LINE_END = re.compile(rb"[ \t]*(?:\r?\n|\r|\Z)")


def _cut(body: bytes, boundary: bytes) -> list[bytes]:
    """Return what stands between the delimiter lines; the line break before a delimiter belongs to it."""
    mark = b"--" + boundary
    pieces: list[bytes] = []
    start = at = -1
    while (at := body.find(mark, at + 1)) >= 0 and len(pieces) <= MAX_PARTS:
        closes = body.startswith(b"--", at + len(mark))
        end = _LINE_END.match(body, at + len(mark) + 2 * closes)
        if not end or (at and body[at - 1] not in b"\r\n"):
            continue
        if start >= 0:
            pieces.append(body[start : max(start, at - (2 if body[at - 2 : at] == b"\r\n" else 1))])
        start = end.end()
        if closes:
            return pieces
    if 0 <= start < len(body):
        pieces.append(body[start:])
    return pieces


_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]*={0,2}")


def _salvage_base64(body: bytes) -> bytes:
    """Decode the lines that are base64, broken ones too; a footer that a list server added below is left out."""
    out = bytearray()
    pending = b""
    for line in body.splitlines():
        packed = re.sub(rb"[^A-Za-z0-9+/=]", b"", line)
        if not _BASE64_LINE.fullmatch(line.strip()) and (
            len(packed) < 0.9 * len(line) or b" " in line.strip()
        ):
            if out or pending:
                break
            continue
        pending += packed
        whole = len(pending) - len(pending) % 4
        if b"=" in pending:
            out += _padded(pending)
            pending = b""
        else:
            out += binascii.a2b_base64(pending[:whole])
            pending = pending[whole:]
    return bytes(out + _padded(pending))


def _padded(packed: bytes) -> bytes:
    """Decode base64 that ends anyhow; several padded runs in a row are decoded one by one."""
    out = b""
    for run in re.findall(rb"[^=]+", packed):
        run = run[: len(run) - (len(run) % 4 == 1)]
        out += binascii.a2b_base64(run + b"=" * (-len(run) % 4))
    return out

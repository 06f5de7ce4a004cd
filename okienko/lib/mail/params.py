"""Header values: encoded words (RFC 2047) and parameters (RFC 2231), right and wrong ones."""

import binascii
import re
from urllib.parse import unquote_to_bytes

from okienko.lib.mail.charset import clean_line, decode

MAX_PARAMS = 10_000  # bytes of one header's parameters
# What an encoded word holds ends at "?=" and never contains the start of another, so the search stays linear.
ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?=]|=(?!\?[^=])|\?(?!=))*+)\?=")
_PARAM = re.compile(
    rb"""([^\s=;"']{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))""",
    re.S,
)
_ESCAPED = re.compile(rb'\\(["\\])')
_SECTION = re.compile(r"^(.+?)\*(?:(\d{1,3})(\*)?)?$")


def decode_header(raw: bytes) -> str:
    """Return a header value as one line of text: encoded words decoded, raw 8-bit bytes guessed, no controls."""
    if b"=?" not in raw:
        return clean_line(raw.decode("ascii") if raw.isascii() else decode(raw)[0])
    out: list[str] = []
    held: tuple[str, bytes] | None = None  # bytes of neighbouring words: one character may span two words
    at = 0
    for word in ENCODED_WORD.finditer(raw):
        gap = raw[at : word.start()]
        charset, data = word[1].decode("ascii", "replace").lower(), _word_bytes(word[2], word[3])
        if held and (gap.strip() or held[0] != charset):
            out.append(decode(held[1], held[0])[0])
            held = None
        if gap.strip() or (gap and at == 0):
            out.append(decode(gap)[0])
        held = (charset, held[1] + data) if held else (charset, data)
        at = word.end()
    if held:
        out.append(decode(held[1], held[0])[0])
    out.append(decode(raw[at:])[0])
    return clean_line("".join(out))


def _word_bytes(encoding: bytes, packed: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(packed, header=True)
    packed = re.sub(rb"[^A-Za-z0-9+/]", b"", packed)
    packed = packed[: len(packed) - (len(packed) % 4 == 1)]
    return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4))


def parse_params(raw: bytes) -> tuple[str, dict[str, str]]:
    """Return a structured header's value (lower case, no comments) and its parameters, decoded.

    Understands RFC 2231 continuations and charsets, encoded words inside quotes, and missing quotes.
    """
    value, _, rest = raw.partition(b";")
    value = value[:500]
    kind = decode(re.sub(rb"\([^)]*\)", b"", value))[0].strip().strip("\"'").lower()
    if not rest:
        return kind, {}
    plain: dict[str, bytes] = {}
    pieces: dict[str, list[tuple[int, bool, bytes]]] = {}
    for found in _PARAM.finditer(rest[:MAX_PARAMS]):
        name = found[1].decode("ascii", "replace").lower()
        quoted = found[2]
        text = _ESCAPED.sub(rb"\1", quoted) if quoted is not None else found[3].strip()
        section = _SECTION.match(name)
        if section:
            number, star = section[2], section[3]
            pieces.setdefault(section[1], []).append((int(number or 0), number is None or bool(star), text))
        else:
            plain.setdefault(name, text)
    params = {name: decode_header(text) for name, text in plain.items()}
    for name, parts in pieces.items():
        params[name] = _joined(sorted(parts, key=lambda part: part[0]))
    return kind, params


def _joined(parts: list[tuple[int, bool, bytes]]) -> str:
    charset, data = "", b""
    for position, (_, is_encoded, text) in enumerate(parts):
        if is_encoded and position == 0 and text.count(b"'") >= 2:
            name, _, text = text.split(b"'", 2)
            charset = name.decode("ascii", "replace")
        data += unquote_to_bytes(text) if is_encoded else text
    if not charset and b"=?" in data:
        return decode_header(data)
    return clean_line(decode(data, charset)[0])

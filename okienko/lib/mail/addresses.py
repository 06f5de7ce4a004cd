"""Address headers: who wrote and to whom, from whatever stands there (RFC 5322, 3.4, and far beyond)."""

import re

from okienko.lib.mail.charset import clean_line
from okienko.lib.mail.model import Address
from okienko.lib.mail.params import decode_header

MAX_ADDRESSES = 20_000
_HIDDEN_IN_WORD = re.compile(rb"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=")
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)(?:"|\Z)|\((?P<comment>(?:[^()\\]|\\.)*)(?:\)|\Z)|<(?P<angle>[^<>]*)(?:>|\Z)|(?P<stop>[,;])|(?P<plain>[^",;<(]+|.)',
    re.S,
)
_ESCAPE = re.compile(r"\\(.)")
_BARE = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:@]+")
_AROUND = re.compile(r"\s*([@.])\s*")


def parse_addresses(raw: bytes) -> tuple[Address, ...]:
    """Return the people named in an address header, in order; groups are opened, empty ones left out."""
    found: list[Address] = []
    names: list[str] = []  # decoded words before an angle address
    comment = angle = ""
    pending = ""  # "Kowalski, " of an unquoted "Kowalski, Jan <jan@x>"
    words: list[bytes] = []
    text, words = _hide_words(raw)
    for token in _TOKEN.finditer(text + ","):
        kind = token.lastgroup
        if kind == "plain":
            names.append(token["plain"])
        elif kind == "quoted":
            names.append(
                _ESCAPE.sub(r"\1", token["quoted"])
                if "@" not in token["quoted"] or _closes(text, token.end())
                else token["quoted"]
            )
        elif kind == "comment":
            comment = comment or token["comment"]
        elif kind == "angle":
            angle = angle or token["angle"].strip()
        else:
            name = "".join(names)
            if token["stop"] == ";" or ":" in name:  # the end or the start of a group
                name = name.rpartition(":")[2] if "@" not in name.partition(":")[0] else name
            if (
                not angle
                and "@" not in name
                and token["stop"] == ","
                and name.strip()
                and token.end() <= len(text)
            ):
                pending += name.strip() + ", "
                names = []
                continue
            person = _person(pending + name if angle else name, angle, comment, words)
            if person:
                found.append(person)
            names, comment, angle, pending = [], "", "", ""
            if len(found) >= MAX_ADDRESSES:
                break
    if not found and words:  # the whole header, address and all, in one encoded word
        plain = decode_header(raw)
        if "@" in plain and "=?" not in plain:
            return parse_addresses(plain.encode("utf-8", "replace"))
    return tuple(found)


def _hide_words(raw: bytes) -> tuple[str, list[bytes]]:
    """Replace runs of encoded words by private-use marks: what they encode must not be taken for syntax."""
    if b"=?" not in raw:
        return decode_header(raw), []
    words: list[bytes] = []

    def hide(match: re.Match[bytes]) -> bytes:
        words.append(match[0])
        return b"\xee\x80\x80" + str(len(words) - 1).encode() + b"\xee\x80\x81"

    hidden = _HIDDEN_IN_WORD.sub(hide, raw.replace(b"\xee\x80\x80", b"").replace(b"\xee\x80\x81", b""))
    return decode_header(hidden), words


def _shown(text: str, words: list[bytes]) -> str:
    if not words or "\ue000" not in text:
        return clean_line(text)
    restored = re.sub("\ue000(\\d+)\ue001", lambda mark: words[int(mark[1])].decode("latin-1"), text)
    return decode_header(restored.encode("latin-1") if restored.isascii() else restored.encode())


def _closes(text: str, at: int) -> bool:
    return not text[at : at + 1].startswith("@")


def _person(name: str, angle: str, comment: str, words: list[bytes]) -> Address | None:
    if angle:
        address = _address(_shown(angle, words))
        shown = _shown(name, words) or _shown(comment, words)
        if not address and (bare := _BARE.search(shown)):
            address, shown = bare[0], ""
    else:
        text = _shown(name, words)
        bare = _BARE.search(text) if " " in text.strip() else None
        address = bare[0] if bare else _address(text)
        shown = text.replace(address, "", 1) if bare else ""
        if "@" not in address:
            shown = text
            address = ""
        shown = shown.strip() or _shown(comment, words)
    shown = shown.strip(" \t\"'‘’“”„,;<>") if shown.strip(" \t\"'") else ""
    if not address and not (angle and shown):
        return None
    return Address(shown[:300], address[:320])


def _address(text: str) -> str:
    text = _AROUND.sub(r"\1", text.strip().strip("'")).removeprefix("mailto:").strip("<> \t")
    return re.sub(r"\s+", " ", text)

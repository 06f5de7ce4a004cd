"""Address headers: who wrote and to whom, from whatever stands there (RFC 5322, 3.4, and far beyond)."""

import re

from okienko.lib.mail.charset import clean_line
from okienko.lib.mail.model import Address
from okienko.lib.mail.params import ENCODED_WORD, decode_header

MAX_ADDRESSES = 20_000
MAX_NAME = 1000  # characters that are looked at; 300 are kept
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"|\((?P<comment>(?:[^()\\]|\\.)*)\)|<(?P<angle>[^<>]*)>|<(?P<open>[^<>,;]*)'
    r'|(?P<stop>[,;])|(?P<plain>[^",;<(]+|.)',
    re.S,
)
_HIDDEN = re.compile("\ue000(\\d+)\ue001")
_ESCAPE = re.compile(r"\\(.)", re.S)
_BARE = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:@]+")
_AROUND = re.compile(r"\s*([@.])\s*")


def parse_addresses(raw: bytes) -> tuple[Address, ...]:
    """Return the people named in an address header, in order; groups are opened, empty ones left out."""
    text, words = _hide_words(raw)
    found: list[Address] = []
    held = ""  # "Kowalski, " of an unquoted "Kowalski, Jan <jan@x>"
    name = angle = comment = ""
    is_grouped = ";" in text  # without the end of a group a colon is part of a name
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "plain":
            name += token[0]
            if is_grouped and ":" in token[0] and "@" not in name.rpartition(":")[0]:
                name = name.rpartition(":")[2]
        elif kind == "quoted":
            name += _ESCAPE.sub(r"\1", token["quoted"])
        elif kind == "comment":
            comment = comment or token["comment"]
        elif kind in ("angle", "open"):
            angle = angle or token[kind].strip()
        else:
            if not angle and "@" not in name and token["stop"] == ",":
                held += f"{name.strip()}, " if name.strip() and len(held) < MAX_NAME else ""
            else:
                found += _person(held + name if angle else name, angle, comment, words)
                held = ""
            name = angle = comment = ""
            if len(found) >= MAX_ADDRESSES:
                break
    found += _person(held + name if angle else name, angle, comment, words)
    if not any(person.address for person in found) and words:  # the whole header in encoded words
        plain = decode_header(raw)
        if "@" in plain and "=?" not in plain:
            return parse_addresses(plain.encode("utf-8", "replace"))
    return tuple(found)


def _hide_words(raw: bytes) -> tuple[str, list[bytes]]:
    """Replace encoded words by private-use marks: what they encode must not be taken for syntax."""
    if b"=?" not in raw:
        return decode_header(raw), []
    words: list[bytes] = []

    def hide(match: re.Match[bytes]) -> bytes:
        if decode_header(match[0]) == ",":  # Python's own library encodes even the comma between two people
            return b","
        words.append(match[0])
        return f"\ue000{len(words) - 1}\ue001".encode()

    return decode_header(ENCODED_WORD.sub(hide, raw.replace(b"\xee\x80\x80", b""))), words


def _shown(text: str, words: list[bytes]) -> str:
    if not words or "\ue000" not in text:
        return clean_line(text)
    restored = _HIDDEN.sub(lambda mark: words[int(mark[1]) % len(words)].decode("latin-1"), text)
    return decode_header(restored.encode("latin-1" if restored.isascii() else "utf-8"))


def _person(name: str, angle: str, comment: str, words: list[bytes]) -> list[Address]:
    """Return one person, or none when nothing was said."""
    name, angle = name[-MAX_NAME:], angle[:MAX_NAME]
    shown = _shown(name, words)
    if angle:
        address = _address(_shown(angle, words))
        if "@" not in address and (bare := _BARE.search(shown)):
            address, shown = bare[0], shown.replace(bare[0], "", 1)
    elif " " in (text := _AROUND.sub(r"\1", shown)) and (bare := _BARE.search(text)):
        address, shown = bare[0], text.replace(bare[0], "", 1)
    elif "@" in shown:
        address, shown = _address(shown), ""
    else:
        return []
    shown = _unquoted(shown.strip(" ,;<>")) or _unquoted(_shown(comment, words))
    return [Address(shown[:300], address[:320])] if address or shown else []


def _unquoted(name: str) -> str:
    while len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name


def _address(text: str) -> str:
    text = _AROUND.sub(r"\1", text.strip().strip("'\"")).removeprefix("mailto:").strip("<> \t")
    return " ".join(text.split())

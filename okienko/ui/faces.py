"""Faces: the initials and the colour that stand for a person, a team or a category."""

from __future__ import annotations

import zlib

HUES = 12


def initials(name: str) -> str:
    """Return one or two capitals for a name or, where there is none, an e-mail address; "?" for nothing."""
    plain = name.split("@")[0].replace(".", " ").replace("_", " ")
    words = [word for word in plain.split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()


def hue(name: str) -> int:
    """Return the number (0 to 11) of the colour of this name: the same for ever, on every machine."""
    return zlib.crc32(name.strip().casefold().encode()) % HUES

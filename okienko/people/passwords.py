"""Passwords that Okienko makes up."""

from __future__ import annotations

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def made_up() -> str:
    """A password of four groups of four letters that can be read aloud (79 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))

"""Why a verb did not do what it was asked; each face maps these once."""

from __future__ import annotations


class Refused(Exception):
    """What was asked was not done; nothing was changed. ``code`` names the reason, ``details`` its particulars."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class NotAllowed(Refused):
    """Whoever asked may not do this."""


class Conflict(Refused):
    """Something changed in the meantime; the asker has to look first."""


class Invalid(Refused):
    """What was given can't be used."""

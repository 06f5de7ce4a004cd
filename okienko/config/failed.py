"""Why a command did not do what it was asked, in the plain words that its user reads."""

from __future__ import annotations

import sys
from pathlib import Path


class Failed(Exception):
    """A command can't do what it was asked; the text is the one plain line that its user reads."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def secret_from(path: str) -> str:
    """The first line of a password file, of standard input for ``-``. Raises Failed when there is none."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"The password file {path} can't be read: {error}") from error
    secret = text.partition("\n")[0].rstrip("\r")
    if not secret:
        raise Failed(f"The password file {path} is empty.")
    return secret


REFUSALS = {
    "address": "{address!r} is not an e-mail address.",
    "agent_exists": "There is an agent with the address {email} already.",
    "mailbox_exists": "There is a mailbox {address} already.",
    "name": "A name is missing.",
    "password": "The password can't be used: {why}",
    "server_url": "Expected {expected}, got {url}.",
    "set_up_already": "This Okienko is set up already.",
}


def in_words(code: str, details: dict[str, object]) -> str:
    """A verb's refusal in one plain English sentence."""
    return REFUSALS.get(code, "Not done: {code} {details}").format(
        code=code, details=details or "", **details
    )

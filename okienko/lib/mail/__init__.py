"""Mail as bytes in, values out, and back. Pure: no Django, no files, no network."""

from typing import Any

from okienko.lib.mail.compose import Outgoing, compose
from okienko.lib.mail.model import Address, Attached, Mail, Segment, TicketHint, as_json
from okienko.lib.mail.parse import PARSER_VERSION, parse

__all__ = [
    "PARSER_VERSION",
    "Address",
    "Attached",
    "Mail",
    "Outgoing",
    "Segment",
    "TicketHint",
    "as_json",
    "compose",
    "inspect",
    "parse",
]


def inspect(raw: bytes) -> dict[str, Any]:
    """Return what the mail `raw` says as the JSON object of `okienko mail inspect --json`."""
    return as_json(parse(raw))

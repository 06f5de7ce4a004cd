"""The one struct that every channel hands to the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class InboundFile:
    """A file that came along, with its bytes until it is stored."""

    filename: str
    content_type: str
    data: bytes
    is_inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """What came, whatever the channel: who, to whom, what, and every hint at where it belongs.

    ``identity_kind`` and ``sender`` name the customer; ``addressed_to`` are all addresses that can carry a token;
    ``thread_ids`` are earlier message ids, newest first; ``digest`` recognises the same message without an id.
    """

    sender: Person
    subject: str
    segments: tuple[tuple[str, str], ...]
    identity_kind: str = "email"
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    reply_to: tuple[Person, ...] = ()
    addressed_to: tuple[str, ...] = ()
    html: str = ""
    is_rich: bool = False
    has_remote_images: bool = False
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread_ids: tuple[str, ...] = ()
    number_hint: int | None = None
    digest: str = ""
    sent_at: datetime | None = None
    files: tuple[InboundFile, ...] = ()
    is_bounce: bool = False
    bounced_recipients: tuple[str, ...] = ()
    bounced_ids: tuple[str, ...] = ()
    is_automatic: bool = False
    automatic_why: str = ""
    own_trace: str = ""
    defects: tuple[str, ...] = ()
    parser_version: int = 0
    sanitiser_version: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


Intake = Callable[[bytes, dict[str, Any]], Inbound]
"""One channel kind's reading of raw bytes and envelope; touches no database, never raises for what the bytes hold."""


@lru_cache
def intakes() -> dict[str, Intake]:
    """wiring.INTAKES by channel kind, read once."""
    return dict(import_string(f"{settings.WIRING}.INTAKES"))

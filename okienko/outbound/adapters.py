"""What an adapter of a channel kind is, and what it can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from okienko.outbound.models import Delivery


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side has taken it; ``refused`` are recipients that it did not take, each with its words."""

    detail: str = ""
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemporaryFailure:
    """Not now; tried again after ``retry_after`` or by the common back-off."""

    detail: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PermanentFailure:
    """Never; ``recipients`` are those it could not reach (all if empty)."""

    detail: str
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """Can't be sent until somebody changes the set-up, for instance names an outgoing server."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """The connection broke after the hand-over had begun, so nobody knows; never retried by itself."""

    detail: str


Outcome = Receipt | TemporaryFailure | PermanentFailure | Held | Unsure


class Adapter(Protocol):
    """One channel kind's way out."""

    def send(self, delivery: Delivery, handing_over: Callable[[], None]) -> Outcome:
        """Sends; calls ``handing_over`` just before the other side could have taken it. Outside any transaction."""

    def after_sent(self, delivery: Delivery) -> None:
        """What may follow a sent delivery, such as a copy in the Sent folder; may fail without harm."""


@lru_cache
def adapters() -> dict[str, Adapter]:
    """wiring.ADAPTERS by channel kind, read once."""
    return dict(import_string(f"{settings.WIRING}.ADAPTERS"))

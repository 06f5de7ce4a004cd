"""What became of a sent message, in words, and what its author can do about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from okienko.ui import times

if TYPE_CHECKING:
    from okienko.outbound.models import Delivery


@dataclass(frozen=True, slots=True)
class Outcome:
    """``undo_seconds`` are those left to take it back; ``detail`` is what the other server said."""

    icon: str
    text: str
    detail: str = ""
    is_failure: bool = False
    is_repeatable: bool = False
    undo_seconds: int = 0


def outcome_of(delivery: Delivery) -> Outcome:
    """How a delivery stands now."""
    whom = ", ".join(delivery.failed_recipients)
    match delivery.state:
        case "queued":
            return _queued(delivery)
        case "held":
            return Outcome("pause", _("Held"), _held(delivery.detail), is_repeatable=True)
        case "sent" if whom:
            text = _("Not delivered to %(whom)s") % {"whom": whom}
            return Outcome("mail-x", text, delivery.detail, True, True)
        case "sent":
            return Outcome("check", _("Sent"))
        case "failed":
            text = _("Not delivered to %(whom)s") % {"whom": whom} if whom else _("Not delivered")
            return Outcome("mail-x", text, delivery.detail, True, True)
        case "bounced":
            return Outcome(
                "undo-2", _("Came back from %(whom)s") % {"whom": whom}, delivery.detail, True, True
            )
        case "unsure":
            detail = _(
                "The connection broke while it was handed over. Look in the Sent folder or ask the customer."
            )
            return Outcome("circle-help", _("Nobody knows whether it left"), detail, True, True)
        case "logged":
            return Outcome("cloud-off", _("Not sent: sending is switched off"))
    return Outcome("undo-2", _("Taken back"))


def _queued(delivery: Delivery) -> Outcome:
    now = timezone.now()
    if delivery.attempts and delivery.due_at and delivery.error:
        text = _("Not sent yet, next try %(when)s") % {"when": times.long(delivery.due_at)}
        return Outcome("refresh-cw", text, delivery.error)
    left = (delivery.due_at - now).total_seconds() if delivery.due_at and not delivery.claimed_until else 0
    return Outcome("clock", _("Leaves in a moment"), undo_seconds=max(0, math.ceil(left)))


def _held(detail: str) -> str:
    if detail == "no_smtp":
        return _("No outgoing server is set for this mailbox. It leaves by itself as soon as there is one.")
    if detail == "paused":
        return _("The mailbox is paused. It leaves by itself when the mailbox goes on.")
    return detail

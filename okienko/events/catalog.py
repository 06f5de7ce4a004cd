"""The vocabulary between rooms: primitives only, past tense. Every change carries what was before and what is after.

A field may be added with a default; any other change makes a new ``version``, and tests/events/samples keep one stored
sample of each kind and version, which must load for ever.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something happened: a code and its parameters, put into words in the reader's language."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Happened:
    """Base of all facts. ``owner`` is the only room that records this kind."""

    version: ClassVar[int] = 1
    owner: ClassVar[str] = "tickets"

    @classmethod
    def kind(cls) -> str:
        return cls.__name__

    def data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """The fact from stored data; fields that it has since lost are dropped."""
        known = {f.name for f in fields(cls)}
        return cls(**{k: v for k, v in data.items() if k in known})


@dataclass(frozen=True)
class OfTicket(Happened):
    ticket_id: int


@dataclass(frozen=True)
class TicketOpened(OfTicket):
    message_id: int | None
    channel_id: int | None
    customer_id: int | None
    team_id: int | None
    status_id: int
    by_hand: bool = False
    is_automatic: bool = False


@dataclass(frozen=True)
class MessageReceived(OfTicket):
    message_id: int
    customer_id: int | None
    status_id: int
    was_status_id: int
    is_automatic: bool = False
    late: bool = False
    was_in_bin: bool = False


@dataclass(frozen=True)
class MessageAlsoReceived(OfTicket):
    """The same mail came in once more, by another of our addresses or a second time."""

    message_id: int
    address: str


@dataclass(frozen=True)
class ReplySent(OfTicket):
    """A reply was handed to the way out; it leaves when its undo time has passed."""

    message_id: int
    delivery_id: int | None
    status_id: int
    was_status_id: int
    waiting_since: str | None
    is_forward: bool = False


@dataclass(frozen=True)
class ReplyWithdrawn(OfTicket):
    message_id: int
    status_id: int
    was_status_id: int


@dataclass(frozen=True)
class NoteAdded(OfTicket):
    message_id: int


@dataclass(frozen=True)
class TicketAssigned(OfTicket):
    agent_id: int | None
    was_agent_id: int | None
    status_id: int | None = None
    was_status_id: int | None = None


@dataclass(frozen=True)
class TeamChanged(OfTicket):
    team_id: int | None
    was_team_id: int | None
    agent_id: int | None = None
    was_agent_id: int | None = None


@dataclass(frozen=True)
class StatusChanged(OfTicket):
    status_id: int
    was_status_id: int
    state: str
    was_state: str
    unanswered: bool = False


@dataclass(frozen=True)
class PriorityChanged(OfTicket):
    priority_id: int
    was_priority_id: int


@dataclass(frozen=True)
class CategoryChanged(OfTicket):
    category_id: int | None
    was_category_id: int | None


@dataclass(frozen=True)
class TagsChanged(OfTicket):
    added: list[str]
    removed: list[str]


@dataclass(frozen=True)
class SubjectChanged(OfTicket):
    subject: str
    was_subject: str


@dataclass(frozen=True)
class CustomerChanged(OfTicket):
    customer_id: int | None
    was_customer_id: int | None


@dataclass(frozen=True)
class TicketBinned(OfTicket):
    pass


@dataclass(frozen=True)
class TicketRestored(OfTicket):
    pass


@dataclass(frozen=True)
class DeliveryFailureShown(OfTicket):
    """A reply did not arrive, so the ticket is back on its author's list."""

    message_id: int
    outcome: str
    detail: str
    recipients: list[str]
    status_id: int
    was_status_id: int
    agent_id: int | None = None
    was_agent_id: int | None = None


@dataclass(frozen=True)
class DeliveryFailureSettled(OfTicket):
    """Someone has dealt with the reply that did not arrive."""

    message_id: int | None


@dataclass(frozen=True)
class OfDelivery(Happened):
    owner: ClassVar[str] = "outbound"
    delivery_id: int
    about: str


@dataclass(frozen=True)
class DeliverySent(OfDelivery):
    detail: str = ""


@dataclass(frozen=True)
class DeliveryHeld(OfDelivery):
    """It stays here: the channel can't send, or sending is switched off."""

    detail: str


@dataclass(frozen=True)
class DeliveryFailed(OfDelivery):
    detail: str
    recipients: list[str]


@dataclass(frozen=True)
class DeliveryUnsure(OfDelivery):
    detail: str = ""


@dataclass(frozen=True)
class DeliveryBounced(OfDelivery):
    detail: str
    recipients: list[str]


def _kinds(base: type[Happened]) -> dict[str, type[Happened]]:
    found: dict[str, type[Happened]] = {}
    for child in base.__subclasses__():
        found |= _kinds(child) or {child.kind(): child}
    return found


KINDS: dict[str, type[Happened]] = _kinds(Happened)

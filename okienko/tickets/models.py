"""The core: tickets and their conversation. Rows are written by the verbs of this room and by nobody else."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from okienko.files.models import Blob
from okienko.mailroom.models import Channel
from okienko.outbound.models import Delivery
from okienko.people.models import Agent, Customer, Team
from okienko.tickets.access import TicketQuerySet
from okienko.tickets.shipped import PRIORITIES, STATUSES


class State(models.TextChoices):
    """What a status means to Okienko."""

    NEW = "new"
    OPEN = "open"
    PENDING_CUSTOMER = "pending_customer"
    PENDING_THIRD_PARTY = "pending_third_party"
    SOLVED = "solved"
    CLOSED = "closed"


OVER = (State.SOLVED, State.CLOSED)
PENDING = (State.PENDING_CUSTOMER, State.PENDING_THIRD_PARTY)


class Status(models.Model):
    """A name for where a ticket stands; each belongs to one state. A shipped one is translated until renamed."""

    code = models.CharField(max_length=30, blank=True)
    name = models.CharField(max_length=60, blank=True)
    customer_name = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=20, choices=State.choices)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name or _(STATUSES[self.code][0])


class Priority(models.Model):
    """How pressing a ticket is; a higher ``rank`` is more pressing."""

    code = models.CharField(max_length=30, blank=True)
    name = models.CharField(max_length=60, blank=True)
    rank = models.SmallIntegerField(unique=True)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name or _(PRIORITIES[self.code][0])


class Category(models.Model):
    """What a ticket is about; ``hue`` is one of the palette's twelve colours, always shown beside the name."""

    name = models.CharField(max_length=80, unique=True)
    hue = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Numbers(models.Model):
    """The last ticket number given; locked while the next one is taken, so that none is ever given twice."""

    last = models.PositiveBigIntegerField(default=10000)


class Ticket(models.Model):
    """One case of one customer.

    The columns from ``is_open`` on are what a list row shows, kept by the verbs. ``waiting_since``: since when the
    customer waits for us (None: they don't). ``failure_of``: the author of a reply that did not arrive.
    ``version`` counts the ticket's events.
    """

    number = models.PositiveBigIntegerField(unique=True)
    subject = models.CharField(max_length=500)
    normal_subject = models.CharField(max_length=500)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="tickets")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, db_index=False)
    assignee = models.ForeignKey(
        Agent, null=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    status = models.ForeignKey(Status, on_delete=models.PROTECT)
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, db_index=False)
    category = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL)
    tags = models.ManyToManyField(Tag, related_name="tickets")
    language = models.CharField(max_length=5, blank=True)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW)
    is_open = models.BooleanField(default=True)
    priority_rank = models.SmallIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(null=True)
    last_from = models.CharField(max_length=120, blank=True)
    preview = models.CharField(max_length=160, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    first_answered_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)
    failure_of = models.ForeignKey(
        Agent, null=True, on_delete=models.PROTECT, related_name="failed_tickets", db_index=False
    )
    binned_at = models.DateTimeField(null=True)
    binned_by = models.ForeignKey(
        Agent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    bin_reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[TicketQuerySet] = TicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        # Every order of every standing view stands in one of these, so that a page never sorts more than it shows.
        indexes = [
            models.Index("updated_at", "id", name="t_all_updated", condition=Q(binned_at=None)),
            models.Index("created_at", "id", name="t_all_created", condition=Q(binned_at=None)),
            models.Index(
                "updated_at", "id", name="t_open_updated", condition=Q(binned_at=None, is_open=True)
            ),
            models.Index(
                "created_at", "id", name="t_open_created", condition=Q(binned_at=None, is_open=True)
            ),
            models.Index(
                "priority_rank", "id", name="t_open_priority", condition=Q(binned_at=None, is_open=True)
            ),
            models.Index(
                "waiting_since",
                "id",
                name="t_waiting",
                condition=Q(binned_at=None, waiting_since__isnull=False),
            ),
            models.Index(
                "assignee", "updated_at", "id", name="t_open_mine", condition=Q(binned_at=None, is_open=True)
            ),
            # Further columns than the order needs: all counts of open tickets are read from it alone.
            models.Index(
                *("team", "updated_at", "id", "assignee", "failure_of", "state", "is_open", "binned_at"),
                name="t_open_team",
                condition=Q(binned_at=None, is_open=True),
            ),
            models.Index("state", "updated_at", "id", name="t_state", condition=Q(binned_at=None)),
            models.Index("failure_of", name="t_failure", condition=Q(failure_of__isnull=False)),
            models.Index("binned_at", name="t_bin", condition=Q(binned_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def topic(self) -> str:
        """What live pages call this ticket."""
        return f"ticket-{self.pk}"


class Participant(models.Model):
    """An address that takes part in a ticket; only they may continue it by a number or a header."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants", db_index=False)
    address = models.CharField(max_length=320, db_index=True)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("ticket", "address"), name="participant_once")]


class Message(models.Model):
    """One piece of a ticket's conversation. Notes are a kind of their own and have no delivery, ever.

    ``segments`` are the text cut into [kind, text] pairs (new, quote, signature); ``html`` is sanitised;
    ``answers_since`` is the waiting time that a reply ended, given back if it did not arrive.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received"
        SENT = "sent"
        NOTE = "note"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="messages")
    channel = models.ForeignKey(
        Channel, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    from_name = models.CharField(max_length=200, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    reply_to = models.JSONField(default=list)
    subject = models.CharField(max_length=500, blank=True)
    message_id = models.CharField(max_length=500, blank=True)
    in_reply_to = models.CharField(max_length=500, blank=True)
    references = models.JSONField(default=list)
    segments = models.JSONField(default=list)
    html = models.TextField(blank=True)
    is_rich = models.BooleanField(default=False)
    has_remote_images = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False)
    is_by_hand = models.BooleanField(default=False)
    verdict = models.JSONField(null=True)
    defects = models.JSONField(default=list)
    raw = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    delivery = models.OneToOneField(Delivery, null=True, on_delete=models.PROTECT, related_name="+")
    answers_since = models.DateTimeField(null=True)
    parser_version = models.PositiveSmallIntegerField(default=0)
    sanitiser_version = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("ticket", "at", "id", name="message_of_ticket"),
            models.Index("message_id", name="message_by_id"),
        ]

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.segments)

    @property
    def visible_text(self) -> str:
        """The new text, without quoted history and signature."""
        return "".join(text for kind, text in self.segments if kind == "new").strip()


class Attachment(models.Model):
    """A file that came or went with a message; ``is_inline`` ones stand in its HTML as cid:``content_id``."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", db_index=False)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    is_inline = models.BooleanField(default=False)
    content_id = models.CharField(max_length=255, blank=True)


class Draft(models.Model):
    """What an agent is writing on a ticket, saved with every pause; ``seen`` is the last message they had seen.

    ``revision`` grows with each saving, so that an older tab cannot overwrite a newer one unnoticed.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE)
    kind = models.CharField(max_length=10)
    html = models.TextField(blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    subject = models.CharField(max_length=500, blank=True)
    seen = models.BigIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("ticket", "agent", "kind"), name="draft_once")]


class DraftFile(models.Model):
    """A file waiting on a draft."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    is_inline = models.BooleanField(default=False)
    content_id = models.CharField(max_length=255, blank=True)


class Seen(models.Model):
    """The newest message of a ticket that an agent has had on their screen."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    message = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("ticket", "agent"), name="seen_once")]

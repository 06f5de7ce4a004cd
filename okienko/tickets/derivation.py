"""What is derived from a message's raw form, derived again by a newer parser or sanitiser.

No fact about the ticket changes, so there is no event; pages that show the message read it again.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from okienko.events.actor import Actor
from okienko.events.record import changed
from okienko.tickets.content import Content, add_files
from okienko.tickets.models import Message

DERIVED = (
    "segments",
    "html",
    "is_rich",
    "has_remote_images",
    "defects",
    "parser_version",
    "sanitiser_version",
)


def outdated(*, parser: int, sanitiser: int, after: int) -> QuerySet[Message]:
    """Messages with a raw form that older versions than these have read, above the key ``after``, by key."""
    older = Q(parser_version__lt=parser) | Q(sanitiser_version__lt=sanitiser)
    return Message.objects.filter(older, raw__isnull=False, pk__gt=after).order_by("pk")


def derive_again(message: Message, *, content: Content, by: Actor) -> Message:
    """Replaces what a message's raw form says by what it says to the newer reading. Raises NotAllowed.

    Attachments stay as they are unless other files are found now.
    """
    by.must("setup")
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=message.pk)
        for field in DERIVED:
            setattr(row, field, getattr(content, field))
        row.save(update_fields=DERIVED)
        present = list(row.attachments.order_by("pk").values_list("blob_id", "filename"))
        if present != [(f.blob.pk, f.filename[:255]) for f in content.files]:
            row.attachments.all().delete()
            add_files(row, content.files)
        changed(row.ticket.topic)
    return row

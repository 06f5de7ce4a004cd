"""Filling an empty Okienko with a believable company; see data/ for what its customers write."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from okienko.demo import company
from okienko.demo.stories import stories
from okienko.demo.telling import Company, tell
from okienko.events.actor import Actor
from okienko.inbound.past import enter_as_filed
from okienko.lib import secrets
from okienko.lib.refusal import Conflict
from okienko.mailroom.models import Channel
from okienko.people.passwords import made_up
from okienko.tickets.models import Message, Ticket
from okienko.work import jobs
from okienko.work.models import Job

HANDLER = "demo"
# SQLite's other writers get a turn between two tickets, else they would wait until the last.
REST = 0.01


def is_empty() -> bool:
    """Whether nobody's work would be mixed with made-up work: there is no mailbox and no ticket."""
    return not Channel.objects.exists() and not Ticket.objects.exists()


def begin_loading(*, by: Actor) -> Job:
    """Queues the filling; the password of its agents is sealed in the job. Raises NotAllowed or Conflict."""
    by.must("setup")
    if loading() or not is_empty():
        raise Conflict("not_empty")
    return jobs.begin(HANDLER, password=secrets.seal(made_up()))


def loading() -> Job | None:
    """The filling, under way or done; None when there was none."""
    return Job.objects.filter(handler=HANDLER).order_by("-pk").first()


def password_of(job: Job) -> str:
    """The password of the made-up agents."""
    return secrets.unseal(job.arguments["password"])


def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """The Job's handler: one ticket a step, so that a killed worker's filling goes on where it was."""
    return fill(password=password_of(job), now=job.created_at, begun=job.done, progress=progress, rest=REST)


def fill(
    *,
    password: str,
    now: datetime,
    progress: Callable[[int, int], None],
    begun: int = 0,
    most: int | None = None,
    rest: float = 0,
) -> dict[str, Any]:
    """Makes the company and its tickets up to ``now``, beginning with the ``begun``-th; ``most`` limits them.

    ``progress(done, total)`` is called in each ticket's transaction; ``rest`` are the seconds between two of them.
    Returns ``{"tickets"}``.
    """
    company.found(password)
    told, known = stories(now)[:most], Company()
    for done, story in enumerate(told[begun:], begun + 1):
        with transaction.atomic():
            tell(story, known)
            progress(done, len(told))
        time.sleep(rest)
    _enter_into_journal()
    return {"tickets": len(told)}


def _enter_into_journal() -> None:
    """The ledger's side of what was told, in the order in which it came in; twice is harmless."""
    received = Message.objects.filter(kind=Message.Kind.RECEIVED, raw__isnull=False, received__isnull=True)
    in_order = received.select_related("ticket", "channel", "raw").order_by("at", "pk")
    while enter_as_filed(in_order[:100]):
        pass

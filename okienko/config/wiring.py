"""THE LISTS. Read top to bottom, this is the order in which everything happens."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from okienko.channels.email import check
from okienko.channels.email import checks as email_checks
from okienko.channels.email import intake as email_intake
from okienko.channels.email.adapter import ByMail
from okienko.channels.email.fetch import Fetchers
from okienko.channels.email.listen import Listener
from okienko.config import checks
from okienko.demo import load as demo
from okienko.events import checks as event_checks
from okienko.events import consume
from okienko.events.models import Event, Reaction
from okienko.inbound import checks as inbound_checks
from okienko.inbound import process, rederive
from okienko.inbound.models import Received
from okienko.outbound import dispatch, queue
from okienko.outbound.models import Delivery
from okienko.realtime import bus
from okienko.tickets import subscriber as tickets
from okienko.work import jobs
from okienko.work.check import Check
from okienko.work.claim import Chore, Lane
from okienko.work.models import Job

# Who reacts to events, in this order.
SUBSCRIBERS = (tickets,)

# How raw bytes of a channel kind are read, and how its deliveries leave.
INTAKES = {"email": email_intake.read}
ADAPTERS = {"email": ByMail()}

# What the worker does, most urgent first.
LANES = (
    Lane("events", consume.run, consume.waiting, (Event, Reaction)),
    Lane("outbound", dispatch.run, dispatch.waiting, (Delivery,), is_apart=True),
    Lane("inbound", process.run, process.waiting, (Received,)),
    Lane("jobs", jobs.run, jobs.waiting, (Job,), is_apart=True),
)

# Who does a job: handler(job, progress) by the name on its row.
JOBS: dict[str, jobs.Handler] = {
    check.HANDLER: check.run,
    demo.HANDLER: demo.run,
    rederive.HANDLER: rederive.run,
}

# What is done now and then.
CHORES = (
    Chore("derive again", timedelta(hours=1), rederive.begin_if_outdated),
    Chore("forget changes", timedelta(minutes=1), bus.forget_old),
    Chore("forget sessions", timedelta(hours=12), SessionStore.clear_expired),
)

# Long-living threads of the worker.
SERVICES = (Fetchers(), Listener())

# What a restored database needs before anything is done with it.
AFTER_RESTORE = (queue.doubt_queued,)

# What doctor looks at.
CHECKS: tuple[Check, ...] = (
    checks.data_directory,
    checks.keys,
    checks.database,
    checks.processes,
    checks.work,
    event_checks.reactions,
    email_checks.mailboxes,
    inbound_checks.ledger,
    checks.public_address,
    checks.translations,
)

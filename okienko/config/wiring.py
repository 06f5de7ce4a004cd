"""THE LISTS. Read top to bottom, this is the order in which everything happens."""

from __future__ import annotations

from okienko.channels.email import intake as email_intake
from okienko.channels.email.adapter import ByMail
from okienko.channels.email.fetch import Fetchers
from okienko.channels.email.listen import Listener
from okienko.events import consume
from okienko.events.models import Event, Reaction
from okienko.inbound import process
from okienko.inbound.models import Received
from okienko.outbound import dispatch
from okienko.outbound.models import Delivery
from okienko.tickets import subscriber as tickets
from okienko.work.claim import Chore, Lane

# Who reacts to events, in this order.
SUBSCRIBERS = (tickets,)

# How raw bytes of a channel kind are read, and how its deliveries leave.
INTAKES = {"email": email_intake.read}
ADAPTERS = {"email": ByMail()}

# What the worker does, most urgent first.
LANES = (
    Lane("events", consume.run, consume.waiting, (Event, Reaction)),
    Lane("outbound", dispatch.run, dispatch.waiting, (Delivery,)),
    Lane("inbound", process.run, process.waiting, (Received,)),
)

# What is done now and then.
CHORES: tuple[Chore, ...] = ()

# Long-living threads of the worker.
SERVICES = (Fetchers(), Listener())

# What doctor looks at.
CHECKS: tuple[object, ...] = ()

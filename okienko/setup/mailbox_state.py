"""How a mailbox does, in plain sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from okienko.channels.email.config import mailbox
from okienko.channels.email.troubles import sentence
from okienko.mailroom.models import Channel, Health
from okienko.workspace import preferences


@dataclass(frozen=True, slots=True)
class State:
    """One mailbox now. ``said`` is the whole in one sentence; ``comes_in`` and ``goes_out`` each direction's.

    ``looked_at`` is when its server was last asked for mail, ``on_server`` how many messages its folder then held.
    """

    channel: Channel
    is_well: bool
    said: str
    comes_in: str
    goes_out: str
    last_message_at: datetime | None
    last_sent_at: datetime | None
    looked_at: datetime | None
    on_server: int | None


def states() -> list[State]:
    """Every mailbox, by address."""
    channels = Channel.objects.select_related("team").prefetch_related("health")
    return [state_of(channel) for channel in channels]


def state_of(channel: Channel) -> State:
    """One mailbox's state."""
    health = {row.direction: row for row in channel.health.all()}
    into, out = health.get("in"), health.get("out")
    box = mailbox(channel)
    troubles = [sentence(row.problem) for row in (into, out) if row and row.problem]
    if not channel.is_active:
        said = _("Paused: no mail is taken in, and replies wait.")
    elif preferences.get("is_demo"):
        said = _("This is the demo: nothing comes in, and nothing is ever sent.")
    elif troubles:
        said = troubles[0]
    elif box.imap is None and box.smtp is None:
        said = _("No servers yet: mail comes by pipe or listener, and replies wait.")
    elif box.smtp is None:
        said = _("Mail comes in. No outgoing server is set, so replies wait.")
    elif box.imap and not (into and into.ok_at):
        said = _("Not yet tried.")
    else:
        said = _("Works.")
    looked = into.state.get("looked_at") if into else None
    return State(
        channel=channel,
        is_well=channel.is_active and not troubles,
        said=said,
        comes_in=_comes_in(into, has_server=box.imap is not None),
        goes_out=sentence(out.problem) if out and out.problem else "",
        last_message_at=into.last_message_at if into else None,
        last_sent_at=out.last_message_at if out else None,
        looked_at=parse_datetime(looked) if looked else None,
        on_server=into.state.get("on_server") if into else None,
    )


def _comes_in(health: Health | None, *, has_server: bool) -> str:
    if not has_server:
        return _("by pipe or listener")
    if health is None or health.problem:
        return _("trying again")
    return {"idle": _("live"), "poll": _("every minute")}.get(health.state.get("mode", ""), _("not yet"))
